"""LINCS compounds: the perturbagen table, of which only small molecules are drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("pert_id", "pert_iname", "pert_type", "canonical_smiles", "inchi_key")
NULLS = ("-666", "-666.0", "restricted", "")
"""How LINCS writes that a value is missing or may not be shown."""

_COMPOUND = "trt_cp"


class LincsCompounds(FileLoader):
    """Reads the perturbagen table (pertinfo)."""

    source = "lincs-compounds"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["pertinfo"], COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the compounds with SMILES, and their structure keys.

        Several compounds of one structure (batches, vendors) share a key and become one drug.
        """
        for block in stream_table(self.inputs["pertinfo"], COLUMNS, tally):
            other = pl.col("pert_type") != _COMPOUND
            rows = drop_rows(block, other, "not a compound", tally, ("pert_id", "pert_type"))
            rows = drop_rows(rows, pl.col("pert_id") == "", "no pert_id", tally, COLUMNS[1:2])
            rows = rows.with_columns(
                _given("canonical_smiles", "pert_iname", "inchi_key"),
                id=pl.lit("lincs.brd:") + pl.col("pert_id"),
            )
            yield from emit(Kind.NODES, rows.select(_NODE))
            keyed = rows.drop_nulls("inchi_key")
            local = pl.col("inchi_key").str.strip_prefix("InChIKey=")
            pairs = keyed.select("id", other=pl.lit("inchikey:") + local, kind=pl.lit(XREF_EXACT))
            yield from emit(Kind.XREFS, pairs)


def _given(*columns: str) -> pl.Expr:
    return pl.when(~pl.col(columns).is_in(list(NULLS))).then(pl.col(columns)).name.keep()


_NODE = (
    pl.col("id"),
    pl.lit("Drug").alias("type"),
    pl.col("pert_iname").alias("name"),
    pl.col("canonical_smiles").alias("smiles"),
)
