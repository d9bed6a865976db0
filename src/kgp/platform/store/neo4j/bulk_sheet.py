"""A sheet: nodes of one kind or relationships of one type, as one query on the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.neo4j.bulk_columns import Column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.platform.store.embedded.store import EmbeddedStore

_TYPES = {
    **dict.fromkeys(("TINYINT", "INTEGER", "BIGINT"), "long"),
    **dict.fromkeys(("FLOAT", "DOUBLE"), "double"),
    "BOOLEAN": "boolean",
    "VARCHAR": "string",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Nodes of one set of labels, or relationships of one type.

    Args:
        name: of its files.
        labels: labels joined by colons, or the relationship type.
        is_node: whether these are nodes.
        rows: the query; where ``packed``, it has a column ``properties`` of canonical JSON.
        columns: the columns of the file, beside those of the properties.
        packed: whether there are properties.
    """

    name: str
    labels: str
    is_node: bool
    rows: str
    columns: tuple[Column, ...]
    packed: bool = field(default=False)


JSON = Column("properties:string", f"nullif(properties, '{EMPTY}')")
"""The canonical JSON of a row's properties."""


def named(*headers: str) -> tuple[Column, ...]:
    """Columns that are called in the query as in the graph."""
    return tuple(Column(header, header.partition(":")[0]) for header in headers)


def between(start: str, src: str, end: str, dst: str) -> tuple[Column, Column]:
    """Columns of the two ends: the groups that they are numbered in, and their numbers."""
    return Column(f":START_ID({start})", src), Column(f":END_ID({end})", dst)


def typed(store: EmbeddedStore, rows: str, names: Iterable[str]) -> tuple[Column, ...]:
    """Columns that are called in the query as in the graph, with the types that they have there."""
    types = {row[0]: _TYPES[row[1]] for row in store.rows(f"DESCRIBE {rows}") if row[0] in names}
    # A number of 32 bits is written out as the number of 64 that the driver would send.
    return tuple(
        Column(f"{name}:{kind}", f"{name}::DOUBLE" if kind == "double" else name)
        for name, kind in types.items()
    )
