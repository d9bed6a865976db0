"""Scores with intervals, from tables of the cells of clusters that are independent.

Cells of one perturbation are not independent, and neither are perturbations that share controls
or a regulator. So whole clusters are drawn again, and a difference is taken within each draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.metrics import RESAMPLES, Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Score = Callable[["NDArray[np.float64]"], "NDArray[np.float64]"]
"""From float64 [n_draws, ...], sums over the clusters drawn, to float64 [n_draws]."""


def by_cluster(values: Floats, cluster: NDArray[np.int64]) -> Floats:
    """Sum the rows of each cluster: float64 [n_clusters, ...], clusters ascending."""
    _names, place = np.unique(cluster, return_inverse=True)
    total = np.zeros((int(place.max(initial=-1)) + 1, *values.shape[1:]))
    np.add.at(total, place, values)
    return total


def share(sums: Floats) -> Floats:
    """Return the first column over the second, float64 [n] for [n, 2]; NaN where that is 0."""
    with np.errstate(invalid="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


def draw_clusters(clusters: Floats, seed: int = 0, resamples: int = RESAMPLES) -> Floats:
    """Sum clusters drawn with replacement, as many as there are.

    Args:
        clusters: float64 [n_clusters, ...].
        seed: of the draws; the same seed draws the same clusters for every score.
        resamples: how many times.

    Returns:
        float64 [resamples, ...].
    """
    n = len(clusters)
    times = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
    return np.tensordot(times.astype(np.float64), clusters, axes=1)


def cluster_interval(
    clusters: Floats, score: Score, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Interval, float]:
    """Return a score with its 95 % interval, and its standard error.

    The mean of the interval is the score of all clusters together. Its ends are quantiles of the
    draws, further out the fewer clusters there are (the expanded percentile interval of
    Hesterberg, Am Stat 69:371, 2015), because plain ones are too narrow for a handful. With a
    single cluster the interval is unknown and its ends are NaN, as is the standard error.

    Args:
        clusters: float64 [n_clusters, ...], what the score reads, summed within each cluster.
        score: from sums over clusters to a score.
        seed: of the draws.
        resamples: how many draws.
    """
    whole = float(score(clusters.sum(axis=0, keepdims=True))[0])
    if len(clusters) < 2:
        return Interval(whole, float("nan"), float("nan")), float("nan")
    drawn = score(draw_clusters(clusters, seed, resamples))
    tail = _expanded_tail(len(clusters))
    low, high = np.nanquantile(drawn, [tail, 1 - tail])
    return Interval(whole, float(low), float(high)), float(np.nanstd(drawn))


def _expanded_tail(n: int) -> float:
    """Return the level of the lower quantile for ``n`` clusters; it approaches 2.5 %."""
    from scipy import stats

    return float(stats.norm.cdf(-np.sqrt(n / (n - 1)) * stats.t.isf(0.025, n - 1)))


def difference_interval(
    one: Floats, other: Floats, score: Score, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[Interval, float]:
    """Return the paired difference ``score(one) - score(other)`` with interval and error.

    Args:
        one: float64 [n_clusters, ...].
        other: float64, the same shape, of the same clusters.
        score: from sums over clusters to a score.
        seed: of the draws.
        resamples: how many draws.
    """
    both = np.stack([one, other], axis=1)

    def difference(sums: Floats) -> Floats:
        return score(sums[:, 0]) - score(sums[:, 1])

    return cluster_interval(both, difference, seed, resamples)
