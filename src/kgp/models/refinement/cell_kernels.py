"""Compiled lengths of the shortest walks to a cell, and what they mean for its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.compiled import inner

if TYPE_CHECKING:
    from numpy.typing import NDArray


@inner
def outcome(rises: int, falls: int, shortest: bool) -> int:
    """Return the outcome of a cell: 0 unchanged, 2 l - 1 rises, 2 l falls, by walks of length l.

    Args:
        rises: length of the shortest positive walk, 0 without any.
        falls: length of the shortest negative walk, likewise.
        shortest: whether the shorter walk decides where there are both; else they cancel.
    """
    if rises > 0 and (falls == 0 or (shortest and rises < falls)):
        return 2 * rises - 1
    if falls > 0 and (rises == 0 or (shortest and falls < rises)):
        return 2 * falls
    return 0


@njit(cache=True, nogil=True)
def tabulate_outcomes(max_length: int, shortest: bool) -> NDArray[np.int64]:
    """Return the outcome by the lengths of the shortest positive and negative walk."""
    table = np.empty((max_length + 1, max_length + 1), dtype=np.int64)
    for rises in range(max_length + 1):
        for falls in range(max_length + 1):
            table[rises, falls] = outcome(rises, falls, shortest)
    return table


@njit(cache=True, nogil=True)
def find_lengths(counts: NDArray[np.int32], min_length: int, lengths: NDArray[np.uint8]) -> None:
    """Fill ``lengths`` with what :class:`State` says, from the counts of all walks."""
    for gene in range(counts.shape[0]):
        for row in range(counts.shape[1]):
            rises, falls = 0, 0
            for k in range(counts.shape[2] - 1, min_length - 2, -1):
                rises = k + 1 if counts[gene, row, k, 0] > 0 else rises
                falls = k + 1 if counts[gene, row, k, 1] > 0 else falls
            lengths[gene, row, 0], lengths[gene, row, 1] = rises, falls
