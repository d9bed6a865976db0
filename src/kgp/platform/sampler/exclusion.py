"""Edges that must not be drawn, grouped by slot, so that their cost is theirs alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.snapshot.lookup import check_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency

NOT_AN_EDGE = -1


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Excluded edges by slot.

    Args:
        slot: int64 [slots], the slots that have any.
        owner: int64 [slots], the node at which each slot's edges arrive.
        ptr: int64 [slots + 1], where the ranks of each slot start.
        rank: int64 [excluded], which of their slot's edges they are, ascending within a slot.
    """

    slot: NDArray[np.int64]
    owner: NDArray[np.int64]
    ptr: NDArray[np.int64]
    rank: NDArray[np.int64]

    @classmethod
    def of(cls, graph: Adjacency, positions: NDArray[np.integer] | None) -> Exclusion:
        """Group edges by slot, slots ascending.

        Args:
            graph: the adjacency.
            positions: [n] in any order; repeated ones and -1, which stands for an edge that is
                not there, do no harm.

        Raises:
            BadInputError: for a position that is not an edge.
        """
        if positions is None or not len(positions):
            nothing = np.empty(0, np.int64)
            return cls(nothing, nothing, np.zeros(1, np.int64), nothing)
        wanted = np.unique(np.asarray(positions, np.int64))
        edge = check_positions(graph, wanted[wanted != NOT_AN_EDGE])
        slot_of_edge = graph.slots_at(edge)
        slot, first = np.unique(slot_of_edge, return_index=True)
        return cls(
            slot=slot,
            owner=graph.owners_of(slot),
            ptr=np.append(first, len(edge)),
            rank=edge - graph.slot_ptr[slot_of_edge],
        )

    def __len__(self) -> int:
        return len(self.slot)

    def in_frontier(self, place: NDArray[np.integer], size: int) -> Exclusion:
        """Keep the slots of a frontier's nodes, in the order in which they are visited.

        Args:
            place: [slots], where in the frontier each slot's owner is; anything outside
                [0, size) if it is not there.
            size: number of nodes in the frontier.
        """
        inside = np.flatnonzero((place >= 0) & (place < size))
        order = inside[np.argsort(place[inside], kind="stable")]
        length = np.diff(self.ptr)[order]
        ptr = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
        source = np.arange(ptr[-1]) + np.repeat(self.ptr[order] - ptr[:-1], length)
        return Exclusion(self.slot[order], self.owner[order], ptr, self.rank[source])
