"""Responses as a plain long table: who was perturbed, which gene, and how it responded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from kgp.api.frames_tables import read_columns, read_genes, read_numbers
from kgp.errors import BadInputError

Perturbed = tuple[tuple[str, int], ...]
"""Gene and direction (+1 up, -1 down) of all that one perturbation changes, sorted by gene."""

_REQUIRED = ("perturbation", "gene", "response")
_OPTIONAL = ("confidence", "experiment", "group")


@dataclass(frozen=True, slots=True, eq=False)
class ResponseTable:
    """Responses, checked.

    Attributes:
        rows: perturbation (in its normal spelling), gene, response, confidence, experiment and
            group, sorted; each cell of an experiment once.
        perturbed: what each perturbation changes.
        stated: number of rows that were given.
        has_confidence: whether confidences were given; they are 1 otherwise.
    """

    rows: pl.DataFrame
    perturbed: dict[str, Perturbed]
    stated: int
    has_confidence: bool

    @property
    def responding(self) -> set[str]:
        """Genes that respond to what does not perturb them."""
        moved = self.rows.filter(pl.col("response") != 0).select("perturbation", "gene").unique()
        pairs = moved.iter_rows()
        return {gene for name, gene in pairs if gene not in dict(self.perturbed[name])}


def read_responses(responses: object) -> ResponseTable:
    """Read and check a table of responses.

    Raises:
        BadInputError: naming what is wrong with which row.
    """
    what = "table of responses"
    given = read_columns(responses, what, _REQUIRED, _OPTIONAL)
    if given.is_empty():
        raise BadInputError("The table of responses has no rows.", hint="Each row is one gene.")
    texts = read_genes(given, "perturbation", what)
    perturbed = {text: parse_perturbation(text) for text in texts.unique(maintain_order=True)}
    spelled = {text: spell(genes) for text, genes in perturbed.items()}
    column, none = pl.col("response"), pl.lit("", pl.String)
    response = read_numbers(
        given,
        "response",
        what,
        "-1, 0 or 1; leave out rows of what is unknown",
        column.is_in((-1.0, 0.0, 1.0)),
    )
    confidence = _confidence(given, what)
    rows = pl.DataFrame(
        [
            texts.replace_strict(spelled, return_dtype=pl.String).alias("perturbation"),
            read_genes(given, "gene", what).alias("gene"),
            response.cast(pl.Int8).alias("response"),
            confidence.alias("confidence"),
        ]
    ).with_columns(
        read_genes(given, name, what).alias(name) if name in given.columns else none.alias(name)
        for name in ("experiment", "group")
    )
    table = ResponseTable(
        _each_once(rows),
        {spelled[text]: genes for text, genes in perturbed.items()},
        len(given),
        "confidence" in given.columns,
    )
    if not table.responding:
        raise BadInputError(
            f"None of the {len(given)} rows is a response: all are 0, or the perturbed gene's own.",
            hint="All-zero responses say nothing about the edges of a network.",
        )
    return table


def _confidence(given: pl.DataFrame, what: str) -> pl.Series:
    if "confidence" not in given.columns:
        return pl.Series("confidence", np.ones(len(given)))
    between = pl.col("confidence").is_between(0, 1)
    return read_numbers(given, "confidence", what, "a number from 0 to 1", between)


def parse_perturbation(text: str) -> Perturbed:
    """Read ``ihfA``, ``-ihfA`` (knocked out or down), ``-a+-b`` or ``a+b``.

    Raises:
        BadInputError: if a name is missing, or a gene named twice.
    """
    parts = [part.strip() for part in text.split("+")]
    found = [(part.removeprefix("-").strip(), -1 if part.startswith("-") else 1) for part in parts]
    if not all(gene for gene, _ in found):
        raise BadInputError(
            f"The perturbation {text!r} names no gene.",
            hint="Valid are ihfA, -ihfA for a knock-out or knock-down, and ihfA+-ihfB for two.",
        )
    if len(dict(found)) < len(found):
        raise BadInputError(
            f"The perturbation {text!r} names a gene twice.", hint="Name each gene once."
        )
    return tuple(sorted(found))


def spell(perturbed: Perturbed) -> str:
    """Spell a perturbation with its genes in order."""
    return "+".join(("-" if direction < 0 else "") + gene for gene, direction in perturbed)


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort, drop repeated rows, and refuse cells that are stated with two responses."""
    cell = ["perturbation", "experiment", "gene"]
    rows = rows.unique().sort(*cell, "response", "confidence", "group")
    twice = rows.filter(pl.struct(cell).is_duplicated())
    if not twice.is_empty():
        name, gene = twice["perturbation"][0], twice["gene"][0]
        values = twice.filter((pl.col("perturbation") == name) & (pl.col("gene") == gene))
        raise BadInputError(
            f"Gene {gene!r} is listed {len(values)} times for {name!r}, with responses "
            f"{', '.join(str(v) for v in values['response'])}.",
            hint="Tell repeats apart by a column 'experiment', or keep one row of each gene.",
        )
    groups = rows.group_by("perturbation", "experiment").agg(pl.col("group").unique().sort())
    mixed = groups.filter(pl.col("group").list.len() > 1).sort("perturbation", "experiment")
    if not mixed.is_empty():
        raise BadInputError(
            f"One experiment on {mixed['perturbation'][0]!r} has several groups: "
            f"{', '.join(mixed['group'][0])}.",
            hint="All rows of an experiment share its controls; tell experiments apart by a "
            "column 'experiment'.",
        )
    return rows
