"""One human-like world, drawn from a seed: every file of it is a view of the same things.

Numbers stand for nodes: gene 0 is the same gene in every file, whatever the file calls it. Each
table is drawn from the seed and its own name, so that a file has the same bytes whether it is
written alone or with all others. All identifiers lie beyond those that the sources have given
out, except structure keys, which are true of the structures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import polars as pl

from kgp.errors import UsageError, unknown
from kgp.loaders.synthetic.pairs import draw_pairs
from kgp.loaders.synthetic.plan import FULL_ROWS, KINDS, RELATIONS, Plan, make_plan

if TYPE_CHECKING:
    from kgp.loaders.synthetic.pairs import Ints

TAXON = "9606"
_CODING = 0.72
"""Share of the genes that code for proteins: 20,000 of PrimeKG's 27,671."""

_EDGES_PER_TF, _GENES_PER_TF = 30, 18
_SIGNS, _SIGN_SHARES = (1, -1, 0), (0.70, 0.25, 0.05)
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is.

    Args:
        kg_rows: rows of kg.csv; the number of genes, drugs and terms follows from it.
        annotations: lines of each GAF file, at least one for each annotated pair.
        links: rows of STRING's links, both directions counted.
        frames: records of the Pathway Tools database, about.
    """

    kg_rows: int
    annotations: int
    links: int
    frames: int


SIZES = {
    "small": Size(20_000, 3_000, 4_000, 300),
    "primekg": Size(FULL_ROWS, 1_000_000, 1_000_000, 200_000),
}


def size_named(name: str) -> Size:
    """Return the size called ``name``.

    Raises:
        UsageError: naming the sizes.
    """
    if name in SIZES:
        return SIZES[name]
    raise UsageError(unknown("size", name, SIZES, command="kgp synthetic OUT --size small"))


@dataclass(frozen=True, slots=True)
class World:
    """A world that can be written in every format.

    Args:
        seed: the same seed and size give the same world.
        size: how large it is.
        plan: number of nodes and pairs.
    """

    seed: int
    size: Size
    plan: Plan

    def random(self, name: str) -> np.random.Generator:
        """Source of randomness of the table ``name``, independent of every other table."""
        return np.random.default_rng([self.seed, crc32(name.encode())])

    def pairs(self, relation: str) -> tuple[Ints, Ints]:
        """Pairs of a PrimeKG relation: int64 [n] twice, numbers of the nodes at both ends."""
        kind = RELATIONS[relation]
        undirected = kind.x == kind.y
        covered = [KINDS[end].cover == relation for end in (kind.x, kind.y)]
        return draw_pairs(
            self.random(relation),
            self.plan.nodes[kind.x],
            self.plan.nodes[kind.y],
            self.plan.pairs[relation],
            undirected=undirected,
            cover=(covered[0], covered[1]),
        )

    @property
    def n_genes(self) -> int:
        """All genes."""
        return self.plan.nodes["protein"]

    @property
    def n_coding(self) -> int:
        """Genes with a protein: those of the lowest numbers."""
        return max(2, round(self.n_genes * _CODING))

    @property
    def n_tfs(self) -> int:
        """Genes that regulate others: those of the lowest numbers."""
        return max(2, self.n_genes // _GENES_PER_TF)

    def genes(self) -> pl.DataFrame:
        """One row per gene: ``gene`` (number), ids as their sources write them, names."""
        n = pl.col("gene")
        is_tf = n < self.n_tfs
        number = n.cast(pl.String)
        return pl.select(gene=pl.int_range(self.n_genes)).with_columns(
            entrez=(n + KINDS["protein"].first).cast(pl.String),
            symbol=pl.when(is_tf).then("SYNTF" + number).otherwise("SYNG" + number),
            alias="SYNA" + number,
            previous="SYNP" + number,
            # Two genes share this alias, as real ones do: it names neither of them.
            shared_alias="SYNS" + (n // 2).cast(pl.String),
            name=pl.format("synthetic gene {}, no real one", n),
            ensembl="ENSG" + (n + 90_000_000_000).cast(pl.String),
            ensp="ENSP" + (n + 90_000_000_000).cast(pl.String),
            hgnc=(n + 9_000_000).cast(pl.String),
            uniprot=pl.Series(map(_accession, range(self.n_genes)), dtype=pl.String),
            coding=n < self.n_coding,
        )

    def network(self) -> pl.DataFrame:
        """The planted network: ``src, dst`` (genes), ``sign`` (+1, -1, or 0 for both)."""
        random = self.random("network")
        n_edges = self.n_tfs * min(_EDGES_PER_TF, max(1, self.n_coding // 4))
        src, dst = draw_pairs(random, self.n_tfs, self.n_coding, n_edges, cover=(True, False))
        sign = random.choice(_SIGNS, n_edges, p=_SIGN_SHARES).astype(np.int8)
        return pl.DataFrame({"src": src, "dst": dst, "sign": sign}).sort("src", "dst")

    def view(self, source: str, share: float, *, dual: bool, hidden: float = 0.0) -> pl.DataFrame:
        """What a source knows of the planted network: ``src, dst, effect``.

        Args:
            source: name of the source; another source knows other edges.
            share: share of the edges that it knows.
            dual: whether it can state that an edge has both signs; such edges are else unknown
                to it.
            hidden: share of its edges whose sign it does not know.
        """
        random = self.random(f"view {source}")
        network = self.network()
        known = pl.Series(random.random(network.height) < share)
        unsigned = pl.Series(random.random(network.height) < hidden)
        names = {1: "activation", -1: "repression", 0: "dual"}
        effect = pl.col("sign").replace_strict(names, return_dtype=pl.String)
        rows = network.with_columns(
            effect=pl.when(unsigned).then(pl.lit("unknown")).otherwise(effect)
        )
        rows = rows.filter(known & (pl.lit(dual) | (pl.col("sign") != 0)))
        return rows.select("src", "dst", "effect")


def make_world(size: Size, seed: int = 0) -> World:
    """Draw a world.

    Raises:
        UsageError: if the seed is negative.
    """
    if seed < 0:
        raise UsageError(f"Seed {seed} is negative.", hint="Expected is a whole number from 0 on.")
    return World(seed, size, make_plan(size.kg_rows))


def _accession(gene: int) -> str:
    """A UniProt accession of ten characters that begins as no real one does."""
    rest, digit = divmod(gene, 10)
    rest, last = divmod(rest, len(_LETTERS))
    letter, middle = divmod(rest, len(_LETTERS))
    return f"Z9SYN9{chr(ord('A') + letter)}{_LETTERS[middle]}{_LETTERS[last]}{digit}"
