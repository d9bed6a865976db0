"""Properties of nodes and relationships: canonical JSON, and beside it what Neo4j can hold."""

from __future__ import annotations

from typing import Any

from kgp.kg_schema.properties import EMPTY, unpack

RESERVED = frozenset(
    {
        *("id", "type", "name", "lower", "sources", "properties"),
        *("qualifier", "source", "source_version", "license"),
    }
)
"""Names that mean something of kgp's own: such a property is in the JSON alone."""

EMBEDDING = "emb_"
"""How the names of properties begin that hold vectors."""

_LARGEST = 2**63


def native(text: str) -> dict[str, Any]:
    """What of canonical JSON stands beside it: ``properties`` itself, scalars and plain lists.

    Args:
        text: the canonical JSON; ``{}`` gives nothing.
    """
    if text == EMPTY:
        return {}
    found = {key: value for key, value in unpack(text).items() if _holds(key, value)}
    return found | {"properties": text}


def _holds(key: str, value: Any) -> bool:
    """Whether Neo4j can hold a property under its own name."""
    if not key or key in RESERVED or key.startswith(EMBEDDING) or "\0" in key:
        return False
    items = value if isinstance(value, list) else [value]
    kinds = {type(item) for item in items}
    if len(kinds) != 1 or not kinds <= {str, bool, int, float}:
        return False
    return all(-_LARGEST <= item < _LARGEST for item in items) if kinds == {int} else True
