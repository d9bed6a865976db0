"""One fused in-adjacency over all relations: the "slot CSC".

Nodes of all types share one numbering. The edges that arrive at a node are grouped by relation;
such a group, one (destination, relation) pair, is a *slot*. Three levels of pointers follow:
node → its slots → the edges of each slot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGN_CODES = 4
_MINUS, _PLUS = 1, 2


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Edges sorted by (destination, relation, source), no edge twice.

    Args:
        node_slot_ptr: int64 [nodes + 1], where each node's slots start.
        slot_ptr: int64 [slots + 1], where each slot's edges start.
        slot_relation: int16 [slots], the relation of each slot.
        src: int32 [edges], global number of each edge's source.
        sign: int8 [edges], +1 activation, -1 repression, 0 without a sign or contradictory; empty
            where the graph holds no signed relation.
    """

    node_slot_ptr: NDArray[np.int64]
    slot_ptr: NDArray[np.int64]
    slot_relation: NDArray[np.int16]
    src: NDArray[np.int32]
    sign: NDArray[np.int8]

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.node_slot_ptr) - 1

    @property
    def edges(self) -> int:
        """Number of edges, reverse ones included."""
        return len(self.src)

    def slot_dst(self) -> NDArray[np.int32]:
        """Return the destination of each slot: int32 [slots]."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.node_slot_ptr))

    def edge_slot(self) -> NDArray[np.int64]:
        """Return the slot of each edge: int64 [edges]."""
        return np.repeat(np.arange(len(self.slot_relation)), np.diff(self.slot_ptr))

    def ends(self) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
        """Return source, relation and destination of every edge: [edges] each."""
        slot = self.edge_slot()
        return self.src, self.slot_relation[slot], self.slot_dst()[slot]

    def slots_at(self, position: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the slot of each of these edges: int64 [positions]."""
        return np.searchsorted(self.slot_ptr, position, side="right") - 1

    def owners_of(self, slot: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the destination of each of these slots: int64 [slots]."""
        return np.searchsorted(self.node_slot_ptr, slot, side="right") - 1


def build_adjacency(
    src: NDArray[np.integer],
    dst: NDArray[np.integer],
    relation: NDArray[np.integer],
    *,
    nodes: int,
    sign: NDArray[np.int8] | None = None,
) -> Adjacency:
    """Sort the edges, merge parallel ones and point at them.

    All edges go into one integer key, so that sorting and merging is one pass over one array.
    Parallel edges that disagree in their sign get 0.

    Args:
        src: [edges] global numbers of the sources.
        dst: [edges] global numbers of the destinations.
        relation: [edges] relation numbers.
        nodes: number of nodes.
        sign: int8 [edges] in -1, 0, +1; None where no relation is signed.

    Raises:
        BadInputError: if the graph is too large for 64-bit keys.
    """
    relations = int(relation.max(initial=0)) + 1
    if nodes**2 * relations * _SIGN_CODES >= 2**63 or nodes >= 2**31:
        raise BadInputError(f"A graph of {nodes:,} nodes is too large for one snapshot.")
    key = dst.astype(np.int64) * relations + relation
    key = key * nodes + src
    key *= _SIGN_CODES
    if sign is not None:
        key += np.where(sign > 0, _PLUS, np.where(sign < 0, _MINUS, 0))
    key.sort()
    code = key % _SIGN_CODES
    key //= _SIGN_CODES
    first = _starts(key)
    signs = np.empty(0, np.int8)
    if sign is not None:
        plus = np.logical_or.reduceat(code == _PLUS, first) if len(first) else code == _PLUS
        minus = np.logical_or.reduceat(code == _MINUS, first) if len(first) else code == _MINUS
        signs = plus.astype(np.int8) - minus.astype(np.int8)
    edge = key[first]
    slot = edge // nodes
    slot_start = _starts(slot)
    slots = slot[slot_start]
    return Adjacency(
        node_slot_ptr=np.searchsorted(slots // relations, np.arange(nodes + 1)).astype(np.int64),
        slot_ptr=np.append(slot_start, len(edge)).astype(np.int64),
        slot_relation=(slots % relations).astype(np.int16),
        src=(edge % nodes).astype(np.int32),
        sign=signs,
    )


def _starts(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each run of equal values starts."""
    if not len(ordered):
        return np.empty(0, np.int64)
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
