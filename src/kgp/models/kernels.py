"""Similarity of molecules by their substructure counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def minmax_kernel(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    """Tanimoto similarity of counts, sum of minima over sum of maxima: float64 [n, m].

    Equation: Ralaivola et al. 2005, doi:10.1016/j.neunet.2005.07.009. For whole numbers the sum of
    minima is the sum over t of the products of ``[one >= t]`` and ``[other >= t]``, so that a few
    matrix products do it. Two molecules without counts have similarity 0.

    Args:
        one: counts [n, bits], whole numbers.
        other: counts [m, bits].
    """
    smaller = np.zeros((len(one), len(other)), np.float64)
    for level in range(1, int(min(one.max(initial=0), other.max(initial=0))) + 1):
        left, right = one >= level, other >= level
        bits = left.any(0) & right.any(0)
        rows, columns = left.any(1), right.any(1)
        product = left[rows][:, bits].astype(np.float32) @ right[columns][:, bits].T
        smaller[np.ix_(rows, columns)] += product
    larger = one.sum(1, dtype=np.float64)[:, None] + other.sum(1, dtype=np.float64) - smaller
    similar: NDArray[np.float64] = np.zeros_like(smaller)
    np.divide(smaller, larger, out=similar, where=larger > 0)
    return similar
