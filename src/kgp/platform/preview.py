"""What a complete staging would bring into a graph, counted without one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from kgp.kg_schema.batches import Kind

if TYPE_CHECKING:
    from kgp.platform.staging import Staged

_EMPTY = {
    Kind.NODES: "id VARCHAR, type VARCHAR",
    Kind.XREFS: "id VARCHAR, other VARCHAR",
    Kind.EDGES: "src VARCHAR, dst VARCHAR, type VARCHAR, qualifier VARCHAR",
    Kind.REGULATION: "grn VARCHAR, src VARCHAR, dst VARCHAR, layer VARCHAR",
    Kind.EFFECTS: "dataset VARCHAR, signature VARCHAR",
    Kind.VECTORS: "name VARCHAR, id VARCHAR",
}
"""Columns that are counted, for kinds of which nothing is staged."""

_LINKS = """
CREATE TABLE link AS
SELECT DISTINCT type, src, dst, qualifier FROM edges
UNION ALL SELECT DISTINCT 'REGULATES', src, dst, grn || ' ' || layer FROM regulation"""

_MERGED = """
SELECT (SELECT count(*) FROM edges) + (SELECT count(*) FROM regulation) - count(*) FROM link"""

_HANGING = """
WITH described AS (
    SELECT id FROM nodes UNION SELECT x.other FROM xrefs x SEMI JOIN nodes n ON n.id = x.id)
SELECT count(*) FROM link
WHERE src NOT IN (SELECT id FROM described) OR dst NOT IN (SELECT id FROM described)"""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would come in, as the source states it: before identifiers are resolved.

    Args:
        nodes: node type → number of distinct identifiers.
        relationships: relation → number of distinct relationships.
        networks: network → number of distinct regulations.
        response_sets: response set → number of signatures.
        vector_sets: vector set → number of identifiers that have a vector.
        cross_references: statements that two identifiers name one thing.
        merged: rows that state a relationship which another row states.
        hanging: relationships with an end that this source does not describe itself; they are
            seen once another source does.
    """

    nodes: dict[str, int]
    relationships: dict[str, int]
    networks: dict[str, int]
    response_sets: dict[str, int]
    vector_sets: dict[str, int]
    cross_references: int
    merged: int
    hanging: int


def preview(staged: Staged) -> Preview:
    """Count what a staging holds, in bounded memory.

    Args:
        staged: a complete staging; its folder also takes what does not fit into memory.
    """
    with duckdb.connect(config={"temp_directory": str(staged.folder / "spilled")}) as con:
        con.execute("SET enable_progress_bar = false")
        for kind, columns in _EMPTY.items():
            parts = staged.parts(kind)
            if parts:
                con.read_parquet(parts).create_view(str(kind))
            else:
                con.execute(f"CREATE TABLE {kind} ({columns})")
        con.execute(_LINKS)
        return Preview(
            _counts(con, "SELECT type, count(DISTINCT id) FROM nodes GROUP BY type ORDER BY type"),
            _counts(con, "SELECT type, count(*) FROM link GROUP BY type ORDER BY type"),
            _counts(
                con,
                "SELECT grn, count(DISTINCT (src, dst, layer)) FROM regulation"
                " GROUP BY grn ORDER BY grn",
            ),
            _counts(
                con,
                "SELECT dataset, count(DISTINCT signature) FROM effects"
                " GROUP BY dataset ORDER BY dataset",
            ),
            _counts(
                con, "SELECT name, count(DISTINCT id) FROM vectors GROUP BY name ORDER BY name"
            ),
            _number(con, "SELECT count(*) FROM (SELECT DISTINCT id, other FROM xrefs)"),
            _number(con, _MERGED),
            _number(con, _HANGING),
        )


def _counts(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, int]:
    return dict(con.execute(sql).fetchall())


def _number(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
