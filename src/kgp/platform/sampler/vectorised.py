"""A hop in numpy, vectorised over slots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.sampler.config import UNBOUNDED
from kgp.platform.sampler.hop import Drawn
from kgp.platform.sampler.streams import below
from kgp.platform.splitmix64 import splitmix64

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
    frontier = hop.frontier.astype(np.intp)  # once, not at each use as an index
    first = graph.node_slot_ptr.take(frontier)
    count = graph.node_slot_ptr.take(frontier + 1) - first
    before = np.cumsum(count) - count
    slot = np.repeat(first - before, count)
    slot += np.arange(len(slot))
    start = graph.slot_ptr.take(slot)
    size = graph.slot_ptr.take(slot + 1) - start
    relation = graph.slot_relation.take(slot)
    take = hop.plan.fan_out.take(relation)
    if hop.plan.cap < UNBOUNDED:
        take[size > hop.plan.cap] = 0
    hidden_rows = _rows_of(hop, local, first, before)
    size[hidden_rows] -= np.diff(hop.hidden.ptr)
    np.minimum(take, size, out=take)

    offset = np.cumsum(take) - take
    row = np.repeat(np.arange(len(slot)), take)
    position = (start - offset).take(row)
    position += np.arange(len(row))
    _floyd(hop.key, slot, start, size, take, offset, position)
    if len(hidden_rows):
        _step_over(hop.hidden, hidden_rows, start, take, offset, position)
    owner = np.repeat(np.arange(hop.first, hop.known, dtype=np.int32), count)
    src, found = _relabel(local, graph.src.take(position))
    return Drawn(src, owner.take(row), relation.take(row), position, found)


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
        keys = splitmix64(key ^ slot.take(rows).view(np.uint64))
        chosen = np.empty((number, len(rows)), np.int64)
        bound = size.take(rows) - number
        for at in range(number):
            last, bound = bound, bound + 1
            pick = below(keys, at, bound)
            taken = np.zeros(len(rows), np.bool_)
            for earlier in chosen[:at]:
                taken |= earlier == pick
            chosen[at] = np.where(taken, last, pick)
        chosen += start.take(rows)
        to = offset.take(rows)
        for at in range(number):
            position[to + at] = chosen[at]


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
    local: LocalNumbers, node: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give new nodes the next local numbers, in the order in which they appear.

    Args:
        local: local numbers; updated in place.
        node: int32 [edges], global numbers.

    Returns:
        int32 [edges] local numbers, and int32 [new] global numbers of the new nodes.
    """
    table, base = local.table, np.int32(local.base)
    numbers = table.take(node)
    edges = np.flatnonzero(numbers < base)
    unseen = node.take(edges).astype(np.intp)
    order = np.arange(-2, -2 - len(edges), -1, dtype=np.int32)
    # Written backwards, so that the first appearance of each node is what remains.
    table[unseen[::-1]] = order[::-1]
    found = unseen.compress(table.take(unseen) == order)
    following = int(base) + local.known
    table[found] = np.arange(following, following + len(found), dtype=np.int32)
    numbers[edges] = table.take(unseen)
    numbers -= base
    return numbers, found.astype(np.int32)
