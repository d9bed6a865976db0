"""A user's own experiment: results of DESeq2, edgeR or limma, or a matrix with its design."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.errors import UsageError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader, number_option, restated
from kgp.loaders.frames import emit, node_rows
from kgp.loaders.own.columns import recognise_columns
from kgp.loaders.own.contrasts import compare_expression
from kgp.loaders.own.counts import compare_counts
from kgp.loaders.own.design import read_design
from kgp.loaders.own.effects import emit_effects
from kgp.loaders.own.genes import identify_genes
from kgp.loaders.own.matrix import read_header, read_matrix
from kgp.loaders.own.perturbation import Perturbation, context_curie, quantity, read_perturbation
from kgp.loaders.own.results import read_results
from kgp.loaders.regulons.network_ids import check_kind
from kgp.loaders.responses import control_set, dataset_batches, signature_batches, signature_id
from kgp.loaders.species import HUMAN, taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.own.design import Design

    Floats = NDArray[np.float64]

SHAPES = ("results", "counts", "expression")
"""Roles of which exactly one is given."""


class OwnExperiment(FileLoader):
    """Reads one table of results, or one matrix with a design.

    Args:
        inputs: one file of the roles ``results``, ``counts`` or ``expression``; the last two with
            one of role ``design``.
        name: name of the data set; by default that of the file.
        perturbed: genes or drugs, where no design says it; several are one combination.
        direction: ``down`` or ``up``, one for all or one for each.
        context: cell line or strain.
        dose: number and unit, such as ``10uM``.
        time: number and unit, such as ``24h``.
        medium: of the cells.
        condition: whatever else is to be known.
        taxon: the species; by default human, and E. coli K-12 where genes are named b0001 ….
        identifiers: what genes are named by (symbol, ncbigene, ensembl, uniprot, locus_tag,
            curie); by default told from the names.
        df: degrees of freedom of a table's statistics; by default infinite, as DESeq2's are.
        control: the condition of a design that the others are compared with.
        replicates: ``none`` loads a design without replicates as effects without errors.
        title: what to call the experiment.
        license: its licence; by default it counts as the user's own.
        citation: how to cite it.
        version: its version.
    """

    source = "responses"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str | None = None,
        perturbed: str | Sequence[str] = (),
        direction: str | Sequence[str] = (),
        context: str = "",
        dose: str = "",
        time: str = "",
        medium: str = "",
        condition: str = "",
        taxon: str | int | None = None,
        identifiers: str | None = None,
        df: float | str | None = None,
        control: str | None = None,
        replicates: str | None = None,
        title: str | None = None,
        license: str | None = None,
        citation: str | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.shape = _shape(inputs)
        path = inputs[self.shape]
        self.name = name or re.sub(r"(\.(csv|tsv|txt|gz))+$", "", path.name)
        self.info = restated(self.info, title=title or name, license=license, citation=citation)
        self._taxon = None if taxon is None else taxon_of(taxon)
        self._identifiers = None if identifiers is None else check_kind(identifiers)
        self._said: dict[str, Any] = {"perturbed": perturbed, "direction": direction}
        self._about = {"dose": dose, "time": time, "medium": medium, "condition": condition}
        self._context = context
        self._df = np.inf if df is None else number_option("df", df)
        if replicates not in (None, "none"):
            raise UsageError(unknown("value of replicates", str(replicates), ("none",)))
        self._replicated = replicates is None
        for what in ("dose", "time"):
            if self._about[what]:
                quantity(what, self._about[what])
        self._header = read_header(path)
        self.notes: tuple[str, ...] = ()
        if self.shape == "results":
            self._columns = recognise_columns(path, self._header.names)
            self.notes = (self._columns.described(path),)
            self._perturbation("", "", HUMAN)
        else:
            self._design = read_design(inputs["design"], control)
            self.notes = (_described(self._design),)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, data set and space, then signatures and their effects."""
        yield from self._results(tally) if self.shape == "results" else self._compared(tally)

    def _results(self, tally: Tally) -> Iterator[Batch]:
        path = self.inputs["results"]
        rows = read_results(path, self._header, self._columns, self._df, tally)
        genes, taxon = self._genes(rows["gene"], tally)
        rows = rows.join(genes, on="gene", maintain_order="left")
        done = self._perturbation("", "", taxon)
        signatures = pl.DataFrame([self._signature(done, done.label, self._about, taxon)])
        yield from self._head(rows, self._columns.measure, taxon)
        yield from signature_batches(self.name, signatures)
        effect, error = rows["effect"].to_numpy(), rows["error"].cast(pl.Float64).to_numpy()
        yield from emit_effects(
            self.name, signatures["id"], effect[None], error[None], np.array([self._df])
        )

    def _compared(self, tally: Tally) -> Iterator[Batch]:
        design = self._design
        if self._replicated:
            design.check_replicates()
        matrix = read_matrix(self.inputs[self.shape], design.samples["sample"].to_list())
        tally.read(len(matrix.genes))
        compare = compare_counts if self.shape == "counts" else compare_expression
        found = compare(matrix, design, replicated=self._replicated)
        rows = pl.DataFrame({"gene": matrix.genes}).with_row_index("place")
        known = np.isfinite(found.effect).any(0)
        for place in np.flatnonzero(~known)[:1]:
            reason = "no counts, or one far out in every condition"
            tally.drop(reason, int((~known).sum()), matrix.genes[place])
        genes, taxon = self._genes(rows.filter(pl.Series(known))["gene"], tally)
        rows = rows.join(genes, on="gene", maintain_order="left")
        signatures = pl.DataFrame([self._of_condition(name, taxon) for name in design.conditions])
        sets = control_set(pl.col("controls"))
        signatures = signatures.with_columns(control_set=sets)
        yield from self._head(rows, found.measure, taxon)
        yield from signature_batches(self.name, signatures)
        kept = rows["place"].to_numpy()
        yield from emit_effects(
            self.name, signatures["id"], found.effect[:, kept], found.error[:, kept], found.df
        )

    def _head(self, rows: pl.DataFrame, measure: str, taxon: str) -> Iterator[Batch]:
        yield from emit(Kind.NODES, node_rows(rows["id"], "Gene", rows["name"]))
        yield from dataset_batches(
            self.name,
            self.name,
            rows["id"].to_list(),
            measure=measure,
            censored=False,
            organism=f"ncbitaxon:{taxon}",
        )

    def _genes(self, names: pl.Series, tally: Tally) -> tuple[pl.DataFrame, str]:
        path = self.inputs[self.shape]
        return identify_genes(names, path, tally, kind=self._identifiers, taxon=self._taxon)

    def _perturbation(self, perturbed: str, direction: str, taxon: str) -> Perturbation:
        """What a design says, else what the user says."""
        return read_perturbation(
            perturbed or self._said["perturbed"],
            direction or self._said["direction"],
            self._taxon or taxon,
        )

    def _of_condition(self, condition: str, taxon: str) -> dict[str, Any]:
        """One signature of a design, with its samples and controls."""
        design = self._design
        own = design.said(condition, "perturbed")
        if not own and len(design.conditions) > 1:
            raise UsageError(
                f"{design.path} does not say what is perturbed in condition {condition!r}.",
                hint="With several conditions a design needs the columns perturbed and direction.",
                command=f"kgp load responses {self.inputs[self.shape].name} {design.path.name}",
            )
        done = self._perturbation(own, design.said(condition, "direction"), taxon)
        about = {what: design.said(condition, what) or said for what, said in self._about.items()}
        samples, controls = design.of(condition), design.of(design.control)
        return {
            **self._signature(done, condition, about | {"condition": condition}, taxon),
            "samples": samples,
            "controls": controls,
            "n_replicates": len(samples),
            "n_controls": len(controls),
        }

    def _signature(
        self, done: Perturbation, key: str, about: Mapping[str, str], taxon: str
    ) -> dict[str, Any]:
        """Node, edges and properties of one response."""
        row: dict[str, Any] = {"name": f"{done.label} in {self.name}"}
        for what in ("dose", "time"):
            if about[what]:
                row[what], row[f"{what}_unit"] = quantity(what, about[what])
        row |= {what: about[what] for what in ("medium", "condition") if about[what]}
        if self._context:
            curie, kind = context_curie(self._context, taxon)
            row |= {"context": curie, "context_type": kind, "context_name": self._context}
        place = pl.DataFrame({"key": [re.sub(r"\s+", "_", key)]})
        row["id"] = place.select(signature_id(self.name, pl.col("key"))).item()
        return row | {"perturbed": list(done.perturbed), "direction": list(done.direction)}


def _shape(inputs: Mapping[str, Path]) -> str:
    given = [role for role in SHAPES if role in inputs]
    if len(given) != 1 or (given[0] != "results") != ("design" in inputs):
        raise UsageError(
            f"An own experiment is read from {' and '.join(inputs) or 'no file'}.",
            hint="Give a table of results, or a matrix of counts or log expression with a design.",
            command="kgp load responses counts=FILE design=FILE",
        )
    return given[0]


def _described(design: Design) -> str:
    """Say what is compared with what, for the user to check."""
    shown = ", ".join(f"{name} ({len(design.of(name))})" for name in design.conditions[:8])
    batches = " with batches as covariate" if "batch" in design.samples.columns else ""
    n = len(design.of(design.control))
    return f"{design.path.name}: {shown} against {design.control} ({n} samples){batches}."
