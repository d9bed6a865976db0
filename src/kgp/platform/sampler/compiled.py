"""The sampling steps compiled with numba; they give bit for bit what the numpy form gives.

The kernels release the interpreter's lock, so that threads sample at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.platform.sampler.streams import GAMMA, HALF, MIX_1, MIX_2, SHIFT_1, SHIFT_2, SHIFT_3

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def _mix(state: np.uint64) -> np.uint64:
    z = state + GAMMA
    z = (z ^ (z >> SHIFT_1)) * MIX_1
    z = (z ^ (z >> SHIFT_2)) * MIX_2
    return z ^ (z >> SHIFT_3)


@njit(nogil=True, cache=True)
def _draw(
    key: np.uint64,
    slots: NDArray[np.int64],
    start: NDArray[np.int64],
    degree: NDArray[np.int64],
    take: NDArray[np.int64],
    out: NDArray[np.int64],
) -> None:
    at = 0
    for row in range(len(slots)):
        first, size, wanted = start[row], degree[row], take[row]
        if wanted == size:
            for draw in range(wanted):
                out[at + draw] = first + draw
            at += wanted
            continue
        slot_key = _mix(key ^ np.uint64(slots[row]))
        for draw in range(wanted):
            last = size - wanted + draw
            word = _mix(slot_key + np.uint64(draw))
            pick = np.int64(((word >> HALF) * np.uint64(last + 1)) >> HALF)
            for earlier in range(draw):
                if out[at + earlier] == first + pick:
                    pick = last
                    break
            out[at + draw] = first + pick
        at += wanted


@njit(nogil=True, cache=True)
def _relabel(
    local: NDArray[np.int32],
    src: NDArray[np.int32],
    known: int,
    renamed: NDArray[np.int32],
    found: NDArray[np.int32],
) -> int:
    new = 0
    for edge in range(len(src)):
        node = src[edge]
        if local[node] < 0:
            local[node] = known + new
            found[new] = node
            new += 1
        renamed[edge] = local[node]
    return new


def draw_positions(
    key: np.uint64,
    slots: NDArray[np.int64],
    start: NDArray[np.int64],
    degree: NDArray[np.int64],
    take: NDArray[np.int64],
) -> NDArray[np.int64]:
    """As :func:`kgp.platform.sampler.vectorised.draw_positions`."""
    out = np.empty(int(take.sum()), np.int64)
    with np.errstate(over="ignore"):  # uncompiled, numpy warns where integers wrap as they should
        _draw(key, slots, start, degree, take, out)
    return out


def relabel(
    local: NDArray[np.int32], src: NDArray[np.int32], known: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """As :func:`kgp.platform.sampler.vectorised.relabel`."""
    renamed, found = np.empty_like(src), np.empty_like(src)
    new = _relabel(local, src, known, renamed, found)
    return renamed, found[:new]
