"""Named queries in Cypher: :mod:`kgp.platform.query_catalogue` holds the text that runs here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.platform.query_catalogue import NODE_KINDS, QUERIES
from kgp.platform.store.neo4j.similar import SimilarNodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from neo4j import ManagedTransaction

_COUNTS = ("changed_targets", "contradicting", "supporting", "targets")
_VERSIONS = ("fork_version", "since_version", "version")
TYPES: dict[str, pa.DataType] = {
    **dict.fromkeys(_COUNTS, pa.int64()),
    **dict.fromkeys(_VERSIONS, pa.int32()),
    **dict.fromkeys(("gain", "similarity", "strongest"), pa.float64()),
    "confidence": pa.float32(),
    "drugs": pa.list_(pa.string()),
}
"""Column of an answer → its type; every other is text."""


class Queries(SimilarNodes):
    """Named queries; their parameters are declared in :mod:`kgp.platform.query_catalogue`."""

    def named_query(self, name: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run the query ``name`` with checked parameters."""
        if name == "similar-to":
            return self.similar_to(parameters["vectors"], parameters["node"])
        query = QUERIES[name]
        named = {p.name for p in query.parameters if p.kind in NODE_KINDS}
        meant = self.meanings({parameters[each] for each in named})
        values = {k: meant.get(v) if k in named else v for k, v in parameters.items()}

        def work(tx: ManagedTransaction) -> tuple[list[str], list[list[Any]]]:
            result = tx.run(query.cypher, values)
            return list(result.keys()), result.values()

        columns, rows = self.reading(work)
        return answer(columns, sort_rows(query.cypher, columns, rows))


def answer(columns: list[str], rows: list[list[Any]]) -> pa.Table:
    """Rows as a table with the types of ``TYPES``."""
    fields = [pa.field(name, TYPES.get(name, pa.string())) for name in columns]
    values = zip(*rows, strict=True) if rows else [[] for _ in fields]
    arrays = [pa.array(v, f.type) for v, f in zip(values, fields, strict=True)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def sort_rows(cypher: str, columns: list[str], rows: list[list[Any]]) -> list[list[Any]]:
    """Sort rows as the ``ORDER BY`` that ends ``cypher`` says, with text compared bytewise.

    The server compares some texts by UTF-16 units, which puts emoji before ligatures.
    """
    for term in reversed(cypher.rpartition("ORDER BY ")[2].split(", ")):
        expression, _, direction = term.partition(" ")
        size = expression.startswith("abs(")
        place = columns.index(expression.removeprefix("abs(").removesuffix(")"))
        rows = sorted(rows, key=_key(place, absolute=size), reverse=direction == "DESC")
    return rows


def _key(place: int, *, absolute: bool) -> Callable[[list[Any]], tuple[bool, Any]]:
    """What sorts by one column; nothing comes last, as in Cypher."""

    def key(row: list[Any]) -> tuple[bool, Any]:
        value = row[place]
        if value is None:
            return True, 0
        if isinstance(value, str):
            return False, value.encode()
        return False, abs(value) if absolute else value

    return key
