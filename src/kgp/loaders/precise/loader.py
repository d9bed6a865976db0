"""PRECISE: what Escherichia coli transcribes when a gene is knocked out, condition by condition.

A response is the mean log2(TPM) of the samples of one strain in one condition minus that of the
matched wild types of the same study.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.moderation import contrast
from kgp.loaders.own.matrix import read_header, read_rows
from kgp.loaders.precise.matrix import Expression
from kgp.loaders.precise.samples import SURROUNDINGS, match_controls, read_samples, with_genotypes
from kgp.loaders.responses import (
    KNOCK_DOWN,
    control_set,
    dataset_batches,
    dense,
    signature_batches,
    signature_id,
)
from kgp.loaders.tables import check_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch

ORGANISM = "ncbitaxon:511145"
STRAINS = {
    "MG1655": "ncbitaxon:511145",
    "BW25113": "ncbitaxon:679895",
    "W3110": "ncbitaxon:316407",
    "BL21": "ncbitaxon:511693",
}
"""Strains with a taxon of their own; others are named ``kgp.strain:NAME``."""

_GROUP = ("study", "condition", "background", "genes", "directions", *SURROUNDINGS)
_KNOCKOUTS = ("sample", "ko_genes", "ko_bnumbers")


class Precise(FileLoader):
    """Reads expression with its sample table.

    Args:
        inputs: the files of the roles ``expression``, ``samples`` (where the expression does not
            carry its own) and ``knockouts`` (a table of perturbed genes by sample).
        name: name of the data set.
        version: the release, where the user states it.
    """

    source = "precise"

    def __init__(
        self, inputs: Mapping[str, Path], *, name: str = "precise", version: str | None = None
    ) -> None:
        super().__init__(inputs, version=version)
        self.name = name
        if "knockouts" in inputs:
            check_columns(inputs["knockouts"], _KNOCKOUTS, ",")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield genes, data set and space, then signatures with dense effects."""
        expression = Expression(self.inputs["expression"])
        matrix = expression.matrix
        samples = self._samples(expression, tally)
        groups = self._compared(samples, tally)
        features = [f"locus_tag:{gene}" for gene in matrix.genes]
        yield from emit(Kind.NODES, pl.DataFrame({"id": features, "type": "Gene"}))
        yield from dataset_batches(
            self.name,
            self.name,
            features,
            measure=f"difference of mean {expression.measure} to matched wild types",
            censored=False,
            organism=ORGANISM,
        )
        yield from signature_batches(self.name, self._signatures(groups, expression.gene_names()))
        contrasts = [
            contrast(matrix.rows(treated), matrix.rows(controls))
            for treated, controls in groups.select("samples", "controls").iter_rows()
        ]
        yield from dense(
            self.name,
            groups["id"],
            np.stack([each.effect for each in contrasts]).astype(np.float32),
            np.stack([each.error for each in contrasts]).astype(np.float32),
            np.array([each.df for each in contrasts], np.float32),
        )

    def _samples(self, expression: Expression, tally: Tally) -> pl.DataFrame:
        """Samples with expression, and what each is a measurement of."""
        path = self.inputs.get("samples")
        samples = read_samples(path) if path else expression.samples()
        if samples is None:
            raise UsageError(
                f"{expression.path} carries no sample table.",
                hint="Its study and condition say which samples are compared.",
                command=f"kgp load precise {expression.path.name} samples=FILE",
            )
        tally.read(samples.height)
        measured = pl.col("sample").is_in(expression.matrix.samples)
        samples = drop_rows(samples, ~measured, "sample without expression", tally, ("sample",))
        if samples.is_empty():
            raise BadInputError(
                f"{path or expression.path} names no sample of {expression.path}.",
                hint=f"Its samples are called {', '.join(expression.matrix.samples[:3])} …",
                command="kgp sources precise",
            )
        return with_genotypes(samples, self._stated())

    def _stated(self) -> dict[str, tuple[Sequence[str], Sequence[str]]]:
        """What the table of knock-outs says: sample → (locus tags, directions), by either name."""
        path = self.inputs.get("knockouts")
        if path is None:
            return {}
        header = read_header(path)
        names = [name for name in ("sample", "sample_id") if name in header.names]
        rows = read_rows(path, header, [*names, "ko_bnumbers"], Tally())
        stated: dict[str, tuple[Sequence[str], Sequence[str]]] = {}
        for *samples, tags in rows.iter_rows():
            genes = [tag for tag in tags.split("+") if tag]
            stated |= {sample: (genes, [KNOCK_DOWN] * len(genes)) for sample in samples}
        return stated

    def _compared(self, samples: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Groups of replicates with their controls; all other samples are counted as dropped."""
        show = ("sample", "description")
        evolved = pl.col("evolved") != "No"
        samples = drop_rows(samples, evolved, "evolved strain", tally, show)
        changed = pl.col("other") != ""
        samples = drop_rows(samples, changed, "neither wild type nor knock-out", tally, show)
        perturbed = pl.col("genes").list.len() > 0
        groups = samples.filter(perturbed).group_by(_GROUP, maintain_order=True)
        treated = groups.agg(
            samples=pl.col("sample"), doi=pl.col("doi").drop_nulls().unique().sort()
        )
        pairs = match_controls(treated, samples.filter(~perturbed))
        for row in pairs.filter(pl.col("controls").is_null()).iter_rows(named=True):
            example = f"{row['study']} {row['condition']}"
            tally.drop("no wild type of the same study", len(row["samples"]), example)
        pairs = pairs.drop_nulls("controls")
        used = pairs["controls"].explode().unique()
        idle = ~perturbed & ~pl.col("sample").is_in(used.implode())
        drop_rows(samples, idle, "wild type that no knock-out is compared with", tally, show)
        if pairs.is_empty():
            raise BadInputError(
                f"{self.inputs['expression']}: no knock-out has a wild type of its own study.",
                hint="Strains are read from the columns Strain Description or condition, such as "
                "'Escherichia coli K-12 MG1655 del_nac' or 'delnac_glc'.",
                command="kgp sources precise",
            )
        return pairs.with_columns(id=signature_id(self.name, _key(pairs)))

    def _signatures(self, groups: pl.DataFrame, tags: Mapping[str, str]) -> pl.DataFrame:
        gene = pl.element()
        named = gene.replace_strict(tags, default=None, return_dtype=pl.String)
        tag = pl.when(gene.str.contains(r"^b\d{4}$")).then(gene).otherwise(named)
        curie = pl.coalesce(pl.lit("locus_tag:") + tag, pl.lit("symbol:") + gene)
        strain = pl.col("background")
        known = strain.replace_strict(STRAINS, default=None, return_dtype=pl.String)
        return groups.select(
            "id",
            *SURROUNDINGS,
            "study",
            "doi",
            "condition",
            "samples",
            "controls",
            "control_match",
            "control_differs",
            name=pl.concat_str("study", pl.lit(" "), "condition"),
            perturbed=pl.col("genes").list.eval(curie),
            direction="directions",
            context=pl.coalesce(known, pl.lit("kgp.strain:") + strain),
            context_type=pl.lit("Strain"),
            context_name=strain,
            n_replicates=pl.col("samples").list.len().cast(pl.Int64),
            n_controls=pl.col("controls").list.len().cast(pl.Int64),
            control_set=control_set(pl.col("controls")),
        )


def _key(groups: pl.DataFrame) -> pl.Expr:
    """``study/condition``, with a number where one condition holds several strains or media."""
    key = pl.concat_str("study", pl.lit("/"), "condition").str.replace_all(r"\s+", "_")
    repeat = pl.int_range(pl.len()).over("study", "condition")
    several = pl.len().over("study", "condition") > 1
    number = pl.concat_str(pl.lit("/"), (repeat + 1).cast(pl.String))
    return key + pl.when(several).then(number).otherwise(pl.lit(""))
