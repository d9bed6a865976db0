"""LINCS over-expression: the genes that respond significantly when one gene is over-expressed.

The responses list changes only; the summary lists every tested gene, so that a gene whose
over-expression changed nothing is a signature too, and not a gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.lincs.fields import check_info, read_info
from kgp.loaders.lincs.genes import responsive
from kgp.loaders.responses import (
    HUMAN,
    OVER_EXPRESSION,
    dataset_batches,
    perturbs,
    signature_id,
)
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

RESPONSES = ("perturbagen", "entrez_gene_id", "z_score", "symbol", "status")
COUNTS = ("down-imputed", "down-measured", "up-imputed", "up-measured")
SUMMARY = ("perturbagen", *COUNTS)
_ENTREZ = r"^\d+$"


class LincsOverexpression(FileLoader):
    """Reads the responses and their summary.

    Args:
        inputs: the files of roles ``responses`` and ``summary``, and optionally ``geneinfo``: then
            the feature space is the genes that it counts as measured or well inferred, so that a
            gene that never responds is one that does not respond, and not one unmeasured. Without
            it, the space is the genes that respond to anything.
        name: name of the data set.
        version: the release, where the user states it.
    """

    source = "lincs-overexpression"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "lincs-overexpression",
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name = name
        check_columns(inputs["responses"], RESPONSES, "\t")
        check_columns(inputs["summary"], SUMMARY, "\t")
        if "geneinfo" in inputs:
            check_info(inputs["geneinfo"], "gene_id")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, data set, feature space, signatures and their sparse effects."""
        responses = _responses(self.inputs["responses"], tally)
        summary = _summary(self.inputs["summary"], tally)
        measured = self._space(responses, tally)
        tested = pl.concat([summary["perturbagen"], responses["perturbagen"]]).unique().sort()
        genes = pl.concat([measured["gene"], tested]).unique().sort()
        named = pl.DataFrame({"gene": genes}).join(
            measured, on="gene", how="left", maintain_order="left"
        )
        yield from emit(
            Kind.NODES, node_rows(_entrez_curie(named["gene"]), "Gene", named["symbol"])
        )
        yield from dataset_batches(
            self.name,
            self.name,
            _entrez_curie(measured["gene"]).to_list(),
            measure="consensus z-score",
            censored=True,
            organism=HUMAN,
        )
        signatures = self._signatures(tested, summary)
        yield from emit(Kind.NODES, signatures.drop("perturbed", "direction"))
        yield from perturbs(signatures)
        yield from emit(Kind.EFFECTS, self._effects(tested, responses, measured["gene"]))

    def _space(self, responses: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """The measured genes: ``gene, symbol``, sorted by Entrez id."""
        found = responses.select("gene", "symbol").unique("gene").sort("gene")
        if "geneinfo" not in self.inputs:
            return found
        told = responsive(read_info(self.inputs["geneinfo"], "gene_id", tally), "bing")
        genes = pl.concat([told, found["gene"]]).unique().sort().to_frame()
        return genes.join(found, on="gene", how="left", maintain_order="left")

    def _signatures(self, tested: pl.Series, summary: pl.DataFrame) -> pl.DataFrame:
        frame = pl.DataFrame({"perturbagen": tested})
        frame = frame.join(summary, on="perturbagen", how="left", maintain_order="left")
        key = pl.col("perturbagen").cast(pl.String)
        return frame.select(
            pl.col(COUNTS).name.replace("-", "_"),
            id=signature_id(self.name, key),
            type=pl.lit("Signature"),
            name=pl.lit("over-expression of ncbigene:") + key,
            dataset=pl.lit(self.name),
            perturbed=pl.lit("ncbigene:") + key,
            direction=pl.lit(OVER_EXPRESSION),
        )

    def _effects(
        self, tested: pl.Series, responses: pl.DataFrame, space: pl.Series
    ) -> pl.DataFrame:
        """One row per signature; empty lists where nothing changed."""
        positions = pl.DataFrame({"gene": space}).with_row_index("position")
        rows = responses.join(positions, on="gene").sort("perturbagen", "position")
        lists = rows.group_by("perturbagen", maintain_order=True).agg(
            features=pl.col("position").cast(pl.Int32), values=pl.col("z").cast(pl.Float32)
        )
        frame = pl.DataFrame({"perturbagen": tested})
        frame = frame.join(lists, on="perturbagen", how="left", maintain_order="left")
        return frame.select(
            pl.col("features", "values").fill_null([]),
            dataset=pl.lit(self.name),
            signature=signature_id(self.name, pl.col("perturbagen").cast(pl.String)),
        )


def _entrez_curie(genes: pl.Series) -> pl.Series:
    return "ncbigene:" + genes.cast(pl.String)


def _responses(path: Path, tally: Tally) -> pl.DataFrame:
    """Read ``perturbagen, gene`` (Entrez, integers), ``symbol`` and ``z`` of each response."""
    rows = read_table(path, RESPONSES, tally)
    strange = ~(
        pl.col("perturbagen").str.contains(_ENTREZ) & pl.col("entrez_gene_id").str.contains(_ENTREZ)
    )
    rows = drop_rows(rows, strange, "not an Entrez id", tally, RESPONSES[:3])
    rows = rows.with_columns(z=pl.col("z_score").cast(pl.Float64, strict=False))
    unusable = pl.col("z").is_null() | ~pl.col("z").is_finite()
    rows = drop_rows(rows, unusable, "z-score is not a number", tally, RESPONSES[:3])
    repeated = ~pl.struct("perturbagen", "entrez_gene_id").is_first_distinct()
    rows = drop_rows(rows, repeated, "gene listed twice for one signature", tally, RESPONSES[:3])
    return rows.select(
        pl.col("perturbagen").cast(pl.Int64),
        "symbol",
        "z",
        gene=pl.col("entrez_gene_id").cast(pl.Int64),
    )


def _summary(path: Path, tally: Tally) -> pl.DataFrame:
    """Read the tested genes (Entrez, integers) with their counts of responding genes."""
    rows = read_table(path, SUMMARY, tally)
    strange = ~pl.col("perturbagen").str.contains(_ENTREZ)
    rows = drop_rows(rows, strange, "not an Entrez id", tally, ("perturbagen",))
    rows = rows.unique("perturbagen", keep="first", maintain_order=True)
    return rows.select(
        pl.col("perturbagen").cast(pl.Int64), pl.col(COUNTS).cast(pl.Int64, strict=False)
    )
