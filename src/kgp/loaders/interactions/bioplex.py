"""BioPlex: physical interactions of human proteins in one cell line, with probabilities."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line
from kgp.loaders.frames import Unseen, drop_rows, emit, exact_where_unique, ordered
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = (
    "GeneA",
    "GeneB",
    "UniprotA",
    "UniprotB",
    "SymbolA",
    "SymbolB",
    "pW",
    "pNI",
    "pInt",
)
SPELLINGS = {"p(Wrong)": "pW", "p(No Interaction)": "pNI", "p(Interaction)": "pInt"}
"""How releases 1.0 and 2.0 call the probabilities → how 3.0 does."""

PROBABILITIES = {"p_wrong": "pW", "p_no_interaction": "pNI", "p_interaction": "pInt"}
"""Property of an edge → column."""

_CELL_LINE = re.compile(r"293T|HCT116|Jurkat", re.IGNORECASE)
_BEFORE_3 = re.compile(r"interactionList_v[24]", re.IGNORECASE)


class BioPlex(FileLoader):
    """Reads a BioPlex interaction table, release 1.0 to 3.0.

    The cell line is the qualifier of the edges: the networks of two lines are kept apart.

    Args:
        inputs: the file of role ``interactions``.
        cell_line: where the interactions were measured; by default what the file's name says.
        version: the release, where the user states it.
    """

    source = "bioplex"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        cell_line: str | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        path = inputs["interactions"]
        found = [name.strip().strip('"') for name in first_line(path).split("\t")]
        self._names = [SPELLINGS.get(name, name.replace(" ", "")) for name in found]
        check_columns(path, COLUMNS, "\t", self._names)
        self.cell_line = cell_line or _cell_line(path)
        self.info = replace(self.info, title=f"{self.info.title}, {self.cell_line}")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by Entrez id, their interactions, then the proteins' accessions."""
        unseen = Unseen(("id",))
        accessions = [pl.DataFrame(schema={"id": pl.String, "other": pl.String})]
        path = self.inputs["interactions"]
        for block in stream_table(path, COLUMNS, tally, names=self._names, quoted=True):
            rows = _valid(block, tally)
            genes = _genes(rows)
            yield from emit(Kind.NODES, unseen.new(genes.select("id", "name", "type")))
            yield from emit(Kind.EDGES, self._interactions(rows))
            accessions.append(genes.select("id", other="accession").drop_nulls().unique())
        pairs = pl.concat(accessions).unique().sort("id", "other")
        yield from emit(Kind.XREFS, exact_where_unique(pairs))

    def _interactions(self, rows: pl.DataFrame) -> pl.DataFrame:
        edges = rows.select(
            src=pl.lit("ncbigene:") + pl.col("GeneA"),
            dst=pl.lit("ncbigene:") + pl.col("GeneB"),
            **{name: pl.col(column) for name, column in PROBABILITIES.items()},
        )
        return ordered(edges).with_columns(
            type=pl.lit("INTERACTS_WITH"), qualifier=pl.lit(self.cell_line)
        )


def _cell_line(path: Path) -> str:
    """Cell line in the file's name; releases 1.0 and 2.0 are of 293T cells throughout."""
    found = _CELL_LINE.search(path.name)
    if found:
        return found[0]
    if _BEFORE_3.search(path.name):
        return "293T"
    raise UsageError(
        f"The name of {path} does not say in which cell line it was measured.",
        hint="BioPlex measured 293T and HCT116 cells.",
        command=f"kgp load bioplex {path.name} --option cell_line=293T",
    )


def _valid(block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    numbers = list(PROBABILITIES.values())
    genes = pl.all_horizontal(pl.col("GeneA", "GeneB").str.contains(r"^[1-9]\d*$"))
    rows = drop_rows(block, ~genes, "not two Entrez genes", tally, ("GeneA", "GeneB"))
    rows = rows.with_columns(pl.col(numbers).cast(pl.Float64, strict=False))
    within = pl.all_horizontal(pl.col(numbers).is_between(0, 1).fill_null(False))
    reason = "a probability is not a number from 0 to 1"
    return drop_rows(rows, ~within, reason, tally, ("SymbolA", "SymbolB"))


def _genes(rows: pl.DataFrame) -> pl.DataFrame:
    """Both ends; an isoform stands for its protein, and some proteins are ``UNKNOWN``."""
    ends = [
        rows.select(gene=f"Gene{end}", name=f"Symbol{end}", uniprot=f"Uniprot{end}") for end in "AB"
    ]
    accession = pl.col("uniprot").str.replace(r"-\d+$", "")
    known = accession.str.contains(r"^[A-Z][A-Z0-9]{5,9}$") & (accession != "UNKNOWN")
    return pl.concat(ends).select(
        "name",
        id=pl.lit("ncbigene:") + pl.col("gene"),
        type=pl.lit("Gene"),
        accession=pl.when(known).then(pl.lit("uniprot:") + accession),
    )
