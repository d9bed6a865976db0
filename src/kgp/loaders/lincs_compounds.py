"""LINCS compounds: the perturbagen table, of which only small molecules are drugs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.tables import check_columns, read_table, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("pert_id", "pert_iname", "pert_type", "canonical_smiles", "inchi_key")
DRUG_COLUMNS = ("DrugBank ID", "Standard InChI Key")
NULLS = ("-666", "-666.0", "restricted", "")
"""How LINCS writes that a value is missing or may not be shown."""

_COMPOUND = "trt_cp"
_SKELETON = 14


class LincsCompounds(FileLoader):
    """Reads the perturbagen table (pertinfo).

    With ``drugs``, a DrugBank drug whose full structure key no compound has is matched by its
    skeleton, the first block of the key (other stereochemistry or charge), if one drug alone has
    that skeleton. The LINCS consensus responses of DrugBank drugs are pooled in the same way.

    Args:
        inputs: the files of roles ``pertinfo`` and, optionally, ``drugs``.
        version: the release, where the user states it.
    """

    source = "lincs-compounds"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["pertinfo"], COLUMNS, "\t")
        if "drugs" in inputs:
            check_columns(inputs["drugs"], DRUG_COLUMNS, ",")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the compounds with SMILES, and their structure keys.

        Several compounds of one structure (batches, vendors) share a key and become one drug.
        """
        keys = []
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
            keyed = keyed.select("id", key=pl.col("inchi_key").str.strip_prefix("InChIKey="))
            keys.append(keyed)
            pairs = keyed.select("id", other=pl.lit("inchikey:") + pl.col("key"))
            yield from emit(Kind.XREFS, pairs.with_columns(kind=pl.lit(XREF_EXACT)))
        if "drugs" in self.inputs:
            drugs = read_table(
                self.inputs["drugs"], DRUG_COLUMNS, tally, delimiter=",", quoted=True
            )
            yield from emit(Kind.XREFS, _by_skeleton(pl.concat(keys), drugs))


def _by_skeleton(compounds: pl.DataFrame, drugs: pl.DataFrame) -> pl.DataFrame:
    """Match drugs without a compound of their full key to one compound of their skeleton."""
    skeleton = pl.col("key").str.head(_SKELETON)
    named = drugs.select(drug="DrugBank ID", key="Standard InChI Key").filter(pl.col("key") != "")
    named = named.with_columns(skeleton=skeleton)
    alone = named.filter(pl.col("drug").n_unique().over("skeleton") == 1)
    missing = alone.join(compounds, on="key", how="anti", maintain_order="left")
    candidates = compounds.sort("id").unique("key", keep="first", maintain_order=True)
    candidates = candidates.with_columns(skeleton=skeleton)
    candidates = candidates.unique("skeleton", keep="first", maintain_order=True)
    matched = missing.join(candidates, on="skeleton", maintain_order="left")
    drug = pl.lit("drugbank:") + pl.col("drug")
    return matched.select(id=drug, other="id", kind=pl.lit(XREF_EXACT))


def _given(*columns: str) -> pl.Expr:
    return pl.when(~pl.col(columns).is_in(list(NULLS))).then(pl.col(columns)).name.keep()


_NODE = (
    pl.col("id"),
    pl.lit("Drug").alias("type"),
    pl.col("pert_iname").alias("name"),
    pl.col("canonical_smiles").alias("smiles"),
)
