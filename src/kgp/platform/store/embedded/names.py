"""What a text may mean in the embedded store, and which aliases mean several nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import orjson
import pyarrow as pa

from kgp.kg_schema.identifiers import SYMBOLS
from kgp.platform.store.embedded.merging import Merging
from kgp.platform.store.names import (
    IDENTIFIER,
    NAME,
    PART,
    SIMILAR,
    SYNONYM,
    Place,
    as_curie,
    make_found,
    most_edits,
)
from kgp.platform.store.records import Ambiguities, AmbiguousAlias

if TYPE_CHECKING:
    from kgp.platform.store.records import Found

_SYMBOLS = ", ".join(f"'{prefix}'" for prefix in SYMBOLS)
_PREFIX = "split_part({}, ':', 1)"

_MATCHING = f"""
SELECT eid, id, {_PREFIX.format("id")} IN ({_SYMBOLS}) AS symbol,
       CASE WHEN id = $text THEN {Place.IDENTIFIER}
            WHEN lower(id) = lower($curie) THEN {Place.OTHER_SPELLING}
            WHEN local IN ($text, $curie) THEN {Place.ALIAS}
            ELSE {Place.ALIAS_ANY_CASE} END AS place
FROM (SELECT eid, id, substr(id, strpos(id, ':') + 1) AS local FROM identifier)
WHERE lower(id) = lower($curie) OR lower(local) IN (lower($text), lower($curie)) OR id = $text
"""

_CLAIM = """
SELECT other AS eid, eid AS claimant FROM xref WHERE other IN (SELECT eid FROM {0})
UNION SELECT eid, other FROM xref WHERE kind = 'exact' AND eid IN (SELECT eid FROM {0})
"""
"""Who claims an identifier as its own: (identifier, claimant)."""

_IDENTIFIED = f"""
SELECT m.nid, g.id AS matched, g.place FROM matching g JOIN meaning m USING (eid)
WHERE m.nid IS NOT NULL
-- An alias of several nodes is none's own, but a text may mean each of them.
UNION ALL
SELECT b.nid, g.id,
       CASE WHEN m.rep <> m.eid OR (m.nid IS NOT NULL
                 AND NOT (g.symbol AND g.place > {Place.OTHER_SPELLING}))
            THEN {Place.OUTRANKED} ELSE g.place END
FROM claim c JOIN matching g USING (eid) JOIN meaning m USING (eid)
JOIN meaning b ON b.eid = c.claimant
WHERE b.nid IS NOT NULL AND b.nid IS DISTINCT FROM m.nid
"""

_NAMED = f"""
SELECT nid, name AS matched,
       -- The node of a symbol that found no gene is not more than that symbol.
       CASE WHEN name = $text THEN {Place.NAME} ELSE {Place.NAME_ANY_CASE} END
       + ({_PREFIX.format("id")} IN ({_SYMBOLS}))::INTEGER AS place, '{NAME}' AS how
FROM node WHERE lower(name) = lower($text)
UNION ALL
SELECT nid, other, CASE WHEN other = $text THEN {Place.ALIAS} ELSE {Place.ALIAS_ANY_CASE} END, how
FROM (SELECT nid, unnest(properties->>'$.synonyms[*]') AS other, '{SYNONYM}' AS how FROM told
      UNION ALL SELECT nid, properties->>'$.full_name', '{NAME}' FROM told)
WHERE lower(other) = lower($text)
UNION ALL
SELECT nid, name, {Place.PART}, '{PART}' FROM node
WHERE strlen($text) >= 3 AND contains(lower(name), lower($text))
"""

_FIND = f"""
WITH matching AS ({_MATCHING}), claim AS ({_CLAIM.format("matching")}),
told AS (SELECT nid, properties FROM node WHERE contains(lower(properties), lower($quoted)))
SELECT n.id, n.type, n.name, arg_min(m.matched, (m.place, m.matched, m.how)),
       arg_min(m.how, (m.place, m.matched, m.how)), min(m.place) AS place
FROM (SELECT nid, matched, place, '{IDENTIFIER}' AS how FROM ({_IDENTIFIED})
      UNION ALL {_NAMED}) m JOIN node n USING (nid)
GROUP BY n.id, n.type, n.name ORDER BY place, length(n.name), n.id LIMIT $limit
"""

_SIMILAR = """
SELECT id, type, name FROM (
    SELECT id, type, name, damerau_levenshtein(lower(name), lower($text)) AS edits
    FROM node WHERE abs(strlen(name) - strlen($text)) <= $most)
WHERE edits <= $most ORDER BY edits, length(name), id LIMIT $limit
"""

_AMBIGUOUS = f"""
WITH claim AS ({_CLAIM.format("ambiguous")})
SELECT a.id, list(struct_pack(id := r.id, name := coalesce(n.name, '')) ORDER BY r.id),
       count(*) OVER ()
FROM (SELECT DISTINCT c.eid, m.rep, m.nid FROM claim c JOIN meaning m ON m.eid = c.claimant
      WHERE m.rep <> c.eid AND m.rep NOT IN (SELECT eid FROM ambiguous)) c
JOIN identifier a ON a.eid = c.eid JOIN identifier r ON r.eid = c.rep LEFT JOIN node n USING (nid)
GROUP BY a.id HAVING count(c.nid) > 0 ORDER BY a.id LIMIT $limit
"""


class Names(Merging):
    """Names and identifiers of the port's graph reader; each method is documented there."""

    def find(self, text: str, limit: int = 20) -> list[Found]:
        """Nodes that a text may mean, the most literal match first."""
        rows = self.rows(
            _FIND,
            text=text,
            curie=as_curie(text),
            quoted=orjson.dumps(text).decode(),
            limit=limit,
        )
        return [make_found(*row) for row in rows]

    def similar(self, text: str, limit: int = 5) -> list[Found]:
        """Nodes whose name differs from a text by a few letters, the nearest first."""
        rows = self.rows(_SIMILAR, text=text, most=most_edits(text), limit=limit)
        return [
            make_found(node, kind, name, name, SIMILAR, Place.PART) for node, kind, name in rows
        ]

    def ambiguous(self, limit: int | None = 20) -> Ambiguities:
        """Aliases that several nodes claim."""
        found = np.flatnonzero(self.resolution().ambiguous)
        with self.registered("ambiguous", pa.table({"eid": found})):
            rows = self.rows(_AMBIGUOUS, limit=limit)
        aliases = [AmbiguousAlias(row[0], {c["id"]: c["name"] for c in row[1]}) for row in rows]
        return Ambiguities(rows[0][2] if rows else 0, aliases)
