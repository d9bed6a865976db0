"""A hop compiled with numba, one fused pass over the frontier's slots.

It gives bit for bit what the numpy form gives, and releases the interpreter's lock, so that
threads sample at the same time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.platform.sampler.hop import Drawn
from kgp.platform.sampler.streams import HALF
from kgp.platform.splitmix64 import GAMMA, MIX_1, MIX_2, SHIFT_1, SHIFT_2, SHIFT_3

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.sampler.hop import Hop
    from kgp.platform.sampler.local_numbers import LocalNumbers
    from kgp.platform.snapshot.adjacency import Adjacency

_ONE, _SIXTY_THREE = np.uint64(1), np.uint64(63)


@njit(nogil=True, cache=True)
def _mix(state: np.uint64) -> np.uint64:
    z = state + GAMMA
    z = (z ^ (z >> SHIFT_1)) * MIX_1
    z = (z ^ (z >> SHIFT_2)) * MIX_2
    return z ^ (z >> SHIFT_3)


@njit(nogil=True, cache=True)
def _floyd(key: np.uint64, size: int, wanted: int, ranks: NDArray[np.int64]) -> None:
    """Write ``wanted`` distinct ranks below ``size`` by Floyd's algorithm."""
    seen = np.uint64(0)  # a set of the ranks modulo 64: what is not in it was not drawn
    for draw in range(wanted):
        last = size - wanted + draw
        word = _mix(key + np.uint64(draw))
        pick = np.int64(((word >> HALF) * np.uint64(last + 1)) >> HALF)
        bit = _ONE << (np.uint64(pick) & _SIXTY_THREE)
        if seen & bit:
            for earlier in range(draw):
                if ranks[earlier] == pick:
                    pick = np.int64(last)
                    bit = _ONE << (np.uint64(pick) & _SIXTY_THREE)
                    break
        seen |= bit
        ranks[draw] = pick


@njit(nogil=True, cache=True)
def _step_over(ranks: NDArray[np.int64], hidden: NDArray[np.int64]) -> None:
    """Turn ranks among the allowed edges of a slot into ranks among all."""
    for at in range(len(ranks)):
        for rank in hidden:
            if rank > ranks[at]:
                break
            ranks[at] += 1


@njit(nogil=True, cache=True)
def _draw(
    frontier: NDArray[np.int32],
    node_slot_ptr: NDArray[np.int64],
    slot_ptr: NDArray[np.int64],
    slot_relation: NDArray[np.int16],
    fan_out: NDArray[np.int64],
    cap: int,
    hidden_slot: NDArray[np.int64],
    hidden_ptr: NDArray[np.int64],
    hidden_rank: NDArray[np.int64],
    key: np.uint64,
    first: int,
    dst: NDArray[np.int32],
    relation: NDArray[np.int16],
    position: NDArray[np.int64],
) -> int:
    """Draw the edges slot by slot; return how many."""
    out, at = 0, 0
    for row in range(len(frontier)):
        node = frontier[row]
        for slot in range(node_slot_ptr[node], node_slot_ptr[node + 1]):
            start = slot_ptr[slot]
            degree = slot_ptr[slot + 1] - start
            kind = slot_relation[slot]
            wanted = fan_out[kind] if degree <= cap else 0
            here = at < len(hidden_slot) and hidden_slot[at] == slot
            if here:
                degree -= hidden_ptr[at + 1] - hidden_ptr[at]
                at += 1
            wanted = min(wanted, degree)
            ranks = position[out : out + wanted]
            if wanted < degree:
                _floyd(_mix(key ^ np.uint64(slot)), degree, wanted, ranks)
            else:
                for rank in range(wanted):
                    ranks[rank] = rank
            if here:
                _step_over(ranks, hidden_rank[hidden_ptr[at - 1] : hidden_ptr[at]])
            for edge in range(out, out + wanted):
                position[edge] += start
                dst[edge] = first + row
                relation[edge] = kind
            out += wanted
    return out


@njit(nogil=True, cache=True)
def _relabel(
    table: NDArray[np.int32],
    base: int,
    known: int,
    node_of: NDArray[np.int32],
    position: NDArray[np.int64],
    src: NDArray[np.int32],
    found: NDArray[np.int32],
) -> int:
    for edge in range(len(position)):
        src[edge] = node_of[position[edge]]
    # Without a branch, which would be mispredicted at every third edge.
    start, new = np.int32(base), 0
    following = np.int32(base + known)
    for edge in range(len(src)):
        node = src[edge]
        number = table[node]
        unseen = number < start
        number = following if unseen else number
        table[node] = number
        found[new] = node
        new += unseen
        following += unseen
        src[edge] = number - start
    return new


def draw(graph: Adjacency, hop: Hop, local: LocalNumbers) -> Drawn:
    """As :func:`kgp.platform.sampler.vectorised.draw`."""
    hidden, plan = hop.hidden, hop.plan
    slots = (graph.node_slot_ptr, graph.slot_ptr, graph.slot_relation, plan.fan_out, plan.cap)
    most = int(plan.most[hop.frontier].sum())
    dst, relation = np.empty(most, np.int32), np.empty(most, np.int16)
    position = np.empty(most, np.int64)
    columns = (dst, relation, position)
    excluded = (hidden.slot, hidden.ptr, hidden.rank)
    with np.errstate(over="ignore"):  # uncompiled, numpy warns where integers wrap as they should
        edges = _draw(hop.frontier, *slots, *excluded, hop.key, hop.first, *columns)
    src, found = np.empty(edges, np.int32), np.empty(edges, np.int32)
    position = position[:edges]
    new = _relabel(local.table, local.base, hop.known, graph.src, position, src, found)
    return Drawn(src, dst[:edges], relation[:edges], position, found[:new].copy())
