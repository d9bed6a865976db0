"""From the fused adjacency to PyG's numbering: an edge's *column* within its own edge type.

The columns of an edge type follow the adjacency, so they are sorted by (destination, source).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot import RelationType, Snapshot

EdgeType = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class RelationEdges:
    """All edges of one relation, in the order of the adjacency.

    Args:
        position: int64 [edges], the edges' positions in the adjacency.
        src: int64 [edges], number of each source within its node type.
        dst: int64 [edges], number of each destination within its node type.
    """

    position: NDArray[np.int64]
    src: NDArray[np.int64]
    dst: NDArray[np.int64]


def edge_type(relation: RelationType) -> EdgeType:
    """Return a relation as PyG names it."""
    return relation.source, relation.name, relation.target


def relation_number(snapshot: Snapshot, key: object) -> int:
    """Return the number of an edge type.

    Raises:
        BadInputError: if the snapshot has no such edge type.
    """
    known = {edge_type(kind): number for number, kind in enumerate(snapshot.relations)}
    if key in known:
        return known[key]
    names = [" ".join(name) for name in known]
    asked = " ".join(key) if isinstance(key, tuple) else str(key)
    raise BadInputError(unknown("edge type", asked, names, command="kgp snapshot --help"))


def check_node_type(snapshot: Snapshot, name: object) -> str:
    """Return the name of a node type that has nodes.

    Raises:
        BadInputError: if the snapshot has no node of this type.
    """
    if isinstance(name, str) and name in snapshot.numbering.types:
        return name
    text = unknown("node type", str(name), snapshot.numbering.types)
    raise BadInputError(f"{text}\nThe snapshot has no node of other types.")


def relation_edges(snapshot: Snapshot, number: int) -> RelationEdges:
    """Collect the edges of one relation; columns are rows of the result."""
    graph, kind = snapshot.adjacency, snapshot.relations[number]
    slots = np.flatnonzero(graph.slot_relation == number)
    start = graph.slot_ptr[slots]
    degree = graph.slot_ptr[slots + 1] - start
    before = np.cumsum(degree) - degree
    position = np.arange(int(degree.sum())) + np.repeat(start - before, degree)
    source, target = (snapshot.numbering.span(name)[0] for name in (kind.source, kind.target))
    dst = np.repeat(graph.owners_of(slots) - target, degree)
    return RelationEdges(position, graph.src[position].astype(np.int64) - source, dst)


def column_shifts(snapshot: Snapshot) -> NDArray[np.int64]:
    """Return what to add to a position to get the edge's column: int64 [slots]."""
    graph = snapshot.adjacency
    degree = np.diff(graph.slot_ptr)
    first = np.empty(len(degree), np.int64)
    for number in range(len(snapshot.relations)):
        slots = np.flatnonzero(graph.slot_relation == number)
        first[slots] = np.cumsum(degree[slots]) - degree[slots]
    shifts: NDArray[np.int64] = first - graph.slot_ptr[:-1]
    return shifts
