"""Values that a Neo4j server answers with, as plain ones and as text that a person reads."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

from kgp.platform.store.neo4j.schema import OWN_LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN = 3
"""Properties of what has no id that its text shows."""


def plain(value: Any) -> Any:
    """What JSON can hold of a value.

    A node becomes ``labels`` and ``properties``; a relationship ``type``, the ids of its ends as
    ``start`` and ``end``, and ``properties``; a path its ``nodes`` and ``relationships``; a time
    its ISO text; a point its ``srid`` and ``coordinates``; bytes base64.
    """
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), "properties": _plain_map(value)}
    if isinstance(value, Relationship):
        ends = {"start": _end(value.start_node), "end": _end(value.end_node)}
        return {"type": value.type, **ends, "properties": _plain_map(value)}
    if isinstance(value, Path):
        parts = {"nodes": value.nodes, "relationships": value.relationships}
        return {name: [plain(each) for each in part] for name, part in parts.items()}
    if isinstance(value, Point):
        return {"srid": value.srid, "coordinates": list(value)}
    if isinstance(value, Date | DateTime | Duration | Time):
        return value.iso_format()
    if isinstance(value, bytes | bytearray):
        return b64encode(value).decode()
    if isinstance(value, dict):
        return _plain_map(value)
    return [plain(each) for each in value] if isinstance(value, list) else value


def text(value: Any) -> str | None:
    """A value as one short text: a node as ``(TP53:Gene ncbigene:7157)``; None where there is none.

    Relationships and paths are drawn with arrows, between the ids of their ends.
    """
    if isinstance(value, Node):
        labels = ":".join(sorted(set(value.labels) - set(OWN_LABELS)))
        return f"({value.get('name') or ''}:{labels} {_end(value)})"
    if isinstance(value, Relationship):
        return f"({_end(value.start_node)})-[:{value.type}]->({_end(value.end_node)})"
    if isinstance(value, Path):
        return _drawn(value)
    if isinstance(value, Point):
        return f"point({', '.join(f'{each:g}' for each in value)})"
    if isinstance(value, bytes | bytearray):
        return f"{len(value):,} bytes"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return ", ".join(str(text(each)) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6g}"
    simple = plain(value)
    return None if simple is None else str(simple)


def _drawn(path: Path) -> str:
    drawn = f"({_end(path.start_node)})"
    at: Node | None = path.start_node
    for step in path.relationships:
        forth = step.start_node == at
        at = step.end_node if forth else step.start_node
        arrow = f"-[:{step.type}]->" if forth else f"<-[:{step.type}]-"
        drawn += f"{arrow}({_end(at)})"
    return drawn


def _plain_map(value: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name): plain(each) for name, each in sorted(value.items())}


def _end(node: Node | None) -> str:
    """What names a node: its id, a record's key, or what little is known of another's."""
    if node is None:
        return ""
    named = node.get("id") or node.get("key")
    if named is not None:
        return str(named)
    return text(dict(sorted(node.items())[:_SHOWN])) or "" if len(node) else node.element_id
