"""The statement that writes a batch of changes: one for all its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j import graph_statements as graph
from kgp.platform.store.neo4j import record_statements as records
from kgp.platform.store.neo4j.changes import Statement
from kgp.platform.store.neo4j.link_statements import link

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from kgp.platform.store.neo4j.changes import Row, Writing


def statement(part: str, op: str, group: Row, rows: pa.Table, *, walked: bool = False) -> Statement:
    """The statement that writes changes of one kind.

    Args:
        part: name of the part of the plan.
        op: ``create``, ``update`` or ``delete``.
        group: the columns that all rows share.
        rows: rows of the plan, at least one.
        walked: of relationships, whether most of those of their sources are among them.
    """
    if part == "link":
        return link(op, group, rows, walked=walked)
    cypher, row = _WRITINGS[part](op, group)
    made = [row(found) for found in rows.to_pylist()]
    return Statement(f"UNWIND $rows AS r {cypher}", {"rows": made})


_WRITINGS: dict[str, Callable[[str, Row], Writing]] = {
    "node": graph.node,
    "identifier": graph.identifier,
    "xref": graph.xref,
    "means": graph.means,
    "vector": graph.vector,
    "network": records.network,
    "regulation": records.regulation,
    "dataset": records.record("Dataset", "dataset/"),
    "measured": records.measured,
    "vector_set": records.record("VectorSet", "vectors/"),
}
