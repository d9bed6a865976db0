"""What the loaders of L1000 matrices share: files, options, genes, compounds, cell lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.lincs.conditions import (
    COMPOUND,
    check_types,
    described,
    treated,
    with_context,
    with_perturbed,
)
from kgp.loaders.lincs.drugs import (
    check_vocabulary,
    compound_batches,
    compounds,
    match_drugs,
    read_vocabulary,
)
from kgp.loaders.lincs.fields import check_info, read_info, text
from kgp.loaders.lincs.genes import GeneSpace, check_genes, choose_genes
from kgp.loaders.lincs.matrix import open_matrix, samples
from kgp.loaders.responses import HUMAN, dataset_batches, signature_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch

_KEY_OF_INFO = {"geneinfo": "gene_id", "cellinfo": "cell_iname", "compoundinfo": "pert_id"}
_CELL_PROPERTIES = ("cell_lineage", "primary_disease", "subtype", "ccle_name", "cell_type")

CONTEXT = ("perturbed", "direction", "context", "context_type", "context_name")
CONDITIONS = ("dose", "dose_unit", "time", "time_unit", "condition")


class L1000(FileLoader):
    """Samples of an L1000 matrix, from GCTX or GCT.

    Args:
        inputs: the matrix, the table of its samples, and optionally ``geneinfo``, ``cellinfo``,
            ``compoundinfo`` and ``drugs`` (DrugBank's vocabulary).
        matrix: role of the matrix.
        info: role of the table of its samples.
        name: name of the data set.
        genes: landmark, bing or all.
        pert_type: perturbation types, separated by commas; default all of a drug or a gene.
        cells: names of cell lines, separated by commas; default all.
        version: the release, where the user states it.
    """

    fields: ClassVar[tuple[str, ...]]
    """What is read of a sample beside what was perturbed, where, at which dose and time."""

    def __init__(
        self,
        inputs: Mapping[str, Path],
        matrix: str,
        info: str,
        *,
        name: str,
        genes: str,
        pert_type: str,
        cells: str,
        version: str | None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.genes = name, check_genes(genes)
        self.types = check_types(pert_type)
        self.cells = tuple(cell.strip() for cell in cells.split(",") if cell.strip())
        self._info = inputs.get(info)
        if self._info is not None:
            check_info(self._info, "sig_id")
        for role, key in _KEY_OF_INFO.items():
            if role in inputs:
                check_info(inputs[role], key)
        if "drugs" in inputs:
            check_vocabulary(inputs["drugs"])
        self.matrix = open_matrix(inputs[matrix])

    def table(self, role: str, tally: Tally) -> pl.DataFrame | None:
        """Read one of the optional tables; None where it was not given."""
        if role not in self.inputs:
            return None
        return read_info(self.inputs[role], _KEY_OF_INFO[role], tally)

    def space(self, tally: Tally) -> GeneSpace:
        """Choose the genes."""
        info = self.table("geneinfo", tally)
        found = choose_genes(self.matrix.path, self.matrix.genes, info, self.genes)
        for gene in found.strange:
            tally.read()
            tally.drop("gene without an Entrez id", example=gene)
        return found

    def samples(self, tally: Tally) -> pl.DataFrame:
        """Describe the samples, controls among them: ``id, position``, annotations, conditions."""
        table = described(samples(self.matrix, self._info, self.fields, tally))
        if not self.cells:
            return table
        other = ~pl.col("cell_iname").is_in(list(self.cells)).fill_null(False)
        return drop_rows(table, other, "cell line not asked for", tally, ("id", "cell_iname"))

    def treated(self, table: pl.DataFrame, space: GeneSpace, tally: Tally) -> pl.DataFrame:
        """Keep treated samples, and say what was perturbed in them and where."""
        rows = with_perturbed(treated(table, self.types, tally), space.entrez)
        return with_context(rows, self.table("cellinfo", tally))

    def begin(self, space: GeneSpace, measure: str) -> Iterator[Batch]:
        """Yield the genes, the data set and its feature space."""
        yield from emit(Kind.NODES, space.nodes)
        yield from dataset_batches(
            self.name,
            self.name,
            space.features,
            measure=measure,
            censored=False,
            organism=HUMAN,
        )

    def cell_batches(self, rows: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield what cellinfo says of the cell lines of the samples."""
        cells = self.table("cellinfo", tally)
        if cells is None:
            return
        used = rows.select("context", "cell_iname").drop_nulls().unique("context").sort("context")
        known = cells.unique("cell_iname", keep="first", maintain_order=True)
        nodes = used.join(known, on="cell_iname", maintain_order="left")
        yield from emit(
            Kind.NODES,
            nodes.select(
                *(text(nodes, name) for name in _CELL_PROPERTIES),
                id="context",
                type=pl.lit("CellLine"),
                name="cell_iname",
            ),
        )

    def drug_batches(self, rows: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield the compounds of the samples, by what compoundinfo and the samples say of them."""
        used = rows.filter(pl.col("pert_type") == COMPOUND).select(
            id=pl.col("perturbed").list.first(), name="cmap_name", type=pl.lit("Drug")
        )
        info = self.table("compoundinfo", tally)
        if info is not None:
            known = compounds(info).join(used, on="id", how="semi")
            yield from compound_batches(known)
            used = used.join(known, on="id", how="anti", maintain_order="left")
        used = used.filter(~pl.col("id").str.starts_with("drugbank:"))
        yield from emit(Kind.NODES, used.unique("id", keep="first", maintain_order=True))

    def matched(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Let signatures perturb the DrugBank drug that their compound is known to be."""
        if "drugs" not in self.inputs:
            return rows
        info = self.table("compoundinfo", tally)
        known = compounds(info if info is not None else pl.DataFrame({"pert_id": [""]}))
        rows = rows.with_columns(compound=pl.col("perturbed").list.first())
        drugs = rows.filter(pl.col("pert_type") == COMPOUND)
        found = match_drugs(
            drugs.select("cmap_name", perturbed="compound"),
            known,
            read_vocabulary(self.inputs["drugs"], Tally()),
        )
        rows = rows.join(
            found, left_on="compound", right_on="perturbed", how="left", maintain_order="left"
        )
        drug = pl.concat_list(pl.coalesce("drug", "compound"))
        return rows.with_columns(perturbed=drug).drop("drug")

    def signature(self, key: str) -> pl.Expr:
        """CURIE of the signature in column ``key``."""
        return signature_id(self.name, pl.col(key)).alias("id")


def title(rows: pl.DataFrame) -> pl.Expr:
    """What a person calls a signature: ``vorinostat 10 uM, 24 h, A375``."""
    what = pl.coalesce(text(rows, "cmap_name"), text(rows, "pert_id"))
    doses = [amount("dose", pl.col("dose"), " "), amount("time", pl.col("time"), " ")]
    parts = [pl.concat_str(what, doses[0], separator=" ", ignore_nulls=True), doses[1]]
    named = pl.concat_str(*parts, pl.col("cell_iname"), separator=", ", ignore_nulls=True)
    return named.alias("name")


def amount(name: str, value: pl.Expr, between: str = "") -> pl.Expr:
    """Write ``value`` with the unit in column ``NAME_unit``: ``10uM``, ``0.37 uM``."""
    digits = value.cast(pl.String).str.strip_suffix(".0")
    unit = pl.lit(between) + pl.col(f"{name}_unit")
    return pl.concat_str(digits, unit.fill_null(""))
