"""What a mapping file says about a user's table, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgp.loaders.table.yaml_text import Item

PROPERTY_TYPES = ("text", "integer", "number", "boolean", "list")
MISSING = ("", "na", "n/a", "nan", "none", "null", "-", "-666")
"""How tables say, in whatever case, that a number is not known."""

REGULATES = "REGULATES"
"""The relation of networks: it has signs and versions, so that it is mapped as regulation."""

EFFECTS = ("activation", "repression", "dual", "unknown")


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value comes from: a column, or the constant ``default`` where there is none.

    Args:
        column: the column; empty for a constant.
        values: what the column says → what it means; empty where it is taken as it is.
        default: the value where the column says nothing, or nothing that ``values`` knows.
        prefix: what makes a bare identifier a CURIE.
        pad: digits that a bare number has.
        item: where the mapping file says so.
    """

    column: str
    default: str
    item: Item
    values: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    pad: int = 0


@dataclass(frozen=True, slots=True)
class Property:
    """A column that becomes a property.

    Args:
        name: name of the property.
        column: the column.
        kind: one of ``PROPERTY_TYPES``.
        separator: what separates the items of a list.
    """

    name: str
    column: str
    kind: str
    separator: str
    item: Item


@dataclass(frozen=True, slots=True)
class Node:
    """A node: a row of nodes, or one end of an edge, whose type may be known to another source."""

    id: Value
    type: Value | None
    name: Value | None


@dataclass(frozen=True, slots=True)
class TableMapping:
    """What a mapping file says.

    Args:
        holds: ``nodes``, ``edges`` or ``regulation``.
        title: what to call the table.
        version: its release; empty where not said.
        license: its licence.
        citation: how to cite it.
        delimiter: what separates its columns; empty where the header shows it.
        ends: the node of a row, or the source and the target of an edge.
        values: the other fields by name: ``relation, qualifier, sign, layer, weight, …``.
        properties: columns that become properties.
    """

    holds: str
    title: str
    version: str
    license: str
    citation: str
    delimiter: str
    ends: tuple[Node, ...]
    values: Mapping[str, Value]
    properties: tuple[Property, ...]

    def columns(self) -> Iterator[tuple[str, Item]]:
        """Yield every column that the mapping names, with the place where it does."""
        own = [v for end in self.ends for v in (end.id, end.type, end.name) if v is not None]
        yield from ((v.column, v.item) for v in (*own, *self.values.values()) if v.column)
        yield from ((p.column, p.item) for p in self.properties)
