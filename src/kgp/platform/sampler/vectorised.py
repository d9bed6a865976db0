"""A hop in numpy, vectorised over slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.sampler.hop import Drawn
from kgp.platform.sampler.streams import below, splitmix64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.sampler.exclusion import Exclusion
    from kgp.platform.sampler.hop import Hop
    from kgp.platform.sampler.local_numbers import LocalNumbers
    from kgp.platform.snapshot.adjacency import Adjacency


def draw(graph: Adjacency, hop: Hop, local: LocalNumbers) -> Drawn:
    """Draw the edges of a hop: of every slot a subset of its edges, each equally likely.

    A slot that is taken whole keeps its order.

    Args:
        graph: the adjacency.
        hop: what to draw.
        local: local numbers, in which the new nodes get theirs.

    Returns:
        The edges, slot by slot in the order of the frontier.
    """
    first = graph.node_slot_ptr[hop.frontier]
    count = graph.node_slot_ptr[hop.frontier + 1] - first
    before = np.cumsum(count) - count
    slot = np.arange(count.sum()) + np.repeat(first - before, count)
    start = graph.slot_ptr[slot]
    size = graph.slot_ptr[slot + 1] - start
    relation = graph.slot_relation[slot]
    take = np.where(size > hop.cap, 0, hop.fan_out[relation])
    hidden_rows = _rows_of(hop, local, first, before)
    size[hidden_rows] -= np.diff(hop.hidden.ptr)
    np.minimum(take, size, out=take)

    offset = np.cumsum(take) - take
    row = np.repeat(np.arange(len(slot)), take)
    position = (start - offset)[row]
    position += np.arange(len(row))
    _floyd(hop.key, slot, start, size, take, offset, position)
    _step_over(hop.hidden, hidden_rows, start, take, offset, position)
    owner = np.repeat(np.arange(hop.first, hop.known, dtype=np.int32), count)
    src, found = _relabel(local, graph.src[position], hop.known)
    return Drawn(src, owner[row], relation[row], position, found)


def _rows_of(
    hop: Hop, local: LocalNumbers, first: NDArray[np.int64], before: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return which of the frontier's slots the hidden ones are."""
    if not len(hop.hidden):
        return np.empty(0, np.int64)
    place = local.places(hop.hidden.owner, len(hop.frontier))
    rows: NDArray[np.int64] = before[place] + hop.hidden.slot - first[place]
    return rows


def _floyd(
    key: np.uint64,
    slot: NDArray[np.int64],
    start: NDArray[np.int64],
    size: NDArray[np.int64],
    take: NDArray[np.int64],
    offset: NDArray[np.int64],
    position: NDArray[np.int64],
) -> None:
    """Draw from the slots that are not taken whole, all those with one number at a time.

    Floyd's algorithm (Bentley & Floyd 1987, doi:10.1145/30401.315746).
    """
    partial = np.flatnonzero(take < size)
    for number in np.unique(take[partial]):
        rows = partial[take[partial] == number]
        keys = splitmix64(key ^ slot[rows].astype(np.uint64))
        chosen = np.empty((number, len(rows)), np.int64)
        last = size[rows] - number
        for at in range(number):
            pick = below(keys, at, last + 1)
            taken = np.zeros(len(rows), np.bool_)
            for earlier in chosen[:at]:
                taken |= earlier == pick
            chosen[at] = np.where(taken, last, pick)
            position[offset[rows] + at] = start[rows] + chosen[at]
            last += 1


def _step_over(
    hidden: Exclusion,
    rows: NDArray[np.int64],
    start: NDArray[np.int64],
    take: NDArray[np.int64],
    offset: NDArray[np.int64],
    position: NDArray[np.int64],
) -> None:
    """Turn ranks among the allowed edges of a slot into ranks among all.

    Each round steps over one hidden edge of every slot that has so many.
    """
    drawn = take[rows]
    owner = np.repeat(np.arange(len(rows)), drawn)
    edge = np.arange(len(owner)) + np.repeat(offset[rows] - np.cumsum(drawn) + drawn, drawn)
    rank = position[edge] - start[rows][owner]
    many = np.diff(hidden.ptr)[owner]
    for step in range(int(many.max(initial=0))):
        active = np.flatnonzero(many > step)
        rank[active] += rank[active] >= hidden.rank[hidden.ptr[owner[active]] + step]
    position[edge] = start[rows][owner] + rank


def _relabel(
    local: LocalNumbers, node: NDArray[np.int32], known: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give new nodes the next local numbers, in the order in which they appear.

    Args:
        local: local numbers; updated in place.
        node: int32 [edges], global numbers.
        known: how many nodes have a local number already.

    Returns:
        int32 [edges] local numbers, and int32 [new] global numbers of the new nodes.
    """
    table, base = local.table, np.int32(local.base)
    unseen = node[table[node] < base]
    order = -2 - np.arange(len(unseen), dtype=np.int32)
    # Written backwards, so that the first appearance of each node is what remains.
    table[unseen[::-1]] = order[::-1]
    found = unseen[table[unseen] == order]
    table[found] = np.arange(base + known, base + known + len(found), dtype=np.int32)
    return table[node] - base, found
