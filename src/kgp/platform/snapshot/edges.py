"""From the store's edges to the fused adjacency in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from kgp.errors import BadInputError
from kgp.platform.snapshot.adjacency import Adjacency, build_adjacency
from kgp.platform.snapshot.edge_properties import merge_numbers
from kgp.platform.snapshot.hold_out import HoldOut
from kgp.platform.snapshot.parts import SIGNED, Part, read_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.platform.snapshot.config import Plan
    from kgp.platform.snapshot.nodes import Numbering
    from kgp.platform.snapshot.relation_type import RelationType
    from kgp.platform.store.port import GraphReader

_Number = TypeVar("_Number", bound=np.integer)


@dataclass(frozen=True, slots=True)
class FusedEdges:
    """The fused adjacency, its relation types (position = number) and the stored edges' counts.

    Args:
        adjacency: all message-passing edges.
        held_out: the edges that were held out, in the direction in which they are stored.
        relations: the typed relations, sorted.
        counts: edges of each typed relation after merging, in the order of ``relations``.
        left_out: stored edges of which an end has no number, because its type is not exported.
        properties: name → float32 [edges], NaN where an edge of the adjacency has no number.
    """

    adjacency: Adjacency
    held_out: Adjacency
    relations: tuple[RelationType, ...]
    counts: tuple[int, ...]
    left_out: int
    properties: dict[str, NDArray[np.float32]]


def fuse_edges(store: GraphReader, numbering: Numbering, plan: Plan) -> FusedEdges:
    """Read the planned relations and build the fused in-adjacency.

    Raises:
        BadInputError: for an edge property that is not a number, or that no edge has.
    """
    kept: list[Part] = []
    held: list[Part] = []
    left_out = 0
    hold_out = HoldOut(dict(plan.hold_out), plan.hold_out_seed, numbering)
    for name in plan.relations:
        for parts, outside in read_parts(store, numbering, name, plan.edge_properties):
            left_out += outside
            for part in parts:
                stays, leaves = hold_out.split(part)
                kept += [stays, *stays.partner(reverse=plan.reverse)]
                held.append(leaves)
    relations = tuple(sorted({part.relation for part in (*kept, *held)}))
    adjacency = _build(kept, relations, len(numbering.ids))
    counts = np.bincount(
        adjacency.slot_relation, np.diff(adjacency.slot_ptr), minlength=len(relations)
    )
    return FusedEdges(
        adjacency=adjacency,
        held_out=_build(held, relations, len(numbering.ids)),
        relations=relations,
        counts=tuple(int(n) for n in counts),
        left_out=left_out,
        properties={
            name: _property(name, at, adjacency, kept, relations)
            for at, name in enumerate(plan.edge_properties)
        },
    )


def _build(parts: Sequence[Part], relations: Sequence[RelationType], nodes: int) -> Adjacency:
    number = {relation: position for position, relation in enumerate(relations)}
    relation = [np.full(len(part.src), number[part.relation], np.int16) for part in parts]
    signed = any(part.relation.stored_name == SIGNED for part in parts)
    return build_adjacency(
        _join([part.src for part in parts], np.int32),
        _join([part.dst for part in parts], np.int32),
        _join(relation, np.int16),
        nodes=nodes,
        sign=_join([part.sign for part in parts], np.int8) if signed else None,
    )


def _property(
    name: str,
    at: int,
    adjacency: Adjacency,
    parts: Sequence[Part],
    relations: Sequence[RelationType],
) -> NDArray[np.float32]:
    number = {relation: position for position, relation in enumerate(relations)}
    rows = ((p.src, number[p.relation], p.dst, p.numbers[at]) for p in parts)
    merged = merge_numbers(adjacency, rows)
    if np.isnan(merged).all():
        raise BadInputError(
            f"No exported edge has a number under the property {name!r}.",
            hint="Edge properties are those that sources state, such as a score.",
            command="kgp stats",
        )
    return merged


def _join(arrays: Sequence[NDArray[_Number]], dtype: type[_Number]) -> NDArray[_Number]:
    return np.concatenate([np.empty(0, dtype), *arrays])
