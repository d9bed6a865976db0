"""Reading the graph from Neo4j."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import StoreError
from kgp.kg_schema.properties import EMPTY, unpack
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.fingerprint import fingerprint
from kgp.platform.store.neo4j.scan import Scans
from kgp.platform.store.neo4j.schema import STORE_KEY
from kgp.platform.store.records import GraphCounts, SourceRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from neo4j import ManagedTransaction

_EXPERIMENTS = ("MEASURED_IN", "PERTURBS")
"""Relations that describe experiments: no path goes through them."""

_COUNT = "MATCH (:Kgp)-[r:{}]->() RETURN count(r) AS n"

_PART_OF = "MATCH (:Kgp)-[r:PART_OF]->(:Kgp) RETURN count(r) AS n"
"""Of these also lead from a signature to its data set, which is no node of the graph."""

_REGULATES = """
MATCH (s:Kgp)-[r:REGULATES]->(d:Kgp) WHERE r.until IS NULL
WITH DISTINCT s, d, r.grn AS grn, r.layer AS layer RETURN count(*) AS n"""

_STORE = "MATCH (s:KgpRecord:KgpStore {key: $key})"

_KNOWN = f"{_STORE} RETURN s.fingerprint AS fingerprint, s.sequence AS sequence"

_REMEMBER = f"{_STORE} WHERE s.sequence = $sequence SET s.fingerprint = $fingerprint"

_NODES = f"""
UNWIND $ids AS id MATCH (n:Kgp {{id: id}})
RETURN n.id AS id, n.type AS type, n.name AS name, n.sources AS sources,
       coalesce(n.properties, '{EMPTY}') AS properties"""

_HOLDS = "(type(r) <> 'REGULATES' OR r.until IS NULL)"

_NEIGHBORS = f"""
MATCH (:Kgp {{{{id: $id}}}}){{way}}(n:Kgp) WHERE {_HOLDS}
RETURN DISTINCT type(r) AS type, '{{direction}}' AS direction, n.id AS id, n.type AS node_type,
       n.name AS name, coalesce(r.grn, r.source) AS source"""

_PATHS = f"""
MATCH path = allShortestPaths(
    (:Kgp {{{{id: $start}}}})-[:{{types}}*..{{length}}]-(:Kgp {{{{id: $end}}}}))
WHERE all(r IN relationships(path) WHERE {_HOLDS}) AND all(n IN nodes(path) WHERE n:Kgp)
WITH DISTINCT [n IN nodes(path) | n.id] AS ids
RETURN ids ORDER BY ids LIMIT $limit"""
"""Paths of one length, so that their order is that of their ids, which are ASCII."""


class GraphReads(Scans):
    """The graph reader of the port; each method is documented there."""

    def counts(self) -> GraphCounts:
        """Count nodes and relationships by type; the server keeps most of these numbers."""
        return self.reading(_counts)

    def fingerprint(self) -> str:
        """Hash of the content; computed once after each write."""
        known = self.read(_KNOWN, key=STORE_KEY)[0]
        if known["fingerprint"] is not None:
            return str(known["fingerprint"])
        found = fingerprint(self)  # type: ignore[arg-type]  # the mixed class is the store
        # Whoever may only read computes it again next time.
        with suppress(StoreError):
            self.write(_REMEMBER, key=STORE_KEY, sequence=known["sequence"], fingerprint=found)
        return found

    def sources(self) -> list[SourceRecord]:
        """The published loads, by source and version."""
        names = [field.name for field in fields(SourceRecord)]
        rows = self.read("MATCH (l:KgpRecord:KgpLoad) WHERE l.published RETURN l {.*} AS load")
        records = [{name: row["load"][name] for name in names} for row in rows]
        found = [SourceRecord(**{**r, "dropped": orjson.loads(r["dropped"])}) for r in records]
        return sorted(found, key=lambda r: _bytes((r.source, r.version, r.load_id)))

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Look up nodes by any of their identifiers, in the asked order."""
        self.nodes_exist(set(ids))
        meanings = self.meanings(set(ids))
        rows = self.read(_NODES, ids=sorted(set(meanings.values())))
        found = {row["id"]: row for row in rows}
        chosen = [found[meanings[asked]] for asked in ids]
        return [{**row, "properties": unpack(row["properties"])} for row in chosen]

    def known(self, ids: Sequence[str]) -> int:
        """Count the identifiers that mean a node."""
        return len(self.meanings(set(ids)))

    def neighbors(self, node: str, limit: int = 100) -> list[dict[str, Any]]:
        """Neighbours of a node along all relationships."""
        self.nodes_exist({node})
        chosen = self.meanings({node})[node]
        types = "|".join(sorted(RELATIONS))
        ways = {"out": f"-[r:{types}]->", "in": f"<-[r:{types}]-"}
        rows = [
            row
            for direction, way in ways.items()
            for row in self.read(_NEIGHBORS.format(way=way, direction=direction), id=chosen)
        ]
        order = ("type", "direction", "name", "id", "source")
        return sorted(rows, key=lambda row: _bytes(row[name] for name in order))[:limit]

    def paths(self, start: str, end: str, max_length: int = 3, limit: int = 20) -> list[list[str]]:
        """Shortest undirected paths between two nodes, found by the server."""
        self.nodes_exist({start, end})
        meanings = self.meanings({start, end})
        ends = {"start": meanings[start], "end": meanings[end]}
        if ends["start"] == ends["end"]:
            return [[ends["start"]]]
        if max_length < 1:
            return []
        types = "|".join(sorted(set(RELATIONS) - set(_EXPERIMENTS)))
        query = _PATHS.format(types=types, length=int(max_length))
        return [row["ids"] for row in self.read(query, **ends, limit=limit)]


def _counts(tx: ManagedTransaction) -> GraphCounts:
    types = tx.run("MATCH (n:Kgp) RETURN n.type AS type, count(*) AS n").data()
    nodes = {row["type"]: row["n"] for row in types}
    queries = {name: _COUNT.format(name) for name in RELATIONS}
    queries |= {"REGULATES": _REGULATES, "PART_OF": _PART_OF}
    edges = {name: tx.run(query).data()[0]["n"] for name, query in queries.items()}
    return GraphCounts(
        dict(sorted(nodes.items())), {name: n for name, n in sorted(edges.items()) if n}
    )


def _bytes(texts: Iterable[str]) -> list[bytes]:
    """What puts texts into canonical order."""
    return [text.encode() for text in texts]
