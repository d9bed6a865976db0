"""The summary of the graph in Neo4j, by the server's own aggregates.

Regulation is merged first, as everywhere, and licences of nodes are those of the statements about
them: both are counted in a DuckDB in memory.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from kgp.kg_schema.batches import Kind
from kgp.kg_schema.relations import RELATIONS
from kgp.platform.store.embedded.graph import REGULATES
from kgp.platform.store.embedded.summary import OWN_LICENSE
from kgp.platform.store.neo4j.ledger import parts_of
from kgp.platform.store.neo4j.ranges import one_state
from kgp.platform.store.neo4j.regulation_rows import raw_rows, regulation_database
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.summary import (
    EXAMPLES,
    HUBS,
    Degrees,
    GraphSummary,
    Hub,
    LicenseCount,
    SharedNames,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.session import Row

_VERBS = sorted(set(RELATIONS) - {"REGULATES"})

# PART_OF also leads from a signature to its data set, which is no node of the graph.
_FAST = "|".join(sorted(set(_VERBS) - {"PART_OF"}))

_DEGREES = f"""
MATCH (n:Kgp)
WITH n, COUNT {{ (n)-[:{_FAST}]-() }} + COUNT {{ (n)-[:PART_OF]-(:Kgp) }} + COUNT {{
    MATCH (n)-[r:REGULATES]-(:Kgp) WHERE r.until IS NULL
    RETURN DISTINCT r.grn, r.layer, startNode(r), endNode(r) }} AS degree
ORDER BY degree DESC, n.id
RETURN n.type AS type, count(n) AS nodes, sum(CASE degree WHEN 0 THEN 1 ELSE 0 END) AS orphans,
       percentileCont(degree, 0.5) AS median, max(degree) AS largest,
       collect(CASE WHEN degree > 0 THEN {{id: n.id, name: n.name, degree: degree}} END)[..{HUBS}]
       AS hubs"""
"""A node's relationships of a type are counted without reading them; a self-loop counts once."""

_SHARED = f"""
MATCH (n:Kgp) WHERE n.name <> ''
WITH n.type AS type, n.name AS name, count(n) AS nodes WHERE nodes > 1
WITH * ORDER BY nodes DESC, name
RETURN type, count(name) AS names, sum(nodes) AS nodes, collect(name)[..{EXAMPLES}] AS examples"""

_ORIGINS = """
MATCH (:Kgp)-[r:{}]->(:Kgp)
RETURN r.source AS source, r.license AS license, count(r) AS n"""

_CORROBORATED = """
MATCH (s:Kgp)-[r:{0}]->(d:Kgp) WHERE r.source <> $most
WITH DISTINCT s, d
WHERE COUNT {{ MATCH (s)-[x:{0}]->(d) RETURN DISTINCT x.source }} > 1
RETURN count(*) AS n"""
"""Only pairs that a source states which is not the one of most relationships can count."""

_REGULATED = f"SELECT src, dst, source, license FROM ({REGULATES})"

_REGULATED_LICENSES = f"SELECT license, count(*) FROM ({_REGULATED}) GROUP BY license"

_REGULATED_TWICE = f"""
SELECT count(*) FROM (
    SELECT src FROM ({_REGULATED}) GROUP BY src, dst HAVING count(DISTINCT source) > 1)"""

_STATED = f"""
SELECT DISTINCT id, {OWN_LICENSE.format("p", "properties", "l")} AS license
FROM read_parquet($parts) p, (SELECT $license AS license) l"""

_DESCRIBED = """
SELECT s.license, count(DISTINCT coalesce(m.node, s.id))
FROM stated s LEFT JOIN meaning m USING (id) GROUP BY s.license"""


_NOTHING = pa.schema([("id", pa.string()), ("license", pa.string())]).empty_table()
_MEANING = pa.schema([("id", pa.string()), ("node", pa.string())])


class Summary(Session):
    """The summary of the port; documented there."""

    def summary(self) -> GraphSummary:
        """Describe the graph."""
        with one_state(self):
            degrees = [_degrees(row) for row in self.read(_DEGREES)]
            shared = [SharedNames(**row) for row in self.read(_SHARED)]
            nodes = self._licensed_nodes()
            links, corroborated = self._links()
            licenses = [
                LicenseCount(name, nodes[name], links[name])
                for name in sorted({*nodes, *links}, key=str.encode)
            ]
        return GraphSummary(
            sorted(degrees, key=lambda found: found.type),
            licenses,
            dict(sorted(corroborated.items())),
            sorted(shared, key=lambda found: found.type),
        )

    def _links(self) -> tuple[Counter[str], dict[str, int]]:
        """Relationships by licence, and the pairs of each relation that several sources state."""
        licenses: Counter[str] = Counter()
        corroborated = {}
        for verb in _VERBS:
            sources: Counter[str] = Counter()
            for row in self.read(_ORIGINS.format(verb)):
                licenses[row["license"]] += row["n"]
                sources[row["source"]] += row["n"]
            if len(sources) > 1:
                most = sources.most_common(1)[0][0]
                corroborated[verb] = self.read(_CORROBORATED.format(verb), most=most)[0]["n"]
        with regulation_database(raw_rows(self, current=True)) as con:
            asked = {"relation": "REGULATES"}
            licenses.update(dict(con.execute(_REGULATED_LICENSES, asked).fetchall()))
            (pairs,) = con.execute(_REGULATED_TWICE, asked).fetchall()[0]
        corroborated["REGULATES"] = pairs
        return licenses, {verb: n for verb, n in corroborated.items() if n}

    def _licensed_nodes(self) -> Counter[str]:
        """Nodes by the licence under which some source describes them."""
        stated = pa.concat_tables([_NOTHING, *self._stated_licenses()]).combine_chunks()
        meanings = self.meanings(set(stated["id"].to_pylist()))
        meaning = pa.table({"id": [*meanings.keys()], "node": [*meanings.values()]}, _MEANING)
        with duckdb.connect() as con:
            con.register("stated", stated).register("meaning", meaning)
            return Counter(dict(con.execute(_DESCRIBED).fetchall()))

    def _stated_licenses(self) -> Iterator[pa.Table]:
        """Identifiers that each load describes, with the licence of the statement."""
        found = self.read(
            "MATCH (l:KgpRecord:KgpLoad) WHERE l.published"
            " RETURN l.load_id AS load_id, l.license AS license"
        )
        for load in found:
            with parts_of(self, load["load_id"], Kind.NODES) as parts, duckdb.connect() as con:
                if parts:
                    asked = {"parts": parts, "license": load["license"]}
                    yield con.execute(_STATED, asked).to_arrow_table()


def _degrees(row: Row) -> Degrees:
    return Degrees(**{**row, "hubs": [Hub(**hub) for hub in row["hubs"]]})
