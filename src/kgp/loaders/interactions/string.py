"""STRING: functional and physical associations of the proteins of one species, with scores."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown
from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Kind
from kgp.loaders.base import BlockFileLoader
from kgp.loaders.files import first_line, look, open_bytes, reading
from kgp.loaders.frames import drop_rows, emit, ordered
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

PAIR = ("protein1", "protein2")
INFO = ("#string_protein_id", "preferred_name", "protein_size", "annotation")
NETWORKS = {"functional": "", "physical": "physical"}
"""STRING's two networks → qualifier of their edges, so that loading both keeps them apart."""

ECOLI_K12, HUMAN = "511145", "9606"
HIGHEST_SCORE = 1000
_NO_ANNOTATION = "annotation not available"
_ID = r"^(\d+)\.\S+$"


class StringDB(BlockFileLoader):
    """Reads protein.links or protein.physical.links (also detailed, full) and protein.info.

    Scores stay as STRING writes them: integers up to 1000, thousandths of a probability that the
    association is real, not that one protein regulates the other. A file holds every pair in both
    directions with the same scores; both become one undirected edge when they are published.

    Args:
        inputs: the files of roles ``links`` and, optionally, ``info``.
        taxon: NCBI taxon that the files must be of, such as ``9606``.
        network: ``functional`` or ``physical``; by default what the file's name says.
        version: the release, where the user states it.
    """

    source = "string"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        network: str | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        links = inputs["links"]
        columns = check_columns(links, PAIR, " ")
        self._channels = [name for name in columns if name not in PAIR]
        self.qualifier = _qualifier(links, network)
        if self.qualifier:
            self.info = replace(self.info, title=f"{self.info.title}, {self.qualifier} network")
        self.taxon = species_of(links, " ", taxon)
        if "info" in inputs:
            check_columns(inputs["info"], INFO, "\t")
            species_of(inputs["info"], "\t", self.taxon)

    def stated_version(self) -> str | None:
        """Return the release in the file's name, such as ``v12.0``."""
        return release_in_name(*self.inputs.values())

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield the described proteins, then the pairs; the columns tell which."""
        if "info" in self.inputs:
            yield from stream_table(self.inputs["info"], INFO, tally)
        columns = (*PAIR, *self._channels)
        yield from stream_table(self.inputs["links"], columns, tally, delimiter=" ")

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield the proteins of a block, then their associations with ``src <= dst``."""
        if INFO[0] in block.columns:
            check_species(self.inputs["info"], block[INFO[0]], self.taxon)
            yield from self._proteins(_described(block))
            return
        for column in PAIR:
            check_species(self.inputs["links"], block[column], self.taxon)
        rows = self._links(block, tally)
        ends = pl.concat([rows["src"], rows["dst"]]).alias("id").to_frame().unique()
        yield from self._proteins(ends.sort("id").with_columns(name=pl.lit(None, pl.String)))
        yield from emit(Kind.EDGES, rows)

    def _links(self, block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        rows = block.with_columns(pl.col(self._channels).cast(pl.Int32, strict=False))
        within = [pl.col(c).is_between(0, HIGHEST_SCORE) for c in self._channels] or [pl.lit(True)]
        good = pl.all_horizontal(within).fill_null(False)
        reason = f"a score is not a whole number from 0 to {HIGHEST_SCORE}"
        rows = drop_rows(rows, ~good, reason, tally, PAIR)
        curies = [pl.lit("string:") + pl.col(column) for column in PAIR]
        rows = ordered(rows.select(self._channels, src=curies[0], dst=curies[1]))
        return rows.with_columns(type=pl.lit("INTERACTS_WITH"), qualifier=pl.lit(self.qualifier))

    def _proteins(self, proteins: pl.DataFrame) -> Iterator[Batch]:
        yield from emit(Kind.NODES, proteins.with_columns(type=pl.lit("Gene")))
        yield from emit(Kind.XREFS, _xrefs(proteins, self.taxon))


def release_in_name(*paths: Path) -> str | None:
    """Return the first release that a file's name states, such as ``v12.0``."""
    found = [re.search(r"\bv\d+(\.\d+)+", path.name) for path in paths]
    return next((match[0] for match in found if match), None)


def species_of(path: Path, delimiter: str, asked: str | int | None = None) -> str:
    """Return the taxon of a file's first protein.

    Args:
        path: a file of STRING whose first column holds proteins.
        delimiter: what separates its columns.
        asked: the taxon that it must be of.

    Raises:
        BadInputError: if it holds no protein, or one of another taxon.
    """
    with reading(path), open_bytes(path) as file:
        file.readline(1 << 16)
        line = file.readline(1 << 16).decode("utf-8", "replace")
    protein = line.partition(delimiter)[0].strip()
    match = re.match(_ID, protein)
    if match is None:
        raise BadInputError(
            f"{path}: {protein[:80]!r} is not a STRING protein."
            if protein
            else f"{path} holds no rows, only the header {first_line(path)[:80]!r}.",
            hint="Expected is TAXON.LOCUS, such as 511145.b0001.",
            command=look(path),
        )
    if asked is not None and str(asked) != match[1]:
        raise _wrong_species(path, match[1], str(asked))
    return match[1]


def check_species(path: Path, proteins: pl.Series, taxon: str) -> None:
    """Refuse a file with a protein of another species.

    Raises:
        BadInputError: naming the taxon of the first such protein.
    """
    own = proteins.str.starts_with(f"{taxon}.")
    if not own.all():
        raise _wrong_species(path, str(proteins.filter(~own)[0]).partition(".")[0][:80], taxon)


def _wrong_species(path: Path, found: str, wanted: str) -> BadInputError:
    return BadInputError(
        f"{path} is of taxon {found!r}, not {wanted}.",
        hint=f"Expected are the files of one species, with protein ids {wanted}.….",
        command=f"kgp load string {wanted}.protein.links.v12.0.txt.gz --option taxon={wanted}",
    )


def _qualifier(path: Path, network: str | None) -> str:
    """Qualifier of the edges; the two networks' files have the same columns."""
    if network is None:
        network = "physical" if re.search(r"\bphysical\b", path.name) else "functional"
    if network not in NETWORKS:
        command = "kgp load string … --option network=physical"
        raise UsageError(unknown("network of STRING", network, NETWORKS, command=command))
    return NETWORKS[network]


def _described(block: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("annotation")
    return block.select(
        id=pl.lit("string:") + pl.col(INFO[0]),
        name="preferred_name",
        protein_size=pl.col("protein_size").cast(pl.Int64, strict=False),
        description=pl.when(~text.is_in(["", _NO_ANNOTATION])).then(text),
    )


def _xrefs(proteins: pl.DataFrame, taxon: str) -> pl.DataFrame:
    """Locus tags of E. coli; elsewhere Ensembl proteins, and human symbols as synonyms.

    Tags and Ensembl proteins are part of STRING's own identifier, hence exact.
    """
    local = pl.col("id").str.strip_prefix(f"string:{taxon}.")
    exact = pl.lit(XREF_EXACT)
    if taxon == ECOLI_K12:
        return proteins.select("id", other=pl.lit("locus_tag:") + local, kind=exact)
    ensembl = proteins.filter(local.str.starts_with("ENS"))
    found = ensembl.select("id", other=pl.lit("ensembl:") + local, kind=exact)
    if taxon != HUMAN:
        return found
    named = proteins.filter(pl.col("name").is_not_null() & (pl.col("name") != ""))
    symbol = pl.lit("hgnc.symbol:") + pl.col("name")
    return pl.concat([found, named.select("id", other=symbol, kind=pl.lit(XREF_SYNONYM))])
