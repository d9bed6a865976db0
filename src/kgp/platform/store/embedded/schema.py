"""Tables of the embedded store.

What sources state is kept as stated (``*_statement``, ``xref``, ``regulation``), under integer
surrogates of their own CURIEs. What the graph *is* follows from that: each publish derives
``meaning`` and ``node``, and ``edge`` and ``regulates`` are views through ``meaning``. So the
order of loads cannot matter, a later identifier table re-labels everything before it, and removing
one load is a delete. No primary keys: an index on 4 M edges costs more than the whole load
(measured).
"""

from __future__ import annotations

from kgp.kg_schema.relations import RELATIONS

_UNDIRECTED = ", ".join(f"'{r.name}'" for r in RELATIONS.values() if not r.directed)

TABLES = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE load (
    load INTEGER, load_id VARCHAR, source VARCHAR, title VARCHAR, version VARCHAR,
    license VARCHAR, citation VARCHAR, url VARCHAR, synthetic BOOLEAN, rank INTEGER,
    rows_in BIGINT, rows_kept BIGINT, dropped VARCHAR, nodes BIGINT, edges BIGINT, merged BIGINT,
    loaded_at VARCHAR);
CREATE TABLE identifier (eid INTEGER, id VARCHAR);
CREATE TABLE meaning (eid INTEGER, rep INTEGER, nid INTEGER);
CREATE TABLE node_statement (
    eid INTEGER, type VARCHAR, name VARCHAR, properties VARCHAR, load INTEGER);
CREATE TABLE xref (eid INTEGER, other INTEGER, kind VARCHAR, load INTEGER);
CREATE TABLE edge_statement (
    type VARCHAR, src INTEGER, dst INTEGER, qualifier VARCHAR, properties VARCHAR, load INTEGER);
CREATE TABLE node (
    nid INTEGER, id VARCHAR, type VARCHAR, name VARCHAR, sources VARCHAR[], properties VARCHAR,
    rep INTEGER);
CREATE TABLE vector_set (
    name VARCHAR, node_type VARCHAR, encoder VARCHAR, revision VARCHAR, pooling VARCHAR,
    dimension INTEGER, precision VARCHAR, covered INTEGER, created VARCHAR, load INTEGER);
CREATE TABLE vector (name VARCHAR, eid INTEGER, vector FLOAT[], load INTEGER);
CREATE TABLE dataset (
    dataset VARCHAR, space VARCHAR, measure VARCHAR, censored BOOLEAN, organism VARCHAR,
    load INTEGER);
CREATE TABLE feature (space VARCHAR, position INTEGER, eid INTEGER, load INTEGER);
CREATE TABLE effect (
    dataset VARCHAR, eid INTEGER, features INTEGER[], "values" FLOAT[],
    errors FLOAT[], df FLOAT, load INTEGER);
CREATE TABLE grn (name VARCHAR, head INTEGER, forked_from VARCHAR, context VARCHAR);
CREATE TABLE grn_version (
    grn VARCHAR, version INTEGER, parent INTEGER, method VARCHAR, parameters VARCHAR,
    data_hash VARCHAR, metrics VARCHAR, author VARCHAR, time VARCHAR);
CREATE TABLE regulation (
    grn VARCHAR, src INTEGER, dst INTEGER, layer VARCHAR, sign TINYINT, effect VARCHAR,
    sign_source VARCHAR, weight FLOAT, confidence FLOAT, since INTEGER, until INTEGER,
    evidence VARCHAR, load INTEGER, end_confidence FLOAT, end_evidence VARCHAR);
"""

EVIDENCE = """
CREATE TABLE edge_evidence (
    grn VARCHAR, src INTEGER, dst INTEGER, layer VARCHAR, version INTEGER, signature INTEGER,
    role VARCHAR, gain DOUBLE);
CREATE VIEW evidence AS
SELECT e.grn, s.nid AS src, d.nid AS dst, e.layer, e.version, x.nid AS signature, e.role,
       max(e.gain) AS gain
FROM edge_evidence e
JOIN meaning s ON s.eid = e.src JOIN meaning d ON d.eid = e.dst
JOIN meaning x ON x.eid = e.signature
WHERE s.nid IS NOT NULL AND d.nid IS NOT NULL AND x.nid IS NOT NULL
GROUP BY ALL;
"""
"""What experiments say of the changes that versions made, and the same between nodes: one row per
network, pair, layer, version, signature and role. Since format 2."""

ENTITY_VIEW = """
CREATE VIEW entity AS
SELECT eid, id, nid FROM identifier LEFT JOIN meaning USING (eid);
"""
"""Identifiers with the node that each means, null where there is none.

``meaning`` is a table of its own, of integers only: each publish writes it anew.
"""

EDGE_VIEW = f"""
CREATE VIEW edge AS
SELECT e.type,
       CASE WHEN e.type IN ({_UNDIRECTED}) THEN least(s.nid, d.nid) ELSE s.nid END AS src,
       CASE WHEN e.type IN ({_UNDIRECTED}) THEN greatest(s.nid, d.nid) ELSE d.nid END AS dst,
       e.qualifier, l.source, l.version AS source_version, l.license, e.properties
FROM edge_statement e
JOIN meaning s ON s.eid = e.src
JOIN meaning d ON d.eid = e.dst
JOIN load l USING (load)
WHERE s.nid IS NOT NULL AND d.nid IS NOT NULL;
"""
"""Statements as relationships between nodes; several statements may share a key.

``nid`` follows the bytewise order of ids, so least/greatest orient undirected relations.
"""

SIGN = """
CASE WHEN count(*) FILTER ({0}.effect = 'dual') > 0 THEN 0
     ELSE sign(min({0}.sign) + max({0}.sign)) END::TINYINT"""
EFFECT = """
CASE WHEN max({0}.effect) FILTER ({0}.effect <> 'unknown') IS NULL THEN 'unknown'
     WHEN min({0}.effect) FILTER ({0}.effect <> 'unknown')
        = max({0}.effect) FILTER ({0}.effect <> 'unknown')
     THEN min({0}.effect) FILTER ({0}.effect <> 'unknown')
     ELSE 'dual' END"""
"""Several statements about one pair as one: those that disagree make it dual, and one without a
sign yields to one with a sign. Format with the alias of the rows."""


def regulation(alive: str, version: str = "max(r.since) AS since, min(r.until) AS until") -> str:
    """Query the regulation between nodes: one row per network, pair and layer.

    Two names of one gene may have brought two rows for one pair; they become one here and not on
    disk, because a later identifier table can join (or the removal of one can part) two genes.

    Args:
        alive: condition on the rows ``r`` that count.
        version: how ``since`` and ``until`` follow from them; bare columns keep versions apart.
    """
    return f"""
SELECT r.grn, s.nid AS src, d.nid AS dst, r.layer, {version},
       {SIGN.format("r")} AS sign, {EFFECT.format("r")} AS effect,
       min(r.sign_source) AS sign_source, max(r.weight) AS weight,
       max(r.confidence) AS confidence, min(coalesce(l.source, 'kgp')) AS source,
       max(coalesce(l.version, '')) AS source_version, min(coalesce(l.license, '')) AS license,
       max(r.evidence) AS evidence, max(r.end_confidence) AS end_confidence,
       max(r.end_evidence) AS end_evidence
FROM regulation r
JOIN meaning s ON s.eid = r.src
JOIN meaning d ON d.eid = r.dst
LEFT JOIN load l USING (load)
WHERE s.nid IS NOT NULL AND d.nid IS NOT NULL AND {alive}
GROUP BY ALL
"""


def as_of(version: str) -> str:
    """Query the network ``$grn`` as of a version, given as SQL."""
    return regulation(
        f"r.grn = $grn AND r.since <= {version} AND (r.until IS NULL OR r.until > {version})"
    )


REGULATES_VIEW = f"CREATE VIEW regulates AS {regulation('r.until IS NULL')};"
"""Regulation that holds now."""

CREATE = TABLES + EVIDENCE + ENTITY_VIEW + EDGE_VIEW + REGULATES_VIEW
