"""Named queries: what ``kgp query`` offers on every store.

A query declares its parameters in :mod:`kgp.platform.query_catalogue`; each adapter owns its text.
No text of a user ever becomes part of a query: parameters are bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.errors import BadInputError, UsageError, unknown
from kgp.platform.nodes import resolve_node
from kgp.platform.query_catalogue import NODE_KINDS, QUERIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from kgp.platform.query_catalogue import Parameter
    from kgp.platform.store.port import KnowledgeStore


def run_query(store: KnowledgeStore, name: str, arguments: Sequence[str]) -> pa.Table:
    """Fill a query's parameters in order and run it.

    Args:
        store: where to ask.
        name: one of ``QUERIES``.
        arguments: texts as typed; nodes may be symbols, names or CURIEs.

    Raises:
        UsageError: for an unknown query or a wrong number of arguments.
        BadInputError: for an argument that means nothing, or several things.
    """
    if name not in QUERIES:
        raise UsageError(unknown("query", name, QUERIES, command="kgp query"))
    query = QUERIES[name]
    needed = [p for p in query.parameters if p.required]
    if not len(needed) <= len(arguments) <= len(query.parameters):
        raise UsageError(
            f"Query {name!r} takes {query.signature}; {len(arguments)} given.",
            command=f"kgp query {name} {query.signature}",
        )
    values: dict[str, Any] = {}
    given = [*arguments, *[""] * (len(query.parameters) - len(arguments))]
    for parameter, text in zip(query.parameters, given, strict=True):
        values[parameter.name] = _value(store, parameter, text, values)
    return store.named_query(name, values)


def _value(store: KnowledgeStore, parameter: Parameter, text: str, known: dict[str, Any]) -> Any:
    if parameter.kind in NODE_KINDS:
        return resolve_node(store, text, *NODE_KINDS[parameter.kind])
    if parameter.kind == "network":
        return _network(store, text)
    if parameter.kind == "vectors":
        return _vectors(store, text, known["node"])
    versions = store.grn_versions(known["network"])
    if not text:
        return versions[-1].version
    if text.isdecimal() and 1 <= int(text) <= len(versions):
        return int(text)
    raise BadInputError(
        f"Network {known['network']!r} has no version {text!r}.",
        hint=f"Valid are 1 to {len(versions)}.",
        command=f"kgp grn log {known['network']}",
    )


def _network(store: KnowledgeStore, text: str) -> str:
    names = [record.name for record in store.grns()]
    if text and text not in names:
        raise BadInputError(unknown("network", text, names, command="kgp grn log"))
    if not text and len(names) != 1:
        raise UsageError(
            "Which network? " + ("The store holds none." if not names else ", ".join(names)),
            hint="Name one as the argument after the others.",
            command="kgp grn log",
        )
    return text or names[0]


def _vectors(store: KnowledgeStore, text: str, node: str) -> str:
    """The named vector set, or the only one of the node's type."""
    sets = store.vector_sets()
    if text:
        if text not in (names := [each.name for each in sets]):
            raise BadInputError(unknown("vector set", text, names, command="kgp embed"))
        return text
    kind = store.nodes([node])[0]["type"]
    fitting = [each.name for each in sets if each.node_type in ("", kind)]
    if len(fitting) != 1:
        raise UsageError(
            f"Which vectors? {', '.join(fitting) or f'The store holds none of type {kind}.'}",
            hint="Name one set as the argument after the others.",
            command="kgp embed" if not fitting else f"kgp query similar-to {node} {fitting[0]}",
        )
    return fitting[0]
