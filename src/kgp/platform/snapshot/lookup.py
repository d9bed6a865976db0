"""Finding edges in the fused adjacency, and each edge's counterpart in the other direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.snapshot.relation_type import REVERSE_PREFIX, RelationType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from kgp.platform.snapshot.adjacency import Adjacency


def find_positions(
    graph: Adjacency, src: ArrayLike, relation: ArrayLike, dst: ArrayLike
) -> NDArray[np.int64]:
    """Find edges by two binary searches each: the slot of (dst, relation), then the source.

    Args:
        graph: the fused adjacency.
        src: [n] global numbers of the sources.
        relation: [n] relation numbers, or one for all.
        dst: [n] global numbers of the destinations.

    Returns:
        int64 [n], the position of each edge; -1 where there is no such edge, or no such node.
    """
    tails, kinds, heads = np.broadcast_arrays(
        *(np.asarray(a, np.int64) for a in (src, relation, dst))
    )
    inside = (heads >= 0) & (heads < graph.nodes)
    node = np.where(inside, heads, 0)
    if not graph.edges:
        return np.full(len(heads), -1, np.int64)
    first, end = graph.node_slot_ptr[node], graph.node_slot_ptr[node + 1]
    slot = _lower_bound(graph.slot_relation, kinds, first, end)
    inside &= _holds(graph.slot_relation, slot, end, kinds)
    slot = np.where(inside, slot, 0)
    first, end = graph.slot_ptr[slot], graph.slot_ptr[slot + 1]
    edge = _lower_bound(graph.src, tails, first, end)
    inside &= _holds(graph.src, edge, end, tails)
    return np.where(inside, edge, -1)


def ends_of(
    graph: Adjacency, position: NDArray[np.integer]
) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.int32]]:
    """Return source, relation and destination of edges.

    Args:
        graph: the fused adjacency.
        position: [n] positions.

    Returns:
        int32 [n] source, int16 [n] relation, int32 [n] destination.

    Raises:
        BadInputError: for a position that is not an edge.
    """
    edges = check_positions(graph, position)
    slot = graph.slots_at(edges)
    dst = graph.owners_of(slot).astype(np.int32)
    return graph.src[edges], graph.slot_relation[slot], dst


def check_positions(graph: Adjacency, position: ArrayLike) -> NDArray[np.int64]:
    """Return positions as int64 [n].

    Raises:
        BadInputError: for a position that is not an edge.
    """
    edges = np.asarray(position, np.int64)
    outside = edges[(edges < 0) | (edges >= graph.edges)]
    if len(outside):
        raise BadInputError(
            f"Position {outside[0]} is not an edge.",
            hint=f"Valid are 0 to {graph.edges - 1:,}.",
        )
    return edges


def inverse_relations(relations: Sequence[RelationType]) -> NDArray[np.int64]:
    """Return the number of each relation's inverse: int64 [relations], -1 where there is none.

    The inverse of a directed relation is its ``rev_`` partner, that of an undirected one the same
    name with the node types exchanged.
    """
    number = {relation: at for at, relation in enumerate(relations)}
    return np.array([number.get(_inverse(relation), -1) for relation in relations], np.int64)


def _inverse(relation: RelationType) -> RelationType:
    name = relation.name
    if relation.is_reverse:
        name = name.removeprefix(REVERSE_PREFIX)
    elif name not in RELATIONS or RELATIONS[name].directed:
        name = f"{REVERSE_PREFIX}{name}"
    return RelationType(relation.target, name, relation.source)


def _lower_bound(
    ordered: NDArray[np.integer],
    value: NDArray[np.int64],
    first: NDArray[np.int64],
    end: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return, per query, where in ``ordered[first:end]`` its value would be inserted."""
    low, high = first.copy(), end.copy()
    while (open_ := low < high).any():
        middle = (low + high) >> 1
        # A finished search may point one past the last element: it looks at a valid one instead.
        below = open_ & (ordered[np.minimum(middle, len(ordered) - 1)] < value)
        low = np.where(below, middle + 1, low)
        high = np.where(open_ & ~below, middle, high)
    return low


def _holds(
    ordered: NDArray[np.integer],
    at: NDArray[np.int64],
    end: NDArray[np.int64],
    value: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return whether each value is at its place, which must lie before ``end``."""
    found: NDArray[np.bool_] = (at < end) & (ordered[np.minimum(at, len(ordered) - 1)] == value)
    return found
