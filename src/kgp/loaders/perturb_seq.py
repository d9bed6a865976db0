"""Perturb-seq in AnnData: the mean response of the cells with one perturbation in one context.

Rows are cells, or pseudo-bulk with their number of cells in ``n_cells``. A response is the mean
log-normalised expression of the perturbed cells minus that of the controls of the same context.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import UsageError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader, restated
from kgp.loaders.frames import emit
from kgp.loaders.pseudobulk import check_columns, opened, read_pseudobulk
from kgp.loaders.responses import (
    DIRECTIONS,
    HUMAN,
    KNOCK_DOWN,
    OVER_EXPRESSION,
    dataset_batches,
    dense,
    perturbs,
    signature_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

CONTROLS = ("control", "ctrl", "non-targeting")
DIRECTION_OF_ASSAY = {
    "crispra": OVER_EXPRESSION,
    "overexpression": OVER_EXPRESSION,
    "crispri": KNOCK_DOWN,
    "crispr": KNOCK_DOWN,
    "crispr-cas9": KNOCK_DOWN,
    "crisprko": KNOCK_DOWN,
    "rnai": KNOCK_DOWN,
}
"""What the column of assays says, in lower case → direction of the perturbation."""

CELLOSAURUS = {
    "A172": "CVCL_0131",
    "HEPG2": "CVCL_0027",
    "JURKAT": "CVCL_0065",
    "K562": "CVCL_0004",
    "RPE1": "CVCL_4388",
    "T98G": "CVCL_0556",
    "U87MG": "CVCL_0022",
}
"""Cell lines of the common Perturb-seq studies; others are named ``kgp.cell:NAME``."""

_GENE = pl.lit("Gene").alias("type")


class PerturbSeq(FileLoader):
    """Reads an AnnData file.

    Args:
        inputs: the file of role ``cells``.
        name: name of the data set.
        direction: ``1`` or ``-1``, where no column names the assay.
        control: label of unperturbed cells, where it is none of the usual ones.
        version: the release, where the user states it.
        title: what to call the experiment.
        license: its licence.
        citation: how to cite it.
    """

    source = "perturb-seq"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "perturb-seq",
        direction: str | int | None = None,
        control: str | None = None,
        version: str | None = None,
        title: str | None = None,
        license: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        self.name = name
        self.direction = "" if direction is None else str(direction)
        if self.direction and self.direction not in DIRECTIONS:
            raise UsageError(unknown("direction", self.direction, DIRECTIONS))
        self.controls = (control,) if control else CONTROLS
        with opened(inputs["cells"]) as data:
            check_columns(inputs["cells"], list(data.obs.columns))

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, cell lines, data set and space, then signatures with dense effects."""
        bulk = read_pseudobulk(self.inputs["cells"], self.controls)
        tally.read(bulk.n_rows)
        features = [_gene_curie(gene) for gene in bulk.genes]
        measured = pl.DataFrame({"id": features, "name": bulk.genes}).with_columns(_GENE)
        yield from emit(Kind.NODES, measured)
        yield from dataset_batches(
            self.name,
            self.name,
            features,
            measure="difference of mean log-normalised expression to the controls",
            censored=False,
            organism=HUMAN,
        )
        pairs = self._with_controls(bulk.groups, tally)
        yield from self._signature_batches(pairs)
        deltas = bulk.means[pairs["group"].to_numpy()] - bulk.means[pairs["control"].to_numpy()]
        if pairs.height:
            yield from dense(self.name, pairs["id"], deltas.astype(np.float32))

    def _with_controls(self, groups: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Signatures: each perturbed group beside the controls of its context."""
        groups = groups.with_row_index("group")
        is_control = pl.col("perturbation").is_in(list(self.controls))
        controls = groups.filter(is_control).select(
            "cell_line", "treatment", control="group", n_controls="n_cells"
        )
        pairs = groups.filter(~is_control).join(
            controls, on=["cell_line", "treatment"], how="left", maintain_order="left"
        )
        assay = pl.col("assay").str.to_lowercase()
        stated = assay.replace_strict(DIRECTION_OF_ASSAY, default=None, return_dtype=pl.String)
        pairs = pairs.with_columns(
            direction=pl.lit(self.direction) if self.direction else stated,
            id=signature_id(self.name, _signature_key()),
        )
        pairs = _drop(pairs, "control", "no control of the same context", tally)
        return _drop(pairs, "direction", "assay without a known direction", tally)

    def _signature_batches(self, pairs: pl.DataFrame) -> Iterator[Batch]:
        cell = pl.col("cell_line").map_elements(_cell_curie, return_dtype=pl.String)
        cells = pairs.select(id=cell, type=pl.lit("CellLine"), name="cell_line")
        yield from emit(Kind.NODES, cells.unique("id", maintain_order=True))
        signatures = pairs.select(
            pl.col("n_cells", "n_controls").cast(pl.Int64),
            "id",
            "treatment",
            "assay",
            type=pl.lit("Signature"),
            name=pl.concat_str("perturbation", pl.lit(" in "), "cell_line"),
            dataset=pl.lit(self.name),
        )
        yield from emit(Kind.NODES, signatures)
        perturbed = self._perturbed(pairs)
        genes = perturbed.select(_GENE, id="perturbed", name="symbol")
        yield from emit(Kind.NODES, genes.unique("id", maintain_order=True))
        yield from perturbs(perturbed)
        measured = pairs.select(
            src="id", dst=cell, type=pl.lit("MEASURED_IN"), qualifier=pl.lit("")
        )
        yield from emit(Kind.EDGES, measured)

    def _perturbed(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """One row per signature and perturbed gene; a control as partner stands for nothing."""
        rows = pairs.select("id", "direction", symbol=pl.col("perturbation").str.split("+"))
        rows = rows.explode("symbol").filter(~pl.col("symbol").is_in(list(self.controls)))
        curies = pl.col("symbol").map_elements(_gene_curie, return_dtype=pl.String)
        return rows.with_columns(perturbed=curies).unique(["id", "perturbed"], maintain_order=True)


def _signature_key() -> pl.Expr:
    """``perturbation/cell line``, then treatment and assay where there are any."""
    treated = ~pl.col("treatment").is_in(["", "none"])
    return pl.concat_str(
        "perturbation",
        pl.lit("/"),
        "cell_line",
        pl.when(treated).then(pl.lit("/") + pl.col("treatment")).otherwise(pl.lit("")),
        pl.when(pl.col("assay") != "").then(pl.lit("/") + pl.col("assay")).otherwise(pl.lit("")),
    )


def _drop(pairs: pl.DataFrame, column: str, reason: str, tally: Tally) -> pl.DataFrame:
    """Drop groups where ``column`` is null; each counts with all its rows of the file."""
    for row in pairs.filter(pl.col(column).is_null()).iter_rows(named=True):
        tally.drop(reason, row["n_rows"], f"{row['perturbation']} in {row['cell_line']}")
    return pairs.drop_nulls(column)


def _gene_curie(gene: str) -> str:
    return f"ensembl:{gene}" if re.match(r"^ENS[A-Z]*G\d+", gene) else f"hgnc.symbol:{gene}"


def _cell_curie(name: str) -> str:
    known = CELLOSAURUS.get(re.sub(r"[^A-Z0-9]", "", name.upper()))
    return f"cellosaurus:{known}" if known else f"kgp.cell:{name}"
