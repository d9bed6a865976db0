"""Perturb-seq in AnnData: the response of the cells with one perturbation in one context.

Rows are cells, or pseudo-bulk with their number of cells. A response is the mean log-normalised
expression over the replicates of a perturbation (guides, else batches) minus that over the
replicates of the controls of the same context.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.loaders.base import FileLoader, number_option, restated
from kgp.loaders.frames import emit
from kgp.loaders.perturb_seq.columns import Columns
from kgp.loaders.perturb_seq.contrasts import described, effects, pair, perturbed_curie
from kgp.loaders.perturb_seq.genes import Genes, read_genes
from kgp.loaders.perturb_seq.groups import (
    DIRECTION_OF_ASSAY,
    group,
    read_cells,
    usable,
    with_replicates,
)
from kgp.loaders.perturb_seq.h5ad import opened
from kgp.loaders.perturb_seq.pseudobulk import TARGET, PseudoBulk, average
from kgp.loaders.perturb_seq.scale import Scale, detect, parse_scale
from kgp.loaders.responses import (
    TREATMENT,
    dataset_batches,
    dense,
    parse_direction,
    signature_batches,
)
from kgp.loaders.species import taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.perturb_seq.h5ad import Annotated

MIN_CELLS = 10
"""Fewest cells of a replicate: the mean of fewer is mostly noise of the sampling."""


class PerturbSeq(FileLoader):
    """Reads an AnnData file.

    Args:
        inputs: the file of role ``cells``.
        name: name of the data set.
        direction: ``1``, ``-1`` or ``0`` (a drug), or an assay such as ``CRISPRi``, where no
            column names it.
        control: label of unperturbed cells, where it is none of the usual ones.
        separator: what parts the label of a combination, where it is none of ``+ | ; , _``.
        replicate: the column of ``obs`` that tells replicates apart; ``none`` for none.
        min_cells: fewest cells of a replicate, where rows are cells.
        layer: the layer with the expression, or ``raw``; without it ``X``.
        values: ``counts``, ``log`` or ``zscore``, where the values do not tell.
        target_sum: library size that counts are scaled to, or ``median``.
        cell_line: the cell line, where no column names it.
        taxon: the species, where neither identifiers nor a column tell.
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
        separator: str | None = None,
        replicate: str | None = None,
        min_cells: int | str = MIN_CELLS,
        layer: str | None = None,
        values: str | None = None,
        target_sum: float | str = TARGET,
        cell_line: str | None = None,
        taxon: str | int | None = None,
        version: str | None = None,
        title: str | None = None,
        license: str | None = None,
        citation: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.info = restated(self.info, title=title, license=license, citation=citation)
        self.name = name
        self._direction = (
            None if direction is None else parse_direction(direction, DIRECTION_OF_ASSAY)
        )
        self._controls = (control,) if control else ()
        self._separator = separator
        self._replicate, self._layer = replicate, layer
        self._min_cells = int(number_option("min_cells", min_cells))
        self._values = parse_scale(values)
        median = target_sum == "median"
        self._target = None if median else number_option("target_sum", target_sum)
        self._cell_line = cell_line
        self._taxon = None if taxon is None else taxon_of(taxon)
        self._path = inputs["cells"]
        with opened(self._path, layer) as data:
            self._columns(data).check()

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, cell lines, data set and space, then signatures with dense effects."""
        with opened(self._path, self._layer) as data:
            columns = self._columns(data)
            tally.read(data.matrix.shape[0])
            genes = read_genes(self._path, data.var, self._taxon or _stated_taxon(columns))
            cells = self._cells(columns, genes, tally)
            bulk_rows = columns.n_cells() is not None
            least = 1 if bulk_rows else self._min_cells
            cells, replicate = with_replicates(cells, columns, self._replicate, least)
            groups, grouping = group(cells, data.matrix.shape[0], least, tally)
            scale = detect(self._path, data.matrix, self._values)
            bulk = average(data.matrix, grouping, scale, bulk=bulk_rows, target=self._target)
        tally.drop("cell without counts", bulk.empty)
        yield from self._space(genes, _measure(scale, bulk, replicate))
        yield from self._responses(pair(groups, bulk, tally), bulk, genes.taxon)

    def _columns(self, data: Annotated) -> Columns:
        return Columns(self._path, data.obs, data.texts, {"cell_line": self._cell_line})

    def _cells(self, columns: Columns, genes: Genes, tally: Tally) -> pl.DataFrame:
        cells = read_cells(
            columns,
            set(genes.names),
            direction=self._direction,
            controls=self._controls,
            separator=self._separator,
        )
        return usable(cells, columns, tally)

    def _space(self, genes: Genes, measure: str) -> Iterator[Batch]:
        measured = pl.DataFrame({"id": genes.ids, "name": genes.names})
        yield from emit(Kind.NODES, measured.with_columns(type=pl.lit("Gene")))
        organism = f"ncbitaxon:{genes.taxon}"
        yield from dataset_batches(
            self.name, self.name, genes.ids, measure=measure, censored=False, organism=organism
        )

    def _responses(self, paired: pl.DataFrame, bulk: PseudoBulk, taxon: str) -> Iterator[Batch]:
        signatures = described(self.name, paired, taxon)
        yield from signature_batches(self.name, signatures)
        yield from _named(paired, taxon)
        for rows, values, errors, degrees in effects(paired, bulk):
            yield from dense(self.name, signatures["id"][rows], values, errors, degrees)


def _named(paired: pl.DataFrame, taxon: str) -> Iterator[Batch]:
    """Yield what was perturbed under the name that the file gives it, and ChEMBL's for drugs."""
    rows = paired.select("parts", "direction", "chembl").explode("parts").unique()
    curies = pl.struct("parts", "direction").map_elements(
        lambda row: perturbed_curie(row["parts"], row["direction"], taxon), return_dtype=pl.String
    )
    drug = pl.col("direction") == TREATMENT
    kind = pl.when(drug).then(pl.lit("Drug")).otherwise(pl.lit("Gene"))
    nodes = rows.select(id=curies, type=kind, name="parts").unique("id").sort("id")
    yield from emit(Kind.NODES, nodes)
    alone = paired.filter(drug & (pl.col("parts").list.len() == 1)).select(
        "chembl", id=pl.lit("kgp.drug:") + pl.col("parts").list.first()
    )
    known = alone.filter(pl.col("chembl").str.contains(r"^CHEMBL\d+$")).unique()
    single = known.filter(pl.col("id").is_unique() & pl.col("chembl").is_unique()).sort("id")
    other = pl.lit("chembl.compound:") + pl.col("chembl")
    yield from emit(Kind.XREFS, single.select("id", other=other, kind=pl.lit(XREF_EXACT)))


def _stated_taxon(columns: Columns) -> str | None:
    """The species that the cells say they are of, where it is one that is known by name."""
    stated = columns.text("organism").unique().drop_nulls()
    names = {"homo sapiens": "human", "mus musculus": "mouse"}
    found = {names.get(text.lower(), text.lower()) for text in stated if text}
    known = found & {"human", "mouse"}
    return taxon_of(known.pop()) if len(found) == len(known) == 1 else None


def _measure(scale: Scale, bulk: PseudoBulk, replicate: str) -> str:
    what = {
        Scale.COUNTS: f"log1p of counts per {bulk.target or 0:,.6g}",
        Scale.LOG: "log-normalised expression",
        Scale.ZSCORE: "z-score",
    }[scale]
    of = f"replicates by {replicate}" if replicate else "no replicates, so no errors"
    return f"difference of mean {what} to the controls; {of}"
