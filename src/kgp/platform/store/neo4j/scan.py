"""Streaming nodes and relationships out of Neo4j as Arrow, in canonical order.

The server sorts nothing: sources are sorted here, bytewise, and cut into ranges; each range is one
query that gives columns (``collect``), not rows, and is sorted in Arrow. So memory holds a few
ranges, however large the graph.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.kg_schema.node_types import check_node_type
from kgp.kg_schema.properties import EMPTY, with_columns
from kgp.kg_schema.relations import RELATIONS, check_relation
from kgp.platform.store.embedded.graph import REGULATES
from kgp.platform.store.neo4j.ranges import RANGE_ROWS, fetch_ahead, key_ranges, one_state
from kgp.platform.store.neo4j.regulation_rows import raw_rows, regulation_database
from kgp.platform.store.neo4j.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NODES = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "type", "name")),
        ("sources", pa.list_(pa.string())),
        ("properties", pa.string()),
    ]
)
EDGES = pa.schema(
    [
        (name, pa.string())
        for name in (
            *("type", "src", "dst", "qualifier", "source", "source_version", "license"),
            "properties",
        )
    ]
)
_ORDER = [(name, "ascending") for name in ("src", "dst", "qualifier", "source", "properties")]

_IDS = """
MATCH (n:Kgp) WHERE $type IS NULL OR n.type = $type
RETURN n.type AS type, collect(n.id) AS ids"""

_NODES = f"""
UNWIND $ids AS id MATCH (n:Kgp {{id: id}})
RETURN collect(n.id) AS id, collect(n.type) AS type, collect(n.name) AS name,
       collect(n.sources) AS sources, collect(coalesce(n.properties, '{EMPTY}')) AS properties"""

_COUNT = "MATCH (:Kgp)-[r:{}]->() RETURN count(r) AS n"

_DEGREES = """
MATCH (s:Kgp) WITH s.id AS id, COUNT {{ (s)-[:{}]->() }} AS degree WHERE degree > 0
RETURN collect(id) AS ids, collect(degree) AS degrees"""
"""The server keeps both numbers, and reads no relationship for them."""

_EDGES = """
UNWIND range(0, size($ids) - 1) AS place MATCH (s:Kgp {{id: $ids[place]}})-[r:{}]->(d:Kgp)
RETURN r.qualifier AS qualifier, r.source AS source, r.source_version AS source_version,
       r.license AS license, r.properties IS NULL AS bare, collect(place) AS places,
       collect(d.id) AS dst, collect(r.properties) AS properties"""
"""Rows that share what most rows share; ``collect`` leaves nulls out, so ``properties`` is empty
where ``bare``."""


class Scans(Session):
    """Nodes and relationships as Arrow streams."""

    node_range = 5_000
    """Nodes that are fetched at once."""
    edge_range = RANGE_ROWS
    """About so many relationships are fetched at once."""

    def scan_nodes(
        self, node_type: str | None = None, columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream nodes by type and id."""
        if node_type is not None:
            check_node_type(node_type)
        with one_state(self):
            found = {row["type"]: row["ids"] for row in self.read(_IDS, type=node_type)}
            ranges = [
                ids
                for name in sorted(found)
                for ids in key_ranges(((i, 1) for i in found.pop(name)), self.node_range)
            ]
            for batch in fetch_ahead(self._nodes, ranges):
                yield with_columns(batch, columns)

    def scan_edges(self, relation: str | None = None) -> Iterator[pa.RecordBatch]:
        """Stream relationships in canonical order."""
        if relation is not None:
            check_relation(relation)
        with one_state(self):
            for name in sorted(RELATIONS) if relation is None else [relation]:
                yield from self._regulates() if name == "REGULATES" else self._edges(name)

    def _nodes(self, ids: list[str]) -> pa.RecordBatch:
        found = self.read(_NODES, ids=ids)[0]
        return _one_batch(pa.Table.from_pydict(found, NODES).sort_by("id"))

    def _edges(self, relation: str) -> Iterator[pa.RecordBatch]:
        if not self.read(_COUNT.format(relation))[0]["n"]:
            return
        found = self.read(_DEGREES.format(relation))[0]
        pairs = zip(found["ids"], found["degrees"], strict=True)
        ranges = key_ranges(pairs, self.edge_range)
        # Not all that leave a node end at another: PART_OF also leads to a data set.
        batches = fetch_ahead(partial(self._range, relation), ranges)
        yield from (batch for batch in batches if batch.num_rows)

    def _range(self, relation: str, ids: list[str]) -> pa.RecordBatch:
        rows = self.read(_EDGES.format(relation), ids=ids)
        sources = pa.array(ids, pa.string())
        parts = [_edge_columns(relation, sources, row) for row in rows]
        return _one_batch(pa.Table.from_batches(parts, EDGES).sort_by(_ORDER))

    def _regulates(self) -> Iterator[pa.RecordBatch]:
        with regulation_database(raw_rows(self, current=True)) as con:
            order = ", ".join(name for name, _ in _ORDER)
            rows = con.sql(f"{REGULATES} ORDER BY {order}", params={"relation": "REGULATES"})
            yield from rows.to_arrow_reader()


def _edge_columns(relation: str, sources: pa.Array, row: dict[str, Any]) -> pa.RecordBatch:
    """The relationships of one row of ``_EDGES``."""
    n = len(row["places"])
    same = {name: row[name] for name in ("qualifier", "source", "source_version", "license")}
    columns = {
        "type": pa.repeat(relation, n),
        "src": sources.take(pa.array(row["places"], pa.int32())),
        "dst": pa.array(row["dst"], pa.string()),
        **{name: pa.repeat(pa.scalar(value, pa.string()), n) for name, value in same.items()},
        "properties": pa.repeat(EMPTY, n) if row["bare"] else pa.array(row["properties"]),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in EDGES.names], schema=EDGES)


def _one_batch(table: pa.Table) -> pa.RecordBatch:
    columns = [column.combine_chunks() for column in table.columns]
    return pa.RecordBatch.from_arrays(columns, schema=table.schema)
