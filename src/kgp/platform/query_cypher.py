"""The named queries in Cypher, as the Neo4j store runs them and the cook-book prints them.

Several names of one gene may have brought several rows for one pair and layer, so each query
gathers the effects of a pair: ``unknown`` yields to a known one, and two known ones are ``dual``.

What an experiment says of a changed edge is a relationship
``(:Signature)-[:SUPPORTS|CONTRADICTS {grn, src, layer, version, gain}]->(target)``: ``src`` is the
regulator's id, because no relationship can end at another.
"""

from __future__ import annotations

from kgp.platform.store.similarity import CANDIDATES, DIGITS, NEAREST


def known(row: str) -> str:
    """Gather the known effects of the rows ``row`` of one pair."""
    return f"collect(DISTINCT nullIf({row}.effect, 'unknown'))"


def merged(effects: str) -> str:
    """The one effect that several of one pair make."""
    return f"CASE size({effects}) WHEN 0 THEN 'unknown' WHEN 1 THEN {effects}[0] ELSE 'dual' END"


ENDS = """\
s.name AS regulator, s.id AS regulator_id,
       d.name AS target, d.id AS target_id"""

_CURRENT = f"""\
WHERE r.until IS NULL
WITH s, d, r.layer AS layer, {known("r")} AS effects,
     max(r.since) AS since_version, max(r.confidence) AS confidence
RETURN $network AS network, {ENDS},
       {merged("effects")} AS effect,
       layer, since_version, confidence
ORDER BY regulator, target, layer, regulator_id, target_id"""

_CHANGED_EDGES = f"""\
MATCH (s:Kgp)-[r:REGULATES {{grn: $network}}]->(d:Kgp)
WHERE r.since <= $version AND (r.until IS NULL OR r.until >= $version)
WITH s, d, r.layer AS layer, r, r.since < $version AS held,
     r.until IS NULL OR r.until > $version AS holds
WITH s, d, layer, count(CASE r.until WHEN $version THEN 1 END) AS ended,
     count(CASE r.since WHEN $version THEN 1 END) AS started,
     collect(DISTINCT CASE WHEN held THEN nullIf(r.effect, 'unknown') END) AS old,
     collect(DISTINCT CASE WHEN holds THEN nullIf(r.effect, 'unknown') END) AS new,
     max(CASE WHEN holds THEN r.confidence END) AS confidence
WHERE ended > 0 OR started > 0
RETURN {ENDS}, layer,
       CASE WHEN ended > 0
            THEN {merged("old")} END AS before,
       CASE WHEN started > 0
            THEN {merged("new")} END AS after,
       CASE WHEN started > 0 THEN confidence END AS confidence
ORDER BY regulator, target, layer, regulator_id, target_id"""

_DRUGS_ON_CHANGED = """\
MATCH (g:Kgp)-[r:REGULATES {grn: $network}]->(t:Kgp)
WHERE r.since = $version OR r.until = $version
MATCH (drug:Kgp)-[:TARGETS]->(g)
WITH g, t, drug.name AS drug ORDER BY drug
RETURN g.name AS regulator, g.id AS regulator_id, count(DISTINCT t) AS changed_targets,
       collect(DISTINCT drug) AS drugs
ORDER BY changed_targets DESC, regulator, regulator_id"""

_DRUGS_ON_TARGETS = f"""\
MATCH (:Kgp {{id: $gene}})-[r:REGULATES {{grn: $network}}]->(d:Kgp)
WHERE r.until IS NULL
WITH d, r.layer AS layer, {known("r")} AS effects
MATCH (drug:Kgp)-[t:TARGETS]->(d)
RETURN DISTINCT d.name AS target, d.id AS target_id,
       {merged("effects")} AS effect,
       drug.name AS drug, drug.id AS drug_id, t.source AS source
ORDER BY target, drug, target_id, drug_id, source, effect"""

_DRUGS_TARGETING = """\
MATCH (drug:Kgp&Drug)-[t:!REGULATES]->(:Kgp {id: $gene})
RETURN DISTINCT drug.name AS drug, drug.id AS drug_id, type(t) AS relation,
       t.qualifier AS qualifier, t.source AS source
ORDER BY drug, relation, qualifier, source, drug_id"""

_SIGNATURES_OF = """\
MATCH (s:Kgp)-[p:PERTURBS]->(:Kgp {id: $node})
MATCH (s)-[:PART_OF]->(f:KgpRecord:Dataset)
RETURN DISTINCT s.id AS signature, p.qualifier AS direction, f.name AS dataset
ORDER BY dataset, signature, direction"""

_UNPERTURBED = """\
MATCH (s:Kgp)-[r:REGULATES {grn: $network}]->(d:Kgp)
WHERE r.until IS NULL AND NOT EXISTS { (:Kgp)-[:PERTURBS]->(s) }
RETURN s.name AS regulator, s.id AS regulator_id, count(DISTINCT d) AS targets
ORDER BY targets DESC, regulator, regulator_id"""

_SIMILAR_TO = f"""\
MATCH (v:VectorSet {{name: $vectors}})
MATCH (n:Kgp {{id: $node}})
CALL db.index.vector.queryNodes(v.index, {CANDIDATES}, n[v.property]) YIELD node AS m, score
WHERE m <> n
RETURN m.name AS name, m.id AS id, m.type AS type,
       round(2 * score - 1, {DIGITS}) AS similarity
ORDER BY similarity DESC, id LIMIT {NEAREST}"""

GRAPH_CYPHER: dict[str, str] = {
    "changed-edges": _CHANGED_EDGES,
    "drugs-on-changed-regulators": _DRUGS_ON_CHANGED,
    "drugs-on-targets-of": _DRUGS_ON_TARGETS,
    "drugs-targeting": _DRUGS_TARGETING,
    "regulators-of": (
        f"MATCH (s:Kgp)-[r:REGULATES {{grn: $network}}]->(d:Kgp {{id: $gene}})\n{_CURRENT}"
    ),
    "signatures-of": _SIGNATURES_OF,
    "similar-to": _SIMILAR_TO,
    "targets-of": (
        f"MATCH (s:Kgp {{id: $gene}})-[r:REGULATES {{grn: $network}}]->(d:Kgp)\n{_CURRENT}"
    ),
    "unperturbed-regulators": _UNPERTURBED,
}
"""Queries about regulation and the graph; each ends with the order of its rows."""
