"""The named queries about evidence and contexts in Cypher."""

from __future__ import annotations

from kgp.platform.query_cypher import ENDS, known, merged

_MADE = f"""\
OPTIONAL MATCH (s)-[b:REGULATES {{grn: $network, layer: layer, until: version}}]->(d)
WITH s, d, x, layer, version, role, gain, count(b) AS ended, {known("b")} AS old
OPTIONAL MATCH (s)-[a:REGULATES {{grn: $network, layer: layer, since: version}}]->(d)
WITH s, d, x, layer, version, role, gain, ended, old, count(a) AS started,
     {known("a")} AS new"""
"""What each change made of its edge."""

_SIDES = f"""\
CASE WHEN ended > 0
            THEN {merged("old")} END AS before,
       CASE WHEN started > 0
            THEN {merged("new")} END AS after"""

_SAID = """\
WITH s, d, x, e.layer AS layer, e.version AS version, toLower(type(e)) AS role,
     max(e.gain) AS gain"""

_EVIDENCE_FOR = f"""\
MATCH (x:Kgp)-[e:SUPPORTS|CONTRADICTS {{grn: $network, src: $regulator}}]->(d:Kgp {{id: $target}})
WHERE e.version <= $version
MATCH (s:Kgp {{id: $regulator}})
{_SAID}
{_MADE}
RETURN layer, version,
       {_SIDES},
       role, gain, x.id AS signature, x.name AS name
ORDER BY layer, version, role DESC, abs(gain) DESC, signature"""

_AGAINST_SIGNATURE = f"""\
MATCH (x:Kgp {{id: $signature}})-[e:SUPPORTS|CONTRADICTS {{grn: $network}}]->(d:Kgp)
MATCH (s:Kgp {{id: e.src}})
{_SAID}
{_MADE}
RETURN {ENDS}, layer, version,
       {_SIDES},
       role, gain
ORDER BY version, role DESC, regulator, target, layer, regulator_id, target_id"""

_CONTRADICTED = f"""\
MATCH (s:Kgp)-[r:REGULATES {{grn: $network}}]->(d:Kgp)
WHERE r.since <= $version AND (r.until IS NULL OR r.until > $version)
WITH s, d, r.layer AS layer, {known("r")} AS effects,
     max(r.since) AS since_version, max(r.confidence) AS confidence
MATCH (x:Kgp)-[e:SUPPORTS|CONTRADICTS
       {{grn: $network, src: s.id, layer: layer, version: since_version}}]->(d)
WITH s, d, layer, effects, since_version, confidence, x, type(e) AS role, max(e.gain) AS gain
WITH s, d, layer, effects, since_version, confidence,
     count(CASE role WHEN 'SUPPORTS' THEN 1 END) AS supporting,
     count(CASE role WHEN 'CONTRADICTS' THEN 1 END) AS contradicting,
     min(CASE role WHEN 'CONTRADICTS' THEN gain END) AS strongest
WHERE contradicting > 0
RETURN {ENDS}, layer,
       {merged("effects")} AS effect,
       since_version, confidence, supporting, contradicting, strongest
ORDER BY contradicting DESC, strongest, regulator, target, layer, regulator_id, target_id"""

_BETWEEN = f"""\
MATCH (s:Kgp)-[r:REGULATES]->(d:Kgp)
WHERE r.grn IN [$network, $fork] AND (r.until IS NULL OR r.grn = $fork)
WITH s, d, r.layer AS layer, r, r.until IS NULL AND r.grn = $network AS here,
     r.until IS NULL AND r.grn = $fork AS there
WITH s, d, layer, count(CASE WHEN here THEN 1 END) AS ours,
     count(CASE WHEN there THEN 1 END) AS theirs,
     collect(DISTINCT CASE WHEN here THEN nullIf(r.effect, 'unknown') END) AS our_effects,
     collect(DISTINCT CASE WHEN there THEN nullIf(r.effect, 'unknown') END) AS their_effects,
     max(CASE WHEN there THEN r.since END) AS since,
     max(CASE WHEN there THEN r.confidence END) AS sure,
     max(CASE WHEN there THEN [r.evidence, r.reason] END)[1] AS why,
     max(r.until) AS until,
     collect(CASE WHEN r.until IS NOT NULL THEN r END) AS past
WITH s, d, layer, theirs, since, sure, why, until, [p IN past WHERE p.until = until] AS lost,
     CASE WHEN ours > 0
          THEN {merged("our_effects")}
          END AS effect,
     CASE WHEN theirs > 0
          THEN {merged("their_effects")}
          END AS fork_effect
WHERE coalesce(effect, '') <> coalesce(fork_effect, '')
UNWIND CASE lost WHEN [] THEN [null] ELSE lost END AS l
WITH s, d, layer, effect, fork_effect, theirs, since, sure, why, until,
     max(l.end_confidence) AS end_sure, max([l.end_evidence, l.end_reason])[1] AS end_why
RETURN {ENDS}, layer, effect, fork_effect,
       CASE WHEN theirs > 0 THEN since ELSE until END AS fork_version,
       CASE WHEN theirs > 0 THEN sure ELSE end_sure END AS confidence,
       CASE WHEN theirs > 0 THEN why ELSE end_why END AS reason
ORDER BY regulator, target, layer, regulator_id, target_id"""

EVIDENCE_CYPHER: dict[str, str] = {
    "between-contexts": _BETWEEN,
    "contradicted-edges": _CONTRADICTED,
    "edges-against-signature": _AGAINST_SIGNATURE,
    "evidence-for": _EVIDENCE_FOR,
}
"""Queries about what experiments say, and about forks; each ends with the order of its rows."""
