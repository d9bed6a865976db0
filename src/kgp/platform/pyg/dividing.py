"""Counting sorts that divide a block by node type and by relation, without the GIL.

All places are unsigned: numba takes a signed one for possibly negative, counted from the end,
and asks at every access, which takes a third of the time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from kgp.platform.pyg.columns import column_shifts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot

_ONE = np.uint64(1)


@dataclass(frozen=True, slots=True)
class ShiftTable:
    """What to add to an edge's position to get its column, by its destination and relation.

    It stands at ``first[relation] + destination * stride[relation]``. A node has neighbouring
    places for all relations into its type, used or not: no slot has to be searched for.

    Args:
        values: integers [nodes x relations into their type].
        first: int64 [relations], where the node numbered 0 would have its place.
        stride: int64 [relations], relations into the type of the destination.
    """

    values: NDArray[np.int32 | np.int64]
    first: NDArray[np.int64]
    stride: NDArray[np.int64]

    @classmethod
    def of(cls, snapshot: Snapshot) -> ShiftTable:
        """Fill the table of a snapshot."""
        graph, numbering = snapshot.adjacency, snapshot.numbering
        offsets = np.asarray(numbering.offsets)
        target = np.array([numbering.types.index(kind.target) for kind in snapshot.relations], int)
        width = np.bincount(target, minlength=len(numbering.types))
        places = np.diff(offsets) * width
        start = np.cumsum(places) - places - offsets[:-1] * width
        order = np.array([(target[:at] == kind).sum() for at, kind in enumerate(target)], int)
        first, stride = start[target] + order, width[target]

        shifts = column_shifts(snapshot)
        narrow = graph.edges < 2**31
        values: NDArray[np.int32 | np.int64]
        values = np.zeros(int(places.sum()), np.int32 if narrow else np.int64)
        relation = np.asarray(graph.slot_relation)
        values[first[relation] + graph.slot_dst() * stride[relation]] = shifts
        return cls(values, first, stride)


@njit(nogil=True, cache=True)
def divide_nodes(
    nodes: NDArray[np.uint32],
    hop_ends: NDArray[np.uint64],
    types: tuple[NDArray[np.uint8], NDArray[np.int64]],
    local: NDArray[np.int32],
    node: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Number the nodes of each type in their order.

    Args:
        nodes: [nodes] global numbers.
        hop_ends: [hops + 1] where the nodes of each hop end.
        types: unsigned [nodes of the graph], the type of each; [types + 1], first node of each.
        local: [nodes], filled with each node's row among those of its type.
        node: [nodes], filled type by type with numbers within the type.
        counts: [types, hops + 1], filled with the nodes of each.
    """
    type_of, offsets = types
    known = np.zeros(len(counts), np.int64)
    row = np.uint64(0)
    for hop in range(len(hop_ends)):
        before = known.copy()
        while row < hop_ends[hop]:
            kind = type_of[nodes[row]]
            local[row] = known[kind]
            known[kind] += 1
            row += _ONE
        counts[:, hop] = known - before
    first = np.cumsum(known) - known
    row = np.uint64(0)
    while row < len(nodes):
        kind = type_of[nodes[row]]
        node[np.uint64(first[kind] + local[row])] = np.int64(nodes[row]) - offsets[kind]
        row += _ONE


@njit(nogil=True, cache=True)
def count_edges(
    relation: NDArray[np.uint16], hop_ends: NDArray[np.uint64], counts: NDArray[np.int64]
) -> None:
    """Fill ``counts`` [relations, hops] with the edges of each."""
    edge = np.uint64(0)
    for hop in range(len(hop_ends)):
        while edge < hop_ends[hop]:
            counts[relation[edge], np.uint64(hop)] += 1
            edge += _ONE


@njit(nogil=True, cache=True)
def divide_edges(block: Any, tables: Any, out: Any) -> None:
    """Sort the edges by relation, stably; each relation's sources lie before its destinations.

    Edges of one slot are neighbours in a block, so that what belongs to the slot is looked up once.

    Args:
        block: of a block its nodes, src, dst, relation and position, unsigned but for the last.
        tables: local number of each node within its type; the parts of a shift table; uint64
            [relations] where each relation's edges start, and how many they are.
        out: int64 [2 * edges] ends, int64 [edges] columns and positions.
    """
    nodes, src, dst, relation, position = block
    local, shifts, shift_first, shift_stride, first, total = tables
    ends, column, place = out
    following = first.copy()
    edge, edges = np.uint64(0), np.uint64(len(src))
    while edge < edges:
        kind, head = relation[edge], dst[edge]
        shift = shifts[shift_first[kind] + nodes[head] * shift_stride[kind]]
        row = following[kind]
        tail_row = row + first[kind]
        head_row = tail_row + total[kind]
        target = local[head]
        while edge < edges and dst[edge] == head and relation[edge] == kind:
            ends[tail_row] = local[src[edge]]
            ends[head_row] = target
            column[row] = position[edge] + shift
            place[row] = position[edge]
            row += _ONE
            tail_row += _ONE
            head_row += _ONE
            edge += _ONE
        following[kind] = row
