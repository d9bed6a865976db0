"""Reading the graph from the embedded store."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import orjson

from kgp.kg_schema.node_types import check_node_type
from kgp.kg_schema.properties import unpack, with_columns
from kgp.kg_schema.relations import check_relation
from kgp.platform.fingerprint import fingerprint
from kgp.platform.store.embedded.session import Session
from kgp.platform.store.embedded.summary import OWN_LICENSE
from kgp.platform.store.records import GraphCounts, SourceRecord

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

_EDGES = f"""
SELECT e.type, s.id AS src, d.id AS dst, e.qualifier, e.source, e.source_version, e.license,
       e.properties
FROM (SELECT e.type, e.src, e.dst, e.qualifier, e.source,
             max(e.source_version) AS source_version,
             max({OWN_LICENSE.format("e", "properties", "e")}) AS license,
             arg_max(e.properties, (e.source_version, e.properties)) AS properties
      FROM edge e WHERE $relation IS NULL OR e.type = $relation
      GROUP BY e.type, e.src, e.dst, e.qualifier, e.source) e
JOIN node s ON s.nid = e.src JOIN node d ON d.nid = e.dst
"""

REGULATES = f"""
SELECT 'REGULATES' AS type, s.id AS src, d.id AS dst, r.grn AS qualifier, r.source,
       r.source_version, {OWN_LICENSE.format("r", "evidence", "r")} AS license,
       to_json({{effect: r.effect, layer: r.layer, sign: r.sign, since: r.since,
                weight: coalesce(r.weight, 1)}})::VARCHAR AS properties
FROM regulates r JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
WHERE ($relation IS NULL OR $relation = 'REGULATES')
"""
"""Regulation that holds now as relationships; ``$relation`` as in the query of all others."""

_LINKED = """
(SELECT type, src, dst, source FROM edge
 UNION ALL SELECT 'REGULATES', src, dst, grn FROM regulates)
"""

_NEIGHBORS = f"""
SELECT l.type, l.direction, n.id, n.type AS node_type, n.name, l.source FROM (
    SELECT type, 'out' AS direction, dst AS other, source FROM {_LINKED}
    WHERE src = (SELECT nid FROM entity WHERE id = $node)
    UNION SELECT type, 'in', src, source FROM {_LINKED}
    WHERE dst = (SELECT nid FROM entity WHERE id = $node)) l
JOIN node n ON n.nid = l.other
ORDER BY l.type, l.direction, n.name, n.id, l.source LIMIT $limit
"""

_BESIDE = f"""
SELECT DISTINCT a, b FROM (
    SELECT src AS a, dst AS b FROM {_LINKED}
    WHERE type NOT IN ('PERTURBS', 'MEASURED_IN') AND src IN (SELECT unnest($nids))
    UNION ALL SELECT dst, src FROM {_LINKED}
    WHERE type NOT IN ('PERTURBS', 'MEASURED_IN') AND dst IN (SELECT unnest($nids)))
ORDER BY a, b
"""


class GraphReads(Session):
    """The graph reader of the port; each method is documented there."""

    def counts(self) -> GraphCounts:
        """Count nodes and relationships by type."""
        nodes = dict(self.rows("SELECT type, count(*) FROM node GROUP BY type ORDER BY type"))
        edges = dict(
            self.rows("""
            SELECT type, count(DISTINCT (src, dst, qualifier, source)) FROM edge
            GROUP BY type ORDER BY type""")
        )
        regulates = self.scalar("SELECT count(*) FROM regulates")
        if regulates:
            edges["REGULATES"] = regulates
        return GraphCounts(nodes, dict(sorted(edges.items())))

    def fingerprint(self) -> str:
        """Hash of the content; computed once after each write."""
        known = self.get_meta("fingerprint")
        if known is None:
            known = fingerprint(self)  # type: ignore[arg-type]  # the mixed class is the store
            self.execute("INSERT INTO meta VALUES ('fingerprint', ?)", known)
        return known

    def sources(self) -> list[SourceRecord]:
        """The published loads, by source and version."""
        rows = self.rows("""
            SELECT load_id, source, title, version, license, citation, url, synthetic, rows_in,
                   rows_kept, dropped, nodes, edges, merged, loaded_at
            FROM load ORDER BY source, version, load_id""")
        names = [field.name for field in fields(SourceRecord)]
        records = [dict(zip(names, row, strict=True)) for row in rows]
        return [SourceRecord(**{**r, "dropped": orjson.loads(r["dropped"])}) for r in records]

    def scan_nodes(
        self, node_type: str | None = None, columns: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream nodes by type and id."""
        if node_type is not None:
            check_node_type(node_type)
        sql = """
            SELECT id, type, name, sources, properties FROM node
            WHERE ? IS NULL OR type = ? ORDER BY type, nid"""
        for batch in self.stream(sql, node_type, node_type):
            yield with_columns(batch, columns)

    def scan_edges(self, relation: str | None = None) -> Iterator[pa.RecordBatch]:
        """Stream relationships in canonical order."""
        if relation is not None:
            check_relation(relation)
        order = "ORDER BY type, src, dst, qualifier, source, properties"
        sql = f"SELECT * FROM ({_EDGES} UNION ALL {REGULATES}) {order}"
        yield from self.stream(sql, relation=relation)

    def nodes(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """Look up nodes by any of their identifiers, in the asked order."""
        self.nodes_exist(set(ids))
        rows = self.rows(
            """SELECT e.id, n.id, n.type, n.name, n.sources, n.properties
            FROM entity e JOIN node n USING (nid) WHERE e.id IN (SELECT unnest(?))""",
            list(ids),
        )
        found = {row[0]: row[1:] for row in rows}
        names = ("id", "type", "name", "sources", "properties")
        return [
            dict(zip(names, (*found[node][:4], unpack(found[node][4])), strict=True))
            for node in ids
        ]

    def known(self, ids: Sequence[str]) -> int:
        """Count the identifiers that mean a node."""
        asked = "(SELECT DISTINCT unnest(?) AS id)"
        return int(self.scalar(f"SELECT count(nid) FROM entity JOIN {asked} USING (id)", list(ids)))

    def neighbors(self, node: str, limit: int = 100) -> list[dict[str, Any]]:
        """Neighbours of a node along all relationships."""
        self.nodes_exist({node})
        names = ("type", "direction", "id", "node_type", "name", "source")
        rows = self.rows(_NEIGHBORS, node=node, limit=limit)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def paths(self, start: str, end: str, max_length: int = 3, limit: int = 20) -> list[list[str]]:
        """Shortest undirected paths between two nodes, breadth first from the end."""
        self.nodes_exist({start, end})
        nid = dict(self.rows("SELECT id, nid FROM entity WHERE id IN (?, ?)", start, end))
        hops, frontier = {nid[end]: 0}, [nid[end]]
        while frontier and nid[start] not in hops and hops[frontier[0]] < max_length:
            near = dict.fromkeys(b for _, b in self.rows(_BESIDE, nids=frontier))
            step = hops[frontier[0]] + 1
            frontier = [node for node in near if node not in hops]
            hops.update(dict.fromkeys(frontier, step))
        if nid[start] not in hops:
            return []
        found = [[nid[start]]]
        while found[0][-1] != nid[end]:
            ends = sorted({path[-1] for path in found})
            beside = self.rows(_BESIDE, nids=ends)
            found = [
                [*path, b]
                for path in found
                for a, b in beside
                if a == path[-1] and hops.get(b, max_length + 1) == hops[a] - 1
            ][:limit]
        return self._ids(found)

    def _ids(self, paths: list[list[int]]) -> list[list[str]]:
        nids = sorted({node for path in paths for node in path})
        ids = dict(self.rows("SELECT nid, id FROM node WHERE nid IN (SELECT unnest(?))", nids))
        return [[ids[node] for node in path] for path in paths]
