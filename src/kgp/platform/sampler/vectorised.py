"""The sampling steps in numpy, vectorised over slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.sampler.streams import below

if TYPE_CHECKING:
    from numpy.typing import NDArray


def draw_positions(
    key: np.uint64,
    slots: NDArray[np.int64],
    start: NDArray[np.int64],
    degree: NDArray[np.int64],
    take: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Draw ``take`` of each slot's edges without replacement, every subset equally likely.

    Floyd's algorithm (Bentley & Floyd 1987, doi:10.1145/30401.315746), one draw for all slots at
    a time. A slot that is taken whole keeps its order.

    Args:
        key: key of the hop.
        slots: int64 [slots], number of each slot.
        start: int64 [slots], position of its first edge.
        degree: int64 [slots], how many edges it has.
        take: int64 [slots], how many to draw, at most ``degree``.

    Returns:
        int64 [sum of take], edge positions slot by slot.
    """
    end: NDArray[np.int64] = np.cumsum(take)
    offset = end - take
    total = int(end[-1]) if len(end) else 0
    out: NDArray[np.int64] = np.arange(total) + np.repeat(start - offset, take)
    rows = np.flatnonzero(take < degree)
    if not len(rows):
        return out
    chosen = _floyd(key, slots[rows], degree[rows], take[rows])
    wanted = np.arange(chosen.shape[1]) < take[rows, None]
    target = offset[rows, None] + np.arange(chosen.shape[1])
    out[target[wanted]] = (chosen + start[rows, None])[wanted]
    return out


def _floyd(
    key: np.uint64, slots: NDArray[np.int64], degree: NDArray[np.int64], take: NDArray[np.int64]
) -> NDArray[np.int64]:
    chosen = np.full((len(slots), int(take.max())), -1, np.int64)
    active = np.arange(len(slots))
    for draw in range(chosen.shape[1]):
        active = active[take[active] > draw]
        last = degree[active] - take[active] + draw
        pick = below(key, slots[active], draw, last + 1)
        taken = (chosen[active, :draw] == pick[:, None]).any(axis=1)
        chosen[active, draw] = np.where(taken, last, pick)
    return chosen


def relabel(
    local: NDArray[np.int32], src: NDArray[np.int32], known: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give new nodes the next local numbers, in the order in which they appear.

    Args:
        local: int32 [all nodes], local number or -1; updated in place.
        src: int32 [edges], global numbers.
        known: how many nodes have a local number already.

    Returns:
        int32 [edges] local numbers, and int32 [new] global numbers of the new nodes.
    """
    unseen = src[local[src] < 0]
    # Written backwards, so that the first appearance of each node is what remains.
    local[unseen[::-1]] = -2 - np.arange(len(unseen), dtype=np.int32)[::-1]
    found = unseen[local[unseen] == -2 - np.arange(len(unseen), dtype=np.int32)]
    local[found] = np.arange(known, known + len(found), dtype=np.int32)
    return local[src], found
