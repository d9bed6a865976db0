"""DrugBank's open vocabulary: drugs with names, synonyms and structure keys."""

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

COLUMNS = ("DrugBank ID", "Common name", "CAS", "UNII", "Synonyms", "Standard InChI Key")


class DrugbankVocabulary(FileLoader):
    """Reads drugbank vocabulary.csv."""

    source = "drugbank-vocabulary"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["vocabulary"], COLUMNS, ",")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the drugs, then their structure keys.

        A structure that several DrugBank entries share is a synonym: it must not merge them.
        """
        rows = read_table(self.inputs["vocabulary"], COLUMNS, tally, delimiter=",", quoted=True)
        strange = ~pl.col("DrugBank ID").str.contains(r"^DB\d+$")
        rows = drop_rows(rows, strange, "not a DrugBank id", tally, COLUMNS[:2])
        rows = rows.with_columns(id=pl.lit("drugbank:") + pl.col("DrugBank ID"))
        yield from emit(Kind.NODES, rows.select(_DRUG))
        keyed = rows.filter(pl.col("Standard InChI Key") != "")
        pairs = keyed.select("id", other=pl.lit("inchikey:") + pl.col("Standard InChI Key"))
        yield from emit(Kind.XREFS, exact_where_unique(pairs))


def _given(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


_DRUG = (
    pl.col("id"),
    pl.lit("Drug").alias("type"),
    pl.col("Common name").alias("name"),
    _given("CAS").alias("cas"),
    _given("UNII").alias("unii"),
    _given("Synonyms").str.split(" | ").alias("synonyms"),
)
