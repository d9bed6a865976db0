"""UniProt accessions and the HGNC genes that they are products of: cross-references alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, exact_where_unique
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("uniprot", "HGNC")


class UniprotHgnc(FileLoader):
    """Reads the mapping.

    An accession of several genes (histones, for example) is a synonym of each, never exact: it
    would weld the genes into one.
    """

    source = "uniprot-hgnc"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["mapping"], COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the cross-references from HGNC to UniProt."""
        rows = read_table(self.inputs["mapping"], COLUMNS, tally)
        bad = (pl.col("uniprot") == "") | ~pl.col("HGNC").str.contains(r"^(HGNC:)?\d+$")
        rows = drop_rows(rows, bad, "not an accession and an HGNC id", tally, COLUMNS)
        pairs = rows.select(
            id=pl.lit("hgnc:") + pl.col("HGNC").str.strip_prefix("HGNC:"),
            other=pl.lit("uniprot:") + pl.col("uniprot"),
        )
        yield from emit(Kind.XREFS, exact_where_unique(pairs))
