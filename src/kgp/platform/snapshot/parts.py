"""Reading the store's edges as numbered edges of one typed relation each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from kgp.kg_schema.properties import unpack_columns
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.snapshot.edge_properties import read_numbers
from kgp.platform.snapshot.relation_type import REVERSE_PREFIX, RelationType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.platform.snapshot.nodes import Numbering
    from kgp.platform.store.port import GraphReader

SIGNED = "REGULATES"
_CHUNK_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """Edges of one typed relation, in the direction in which they are stored.

    Args:
        relation: the typed relation.
        src: int32 [edges], global numbers.
        dst: int32 [edges], global numbers.
        sign: int8 [edges].
        numbers: float32 [properties, edges], NaN where an edge lacks the property.
    """

    relation: RelationType
    src: NDArray[np.int32]
    dst: NDArray[np.int32]
    sign: NDArray[np.int8]
    numbers: NDArray[np.float32]

    def where(self, rows: NDArray[np.bool_]) -> Part:
        """Keep some of the edges."""
        return replace(
            self,
            src=self.src[rows],
            dst=self.dst[rows],
            sign=self.sign[rows],
            numbers=self.numbers[:, rows],
        )

    def partner(self, *, reverse: bool) -> list[Part]:
        """Return the other direction.

        Undirected relations go both ways under their own name; a directed one gets a partner with
        the prefix ``rev_`` where ``reverse`` is set, because messages must also reach its source.
        """
        directed = RELATIONS[self.relation.name].directed
        if directed and not reverse:
            return []
        name = f"{REVERSE_PREFIX}{self.relation.name}" if directed else self.relation.name
        back = RelationType(self.relation.target, name, self.relation.source)
        return [replace(self, relation=back, src=self.dst, dst=self.src)]


def read_parts(
    store: GraphReader, numbering: Numbering, name: str, properties: Sequence[str]
) -> Iterator[tuple[list[Part], int]]:
    """Read one relation chunk by chunk: one hash table of identifiers per chunk.

    Yields:
        The chunk's edges by the types of their ends, and how many were left out because an end
        has no number.

    Raises:
        BadInputError: for an edge property that is not a number.
    """
    waiting: list[pa.RecordBatch] = []
    for batch in store.scan_edges(name):
        waiting.append(batch)
        if sum(item.num_rows for item in waiting) >= _CHUNK_ROWS:
            yield _by_types(numbering, _number(waiting, numbering, name, properties))
            waiting = []
    if waiting:
        yield _by_types(numbering, _number(waiting, numbering, name, properties))


def _number(
    batches: list[pa.RecordBatch], numbering: Numbering, name: str, properties: Sequence[str]
) -> Part:
    """Number the ends, -1 where there is none; the types are not yet known."""
    table = pa.Table.from_batches(batches)
    sign = np.zeros(table.num_rows, np.int8)
    if name == SIGNED:
        packed = table.column("properties").combine_chunks()
        (signs,) = unpack_columns(packed, ["sign"])
        sign = np.nan_to_num(signs.to_numpy(zero_copy_only=False).astype(float)).astype(np.int8)
    find = numbering.ids.find
    return Part(
        relation=RelationType("", name, ""),
        src=find(table.column("src")),
        dst=find(table.column("dst")),
        sign=sign,
        numbers=read_numbers(table, properties),
    )


def _by_types(numbering: Numbering, part: Part) -> tuple[list[Part], int]:
    inside = (part.src >= 0) & (part.dst >= 0)
    part = part.where(inside)
    kinds = len(numbering.types)
    pair = numbering.type_of(part.src) * kinds + numbering.type_of(part.dst)
    parts = []
    for code in np.unique(pair):
        source, target = numbering.types[code // kinds], numbering.types[code % kinds]
        relation = RelationType(source, part.relation.name, target)
        parts.append(replace(part.where(pair == code), relation=relation))
    return parts, int(len(inside) - inside.sum())
