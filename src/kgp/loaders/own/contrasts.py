"""A design held against a matrix: one contrast per condition, by the method that fits the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.loaders.files import look
from kgp.loaders.moderation import contrast, moderate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.loaders.own.design import Design
    from kgp.loaders.own.matrix import Matrix

    Floats = NDArray[np.float64]

_LOGARITHMS_BELOW = 30.0
"""Logarithms of expression stay below this; the counts of a whole library do not."""


@dataclass(frozen=True, slots=True, eq=False)
class Contrasts:
    """Conditions compared with the control.

    Args:
        measure: what the effects are.
        effect: float64 [n_conditions, n_genes]; NaN where nothing can be said of a gene.
        error: float64 [n_conditions, n_genes], standard errors; NaN without replicates.
        df: float64 [n_conditions], their degrees of freedom.
    """

    measure: str
    effect: Floats
    error: Floats
    df: Floats


def compare_expression(matrix: Matrix, design: Design, *, replicated: bool) -> Contrasts:
    """Compare log2 expression by moderated contrasts.

    With batches, a linear model with one term per condition and per batch is fitted to all samples,
    and its residual variances are moderated; without them each condition is compared by itself.

    Args:
        matrix: log2 expression of the samples of the design.
        design: which sample is of which condition.
        replicated: False gives effects without errors.

    Raises:
        BadInputError: for counts, or batches that cannot be told from conditions.
    """
    refuse_counts(matrix)
    terms, columns = model_terms(design)
    if replicated and any(name.startswith("batch") for name in columns):
        return _adjusted(matrix, design, terms)
    control = matrix.rows(design.of(design.control))
    each = [contrast(matrix.rows(design.of(name)), control) for name in design.conditions]
    errors = np.stack([found.error for found in each])
    return Contrasts(
        "log2 fold change (difference of mean log2 expression)",
        np.stack([found.effect for found in each]),
        errors if replicated else np.full_like(errors, np.nan),
        np.array([found.df for found in each]),
    )


def _adjusted(matrix: Matrix, design: Design, terms: Floats) -> Contrasts:
    values = matrix.rows(design.samples["sample"].to_list())
    residual_df = len(values) - terms.shape[1]
    if residual_df < 1:
        raise BadInputError(
            f"{design.path} has {len(values)} samples for {terms.shape[1]} conditions and batches.",
            hint="Beside batches, some condition needs more samples than one per batch.",
            command=look(design.path),
        )
    coefficients, _, _, _ = np.linalg.lstsq(terms, values, rcond=None)
    squares = ((values - terms @ coefficients) ** 2).sum(0)
    variance, df = moderate(squares / residual_df, residual_df)
    n = len(design.conditions)
    spread = np.diag(np.linalg.inv(terms.T @ terms))[1 : 1 + n]
    return Contrasts(
        "log2 fold change (linear model of log2 expression with batches)",
        np.asarray(coefficients[1 : 1 + n], np.float64),
        np.sqrt(spread[:, None] * variance),
        np.full(n, df),
    )


def model_terms(design: Design) -> tuple[Floats, list[str]]:
    """Return the design as 0/1 terms, [n_samples, n_terms], and their names.

    The first is the control in the first batch; then one per other condition, one per other batch.

    Raises:
        BadInputError: if a batch and a condition are always found together.
    """
    samples = design.samples
    names, columns = ["control"], [np.ones(samples.height)]
    for condition in design.conditions:
        names.append(f"condition {condition}")
        columns.append((samples["condition"] == condition).to_numpy().astype(np.float64))
    if "batch" in samples.columns:
        for batch in samples["batch"].unique(maintain_order=True)[1:]:
            names.append(f"batch {batch}")
            columns.append((samples["batch"] == batch).to_numpy().astype(np.float64))
    terms = np.stack(columns, axis=1)
    if np.linalg.matrix_rank(terms) < terms.shape[1]:
        raise BadInputError(
            f"{design.path}: batches and conditions cannot be told apart.",
            hint="A condition that is a batch of its own has no control in it; leave the column "
            "batch out only if you trust that batches do not differ.",
            command=look(design.path),
        )
    return terms, names


def refuse_counts(matrix: Matrix) -> None:
    """Refuse counts where logarithms are expected.

    Raises:
        BadInputError: with the largest value.
    """
    high = float(matrix.values.max(initial=0))
    if high > _LOGARITHMS_BELOW:
        raise BadInputError(
            f"{matrix.path} holds values up to {high:,.0f}: these are no logarithms.",
            hint="Expected is log2 expression. Counts are read under the role counts.",
            command=f"kgp load responses counts={matrix.path.name} design=FILE",
        )


def refuse_logarithms(matrix: Matrix) -> None:
    """Refuse logarithms, and estimates that are not whole numbers, where counts are expected.

    Raises:
        BadInputError: with the first value that is no count.
    """
    bad = np.argwhere((matrix.values < 0) | (matrix.values != np.floor(matrix.values)))
    if not len(bad):
        return
    sample, gene = bad[0]
    value = matrix.values[sample, gene]
    logarithms = float(matrix.values.max()) <= _LOGARITHMS_BELOW or value < 0
    advice = (
        "These look like logarithms, which are read under the role expression."
        if logarithms
        else "Round estimated counts (salmon, kallisto, RSEM) to whole numbers; normalised counts "
        "cannot be used."
    )
    raise BadInputError(
        f"{matrix.path}: {value:g} of gene {matrix.genes[gene]} in sample "
        f"{matrix.samples[sample]} is not a count ({len(bad):,} such values).",
        hint=advice,
        command=f"kgp load responses {'expression' if logarithms else 'counts'}="
        f"{matrix.path.name} design=FILE",
    )
