"""Rows of versioned regulation as they lie in Neo4j, and the same between nodes.

Two names of one gene may have brought two rows for one pair; they become one row when they are
read, by the SQL of the embedded store, in a DuckDB in memory.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from kgp.platform.store.embedded.schema import REGULATES_VIEW
from kgp.platform.store.neo4j.ranges import fetch_ahead, key_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgp.platform.store.neo4j.session import Session

RAW = pa.schema(
    [
        *((name, pa.string()) for name in ("src", "dst", "grn", "layer")),
        ("sign", pa.int8()),
        ("effect", pa.string()),
        ("sign_source", pa.string()),
        ("weight", pa.float32()),
        ("confidence", pa.float32()),
        ("since", pa.int32()),
        ("until", pa.int32()),
        ("evidence", pa.string()),
        ("end_confidence", pa.float32()),
        ("end_evidence", pa.string()),
        *((name, pa.string()) for name in ("source", "source_version", "license")),
    ]
)
"""``src`` and ``dst`` are the ids of the nodes that the stated identifiers mean."""

_CHOSEN = "($grn IS NULL OR r.grn = $grn) AND (NOT $current OR r.until IS NULL)"

_DEGREES = f"""
MATCH (s:Kgp)-[r:REGULATES]->(:Kgp) WHERE {_CHOSEN}
RETURN s.id AS id, count(r) AS degree"""

_ROWS = f"""
UNWIND $ids AS id MATCH (s:Kgp {{id: id}})-[r:REGULATES]->(d:Kgp) WHERE {_CHOSEN}
RETURN collect([s.id, d.id, {", ".join(f"r.{name}" for name in RAW.names[2:])}]) AS rows"""

_TABLES = """
CREATE TABLE regulation AS
SELECT *, CASE WHEN source IS NOT NULL THEN
    struct_pack(source := source, version := source_version, license := license) END AS load
FROM raw;
CREATE TABLE load AS
SELECT DISTINCT load, source, source_version AS version, license FROM regulation
WHERE load IS NOT NULL;
CREATE TABLE node AS
SELECT id AS nid, id FROM (SELECT src AS id FROM regulation UNION SELECT dst FROM regulation);
CREATE VIEW meaning AS SELECT id AS eid, nid FROM node;
CREATE VIEW entity AS SELECT id AS eid, id, nid FROM node;
"""


def raw_rows(
    session: Session, grn: str | None = None, *, current: bool = False
) -> Iterator[pa.RecordBatch]:
    """Stream the rows of versioned regulation between nodes, as ``RAW``, in no order.

    Args:
        session: where they are.
        grn: the network; None for all.
        current: only what holds now.
    """
    chosen = {"grn": grn, "current": current}
    degrees = session.read(_DEGREES, **chosen)
    ranges = key_ranges((row["id"], row["degree"]) for row in degrees)

    def fetch(ids: list[str]) -> pa.RecordBatch:
        rows = session.read(_ROWS, ids=ids, **chosen)[0]["rows"]
        columns = zip(*rows, strict=True) if rows else [[] for _ in RAW]
        arrays = [pa.array(c, f.type) for c, f in zip(columns, RAW, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=RAW)

    yield from fetch_ahead(fetch, ranges)


@contextmanager
def regulation_database(
    raw: Iterable[pa.RecordBatch],
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give rows of regulation the tables that the embedded store's SQL asks.

    These are ``regulation``, ``load``, ``meaning``, ``node`` (``nid, id``), ``entity`` and
    ``regulates``, in which a node's number is its id: the queries that
    :func:`kgp.platform.store.embedded.schema.regulation` and ``as_of`` write answer as there.
    """
    with duckdb.connect(":memory:") as con:
        con.execute("SET enable_progress_bar = false")
        con.register("raw", pa.Table.from_batches(raw, RAW))
        con.execute(_TABLES)
        con.execute(REGULATES_VIEW)
        con.unregister("raw")
        yield con
