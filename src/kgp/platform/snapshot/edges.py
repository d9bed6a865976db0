"""From the store's edges to typed, numbered message-passing edges in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pyarrow as pa

from kgp.kg_schema.properties import unpack_columns
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.snapshot.adjacency import Adjacency, build_adjacency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.platform.snapshot.nodes import Numbering
    from kgp.platform.store.port import GraphReader

_Number = TypeVar("_Number", bound=np.integer)

REVERSE_PREFIX = "rev_"
SIGNED = "REGULATES"
_CHUNK_ROWS = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class RelationType:
    """One typed relation, PyG's edge type: ``(source, name, target)``."""

    source: str
    name: str
    target: str

    @property
    def is_reverse(self) -> bool:
        """Whether the relation was made at export."""
        return self.name.startswith(REVERSE_PREFIX)


@dataclass(frozen=True, slots=True)
class _Part:
    """Edges of one typed relation; int32 [edges] numbers and int8 [edges] signs."""

    relation: RelationType
    src: NDArray[np.int32]
    dst: NDArray[np.int32]
    sign: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class FusedEdges:
    """The fused adjacency, its relation types (position = number) and the stored edges' counts.

    Args:
        adjacency: all message-passing edges.
        relations: the typed relations, sorted.
        counts: edges of each typed relation after merging, in the order of ``relations``.
        left_out: stored edges of which an end has no number, because its type is not exported.
    """

    adjacency: Adjacency
    relations: tuple[RelationType, ...]
    counts: tuple[int, ...]
    left_out: int


def fuse_edges(
    store: GraphReader, numbering: Numbering, names: Sequence[str], *, reverse: bool
) -> FusedEdges:
    """Read the relations ``names`` and build the fused in-adjacency.

    Undirected relations go both ways under their own name; a directed one gets a partner with the
    prefix ``rev_`` where ``reverse`` is set, because messages must also reach its source.
    """
    parts: list[_Part] = []
    left_out = 0
    for name in names:
        for src, dst, sign in _read_chunks(store, numbering, name):
            inside = (src >= 0) & (dst >= 0)
            left_out += int(len(inside) - inside.sum())
            src, dst, sign = src[inside], dst[inside], sign[inside]
            for part in _by_types(numbering, name, src, dst, sign):
                parts += [part, *_partner(part, reverse=reverse)]
    relations = tuple(sorted({part.relation for part in parts}))
    number = {relation: position for position, relation in enumerate(relations)}
    relation = [np.full(len(part.src), number[part.relation], np.int16) for part in parts]
    signed = any(part.relation.name.removeprefix(REVERSE_PREFIX) == SIGNED for part in parts)
    adjacency = build_adjacency(
        _join([part.src for part in parts], np.int32),
        _join([part.dst for part in parts], np.int32),
        _join(relation, np.int16),
        nodes=len(numbering.ids),
        sign=_join([part.sign for part in parts], np.int8) if signed else None,
    )
    counts = np.bincount(
        adjacency.slot_relation, np.diff(adjacency.slot_ptr), minlength=len(relations)
    )
    return FusedEdges(adjacency, relations, tuple(int(n) for n in counts), left_out)


def _join(arrays: Sequence[NDArray[_Number]], dtype: type[_Number]) -> NDArray[_Number]:
    return np.concatenate([np.empty(0, dtype), *arrays])


def _read_chunks(
    store: GraphReader, numbering: Numbering, name: str
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]]:
    """Number the ends of one relation, many batches at a time: one hash table per chunk."""
    waiting: list[pa.RecordBatch] = []
    for batch in store.scan_edges(name):
        waiting.append(batch)
        if sum(item.num_rows for item in waiting) >= _CHUNK_ROWS:
            yield _number(waiting, numbering, name)
            waiting = []
    if waiting:
        yield _number(waiting, numbering, name)


def _number(
    batches: list[pa.RecordBatch], numbering: Numbering, name: str
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int8]]:
    table = pa.Table.from_batches(batches)
    sign = np.zeros(table.num_rows, np.int8)
    if name == SIGNED:
        packed = table.column("properties").combine_chunks()
        (signs,) = unpack_columns(packed, ["sign"])
        sign = np.nan_to_num(signs.to_numpy(zero_copy_only=False).astype(float)).astype(np.int8)
    find = numbering.ids.find
    return find(table.column("src")), find(table.column("dst")), sign


def _by_types(
    numbering: Numbering,
    name: str,
    src: NDArray[np.int32],
    dst: NDArray[np.int32],
    sign: NDArray[np.int8],
) -> Iterator[_Part]:
    """Divide the edges of one relation by the types of their ends."""
    kinds = len(numbering.types)
    pair = numbering.type_of(src) * kinds + numbering.type_of(dst)
    for code in np.unique(pair):
        rows = pair == code
        source, target = numbering.types[code // kinds], numbering.types[code % kinds]
        yield _Part(RelationType(source, name, target), src[rows], dst[rows], sign[rows])


def _partner(part: _Part, *, reverse: bool) -> list[_Part]:
    directed = RELATIONS[part.relation.name].directed
    if directed and not reverse:
        return []
    name = f"{REVERSE_PREFIX}{part.relation.name}" if directed else part.relation.name
    relation = RelationType(part.relation.target, name, part.relation.source)
    return [_Part(relation, part.dst, part.src, part.sign)]
