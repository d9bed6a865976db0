"""How well responses are predicted: per-drug correlations and paired intervals.

Every metric takes ``predicted`` and ``truth`` as float [drugs, genes] and returns float64 [drugs];
the mean over drugs is what tables show. A constant vector correlates 0 with anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

TOP = 50
RESAMPLES = 2000

Metric = Callable[["NDArray[np.floating]", "NDArray[np.floating]"], "NDArray[np.float64]"]


def pearson(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """Pearson correlation of each row with the same row of ``other``: float64 [rows].

    Raises:
        BadInputError: if the shapes differ.
    """
    if one.shape != other.shape:
        raise BadInputError(f"Shapes {one.shape} and {other.shape} cannot be correlated.")
    a = one.astype(np.float64) - one.mean(axis=1, keepdims=True, dtype=np.float64)
    b = other.astype(np.float64) - other.mean(axis=1, keepdims=True, dtype=np.float64)
    scale = np.sqrt((a * a).sum(1) * (b * b).sum(1))
    # What rounding leaves of a constant row is not a direction.
    floor = 1e-12 * np.abs(one).max(1, initial=0) * np.abs(other).max(1, initial=0)
    informative = scale > floor * one.shape[1]
    result: NDArray[np.float64] = np.zeros(len(a))
    np.divide((a * b).sum(1), scale, out=result, where=informative)
    return result


def top_pearson(
    predicted: NDArray[np.floating], truth: NDArray[np.floating], top: int = TOP
) -> NDArray[np.float64]:
    """Correlation over the ``top`` genes of largest absolute true response of each drug.

    The genes are chosen by the truth, which makes the metric easy: the mean training response
    alone scores about 0.68 on the LINCS consensus. Read it beside that row.
    """
    count = min(top, truth.shape[1])
    genes = np.argsort(-np.abs(truth), axis=1, kind="stable")[:, :count]
    return pearson(
        np.take_along_axis(predicted, genes, axis=1), np.take_along_axis(truth, genes, axis=1)
    )


def centred_pearson(
    predicted: NDArray[np.floating], truth: NDArray[np.floating], mean: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Correlation over all genes after subtracting the mean training response from both.

    The mean response scores 0: only what is specific to the drug counts.
    """
    return pearson(predicted - mean, truth - mean)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def score(
    predicted: NDArray[np.floating], truth: NDArray[np.floating], mean: NDArray[np.floating]
) -> dict[str, NDArray[np.float64]]:
    """Return the three metrics per drug: ``top50``, ``all``, ``centred``; each float64 [drugs]."""
    return {
        "top50": top_pearson(predicted, truth),
        "all": pearson(predicted, truth),
        "centred": centred_pearson(predicted, truth, mean),
    }


def bootstrap(values: NDArray[np.float64], seed: int = 0, resamples: int = RESAMPLES) -> Interval:
    """Interval of the mean over drugs: the 2.5 % and 97.5 % quantiles of resampled means."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, len(values), (resamples, len(values)))
    low, high = np.quantile(values[rows].mean(1), [0.025, 0.975])
    return Interval(float(values.mean()), float(low), float(high))


def paired_bootstrap(
    one: Mapping[str, NDArray[np.float64]], other: Mapping[str, NDArray[np.float64]], seed: int = 0
) -> dict[str, Interval]:
    """Interval of the mean difference ``one - other`` for each metric, drug by drug."""
    return {name: bootstrap(one[name] - other[name], seed) for name in one}
