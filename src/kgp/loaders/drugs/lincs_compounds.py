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

    With ``drugs``, a DrugBank drug that no compound becomes one with still gets a structure: by
    its full key where several drugs share that, else by its skeleton, the first block of the key
    (other stereochemistry or charge). ``structure_match`` says which. The LINCS consensus
    responses of DrugBank drugs are pooled over skeletons in the same way.

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
        structures = []
        for block in stream_table(self.inputs["pertinfo"], COLUMNS, tally):
            other = pl.col("pert_type") != _COMPOUND
            rows = drop_rows(block, other, "not a compound", tally, ("pert_id", "pert_type"))
            rows = drop_rows(rows, pl.col("pert_id") == "", "no pert_id", tally, COLUMNS[1:2])
            rows = rows.with_columns(
                _given("canonical_smiles", "pert_iname", "inchi_key"),
                id=pl.lit("lincs.brd:") + pl.col("pert_id"),
            )
            yield from emit(Kind.NODES, rows.select(_NODE))
            keyed = rows.drop_nulls("inchi_key").select(
                "id",
                key=pl.col("inchi_key").str.strip_prefix("InChIKey="),
                smiles="canonical_smiles",
            )
            structures.append(keyed)
            pairs = keyed.select("id", other=pl.lit("inchikey:") + pl.col("key"))
            yield from emit(Kind.XREFS, pairs.with_columns(kind=pl.lit(XREF_EXACT)))
        if "drugs" in self.inputs:
            drugs = read_table(
                self.inputs["drugs"], DRUG_COLUMNS, tally, delimiter=",", quoted=True
            )
            yield from emit(Kind.NODES, _structures_of(drugs, pl.concat(structures)))


def _structures_of(drugs: pl.DataFrame, compounds: pl.DataFrame) -> pl.DataFrame:
    """SMILES of the drugs that cross-references alone leave without any."""
    skeleton = pl.col("key").str.head(_SKELETON)
    compounds = compounds.drop_nulls("smiles").sort("id").with_columns(skeleton=skeleton)
    by_key = compounds.unique("key", keep="first", maintain_order=True)
    by_skeleton = compounds.unique("skeleton", keep="first", maintain_order=True)
    named = drugs.select(drug="DrugBank ID", key="Standard InChI Key").filter(pl.col("key") != "")
    named = named.with_columns(skeleton=skeleton, shared=pl.col("drug").n_unique().over("key") > 1)
    full = named.join(by_key.select("key", "smiles"), on="key", maintain_order="left")
    rest = named.join(by_key, on="key", how="anti", maintain_order="left")
    loose = rest.join(
        by_skeleton.select("skeleton", "smiles"), on="skeleton", maintain_order="left"
    )
    matches = ((full.filter("shared"), "full key"), (loose, "skeleton"))
    return pl.concat(
        frame.select(
            "smiles",
            id=pl.lit("drugbank:") + pl.col("drug"),
            type=pl.lit("Drug"),
            structure_match=pl.lit(match),
        )
        for frame, match in matches
    )


def _given(*columns: str) -> pl.Expr:
    return pl.when(~pl.col(columns).is_in(list(NULLS))).then(pl.col(columns)).name.keep()


_NODE = (
    pl.col("id"),
    pl.lit("Drug").alias("type"),
    pl.col("pert_iname").alias("name"),
    pl.col("canonical_smiles").alias("smiles"),
)
