"""BindingDB and ChEMBL: the genes whose products a drug binds, one row per drug and gene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader, number_option
from kgp.loaders.frames import Unseen, drop_rows, emit
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = (
    "drugbank_id",
    "entrez_gene",
    "affinity_nM",
    "n_pairs",
    "sources",
    "pubmeds",
    "drugbank_name",
    "gene_symbol",
)
DEFAULT_MAX_AFFINITY_NM = 1000.0
"""Under one micromolar: the usual bound of a specific interaction."""

_SHOWN = ("drugbank_id", "entrez_gene", "affinity_nM")


class BindingDB(FileLoader):
    """Reads the table of bindings.

    Args:
        inputs: the file of role ``bindings``.
        max_affinity_nm: bindings at this affinity (nanomolar) or weaker are dropped.
        version: the release, where the user states it.
    """

    source = "bindingdb"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        max_affinity_nm: float | str = DEFAULT_MAX_AFFINITY_NM,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.max_affinity_nm = number_option("max_affinity_nm", max_affinity_nm)
        check_columns(inputs["bindings"], COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield drugs and genes, then TARGETS edges with affinity and references."""
        unseen = Unseen(("id", "name"))
        for block in stream_table(self.inputs["bindings"], COLUMNS, tally):
            rows = self._bindings(block, tally)
            drugs = rows.select(id="src", type=pl.lit("Drug"), name="drugbank_name")
            genes = rows.select(id="dst", type=pl.lit("Gene"), name="gene_symbol")
            yield from emit(Kind.NODES, unseen.new(pl.concat([drugs, genes])))
            yield from emit(Kind.EDGES, _edges(rows))

    def _bindings(self, block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        strange = ~pl.col("drugbank_id").str.contains(r"^DB\d+$")
        strange |= ~pl.col("entrez_gene").str.contains(r"^\d+$")
        rows = drop_rows(block, strange, "not a DrugBank id and an Entrez id", tally, _SHOWN)
        rows = rows.with_columns(affinity_nm=pl.col("affinity_nM").cast(pl.Float64, strict=False))
        unusable = pl.col("affinity_nm").is_null() | ~pl.col("affinity_nm").is_finite()
        rows = drop_rows(rows, unusable, "affinity is not a number", tally, _SHOWN)
        weak = pl.col("affinity_nm") >= self.max_affinity_nm
        rows = drop_rows(
            rows, weak, f"affinity not under {self.max_affinity_nm:g} nM", tally, _SHOWN
        )
        return rows.with_columns(
            src=pl.lit("drugbank:") + pl.col("drugbank_id"),
            dst=pl.lit("ncbigene:") + pl.col("entrez_gene"),
        )


def _edges(rows: pl.DataFrame) -> pl.DataFrame:
    databases = pl.col("sources").str.split(",").list.unique().list.sort()
    return rows.select(
        "src",
        "dst",
        "affinity_nm",
        type=pl.lit("TARGETS"),
        qualifier=pl.lit("binding"),
        n_pairs=pl.col("n_pairs").cast(pl.Int64, strict=False),
        pubmed=pl.col("pubmeds").str.extract_all(r"\d+"),
        databases=databases,
    )
