"""What a text may mean in Neo4j, and which aliases mean several nodes.

The server gives the candidates, the embedded store's own SQL ranks them: so both stores answer
alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from kgp.kg_schema.properties import EMPTY
from kgp.platform.store.names import as_curie, most_edits
from kgp.platform.store.neo4j.candidates import Candidates, Xref, ranked
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.records import Ambiguities, AmbiguousAlias

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

    from kgp.platform.store.neo4j.session import Row
    from kgp.platform.store.records import Found

_IDENTIFIERS = """
MATCH (i:KgpIdentifier) WHERE i.lower IN $spellings RETURN i.id AS id
UNION MATCH (i:KgpIdentifier) WHERE i.local IN $locals RETURN i.id AS id"""

_CLAIMS = """
UNWIND $ids AS id MATCH (i:KgpIdentifier {id: id})<-[x:XREF]-(c:KgpIdentifier)
RETURN c.id AS id, i.id AS other, x.kind AS kind
UNION
UNWIND $ids AS id MATCH (i:KgpIdentifier {id: id})-[x:XREF {kind: 'exact'}]->(c:KgpIdentifier)
RETURN i.id AS id, c.id AS other, x.kind AS kind"""

_MEANINGS = """
UNWIND $ids AS id MATCH (i:KgpIdentifier {id: id})
OPTIONAL MATCH (i)-[:MEANS]->(n:Kgp)
RETURN id, coalesce(n.id, i.stands_for, i.id) AS representative"""

_NODE = f"""
n.id AS id, n.type AS type, n.name AS name, coalesce(n.properties, '{EMPTY}') AS properties"""

_NODES = f"UNWIND $ids AS id MATCH (n:Kgp {{id: id}}) RETURN {_NODE}"

_NAMED = f"""
MATCH (n:Kgp)
WHERE n.lower = $low OR toLower(n.id) IN $spellings
   OR toLower(substring(n.id, size(split(n.id, ':')[0]) + 1)) IN $locals
   OR toLower(n.properties) CONTAINS $quoted
RETURN {_NODE}"""
"""Nodes of that name or synonym, and those whose identifier no cross-reference knows."""

_PARTS = f"""
MATCH (n:Kgp) WHERE n.lower CONTAINS $low
WITH n ORDER BY size(n.name), n.id LIMIT $limit RETURN {_NODE}"""

_SIMILAR = f"""
MATCH (n:Kgp) WITH n, size(n.name) AS length
WHERE $least <= length <= $most
   OR $least <= 4 * length AND length < $least AND NOT n.name =~ '[\\\\x00-\\\\x7F]*'
RETURN {_NODE}"""
"""Names of about the length in bytes; a character has up to four."""

_AMBIGUOUS = """
MATCH (a:KgpIdentifier) WHERE a.ambiguous
CALL (a) {
    MATCH (a)<-[:XREF]-(c:KgpIdentifier) RETURN c
    UNION MATCH (a)-[:XREF {kind: 'exact'}]->(c:KgpIdentifier) RETURN c
}
OPTIONAL MATCH (c)-[:MEANS]->(n:Kgp)
WITH a, coalesce(n.id, c.stands_for, c.id) AS id, n.name AS name
WHERE id <> a.id AND NOT EXISTS { MATCH (r:KgpIdentifier {id: id}) WHERE r.ambiguous }
WITH a.id AS alias, collect(DISTINCT [id, name]) AS candidates
WHERE any(c IN candidates WHERE c[1] IS NOT NULL)
RETURN alias, candidates"""

_SHORTEST_PART = 3
"""Bytes of the shortest text that is looked for within names."""


class Names(Session):
    """Names and identifiers of the port's graph reader; each method is documented there."""

    def find(self, text: str, limit: int = 20) -> list[Found]:
        """Nodes that a text may mean, the most literal match first."""
        found = self.reading(lambda tx: _candidates(tx, text, limit))
        with ranked(found) as store:
            return store.find(text, limit)

    def similar(self, text: str, limit: int = 5) -> list[Found]:
        """Nodes whose name differs from a text by a few letters, the nearest first."""
        length, edits = len(text.encode()), most_edits(text)
        nodes = self.read(_SIMILAR, least=length - edits, most=length + edits)
        with ranked(Candidates({}, [], _by_id(nodes))) as store:
            return store.similar(text, limit)

    def ambiguous(self, limit: int | None = 20) -> Ambiguities:
        """Aliases that several nodes claim."""
        rows = sorted(self.read(_AMBIGUOUS), key=lambda row: row["alias"].encode())
        return Ambiguities(len(rows), [_alias(row) for row in rows[:limit]])


def _candidates(tx: ManagedTransaction, text: str, limit: int) -> Candidates:
    """All that may match a text, and what may claim it."""
    low, curie = text.lower(), as_curie(text).lower()
    asked: dict[str, Any] = {
        "low": low,
        "spellings": [curie, low],
        "locals": [low, curie],
        "quoted": orjson.dumps(text).decode().lower(),
    }
    matching = [row["id"] for row in tx.run(_IDENTIFIERS, asked)]
    xrefs = [Xref(**row) for row in tx.run(_CLAIMS, ids=matching).data()]
    named = tx.run(_NAMED, asked).data()
    if len(text.encode()) >= _SHORTEST_PART:
        named += tx.run(_PARTS, low=low, limit=limit).data()
    nodes = _by_id(named)
    ids = {*matching, *(end for x in xrefs for end in (x.id, x.other))}
    meanings = {
        row["id"]: row["representative"] for row in tx.run(_MEANINGS, ids=sorted(ids)).data()
    }
    rest = sorted(set(meanings.values()) - set(nodes))
    return Candidates(meanings, xrefs, nodes | _by_id(tx.run(_NODES, ids=rest).data()))


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


def _alias(row: Row) -> AmbiguousAlias:
    candidates = sorted(row["candidates"], key=lambda pair: pair[0].encode())
    return AmbiguousAlias(row["alias"], {node: name or "" for node, name in candidates})
