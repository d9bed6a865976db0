"""The embedded store's text of the named queries about evidence and contexts."""

from __future__ import annotations

from kgp.platform.store.embedded.schema import as_of, regulation

_SAID = f"""
WITH started AS ({regulation("r.grn = $network", "r.since AS version")}),
ended AS ({regulation("r.grn = $network AND r.until IS NOT NULL", "r.until AS version")}),
said AS (
    SELECT e.*, b.effect AS before, a.effect AS after
    FROM evidence e
    LEFT JOIN ended b USING (src, dst, layer, version)
    LEFT JOIN started a USING (src, dst, layer, version)
    WHERE e.grn = $network)
"""
"""Evidence with what each change made of its edge."""

_ENDS = "s.name AS regulator, s.id AS regulator_id, d.name AS target, d.id AS target_id"

_EVIDENCE_FOR = f"""
{_SAID}
SELECT e.layer, e.version, e.before, e.after, e.role, e.gain, x.id AS signature, x.name
FROM said e JOIN node x ON x.nid = e.signature
WHERE e.src = (SELECT nid FROM entity WHERE id = $regulator)
  AND e.dst = (SELECT nid FROM entity WHERE id = $target) AND e.version <= $version
ORDER BY e.layer, e.version, e.role DESC, abs(e.gain) DESC, x.id
"""

_AGAINST_SIGNATURE = f"""
{_SAID}
SELECT {_ENDS}, e.layer, e.version, e.before, e.after, e.role, e.gain
FROM said e JOIN node s ON s.nid = e.src JOIN node d ON d.nid = e.dst
WHERE e.signature = (SELECT nid FROM entity WHERE id = $signature)
ORDER BY e.version, e.role DESC, regulator, target, e.layer, regulator_id, target_id
"""

_CONTRADICTED = f"""
WITH held AS ({as_of("$version").replace("$grn", "$network")})
SELECT {_ENDS}, r.layer, r.effect, r.since AS since_version, r.confidence,
       count(*) FILTER (e.role = 'supports') AS supporting,
       count(*) FILTER (e.role = 'contradicts') AS contradicting,
       min(e.gain) FILTER (e.role = 'contradicts') AS strongest
FROM held r
JOIN evidence e ON e.grn = r.grn AND e.src = r.src AND e.dst = r.dst AND e.layer = r.layer
 AND e.version = r.since
JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
GROUP BY ALL HAVING contradicting > 0
ORDER BY contradicting DESC, strongest, regulator, target, r.layer, regulator_id, target_id
"""

_UNPERTURBED = """
SELECT s.name AS regulator, s.id AS regulator_id, count(DISTINCT r.dst) AS targets
FROM regulates r JOIN node s ON s.nid = r.src
WHERE r.grn = $network
  AND r.src NOT IN (SELECT p.dst FROM edge p WHERE p.type = 'PERTURBS')
GROUP BY s.name, s.id ORDER BY targets DESC, regulator, regulator_id
"""

_BETWEEN = f"""
WITH ours AS (SELECT * FROM regulates WHERE grn = $network),
theirs AS (SELECT * FROM regulates WHERE grn = $fork),
lost AS (
    SELECT * FROM ({regulation("r.grn = $fork AND r.until IS NOT NULL", "r.until AS version")})
    QUALIFY version = max(version) OVER (PARTITION BY src, dst, layer)),
differing AS (
    SELECT src, dst, layer, o.effect, t.effect AS fork_effect,
           coalesce(t.since, l.version) AS fork_version,
           CASE WHEN t.effect IS NULL THEN l.end_confidence ELSE t.confidence END AS confidence,
           CASE WHEN t.effect IS NULL THEN l.end_evidence ELSE t.evidence END ->> '$.reason'
               AS reason
    FROM ours o FULL JOIN theirs t USING (src, dst, layer)
    LEFT JOIN lost l USING (src, dst, layer)
    WHERE o.effect IS DISTINCT FROM t.effect)
SELECT {_ENDS}, r.layer, r.effect, r.fork_effect, r.fork_version, r.confidence, r.reason
FROM differing r JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
ORDER BY regulator, target, r.layer, regulator_id, target_id
"""

EVIDENCE_SQL: dict[str, str] = {
    "between-contexts": _BETWEEN,
    "contradicted-edges": _CONTRADICTED,
    "edges-against-signature": _AGAINST_SIGNATURE,
    "evidence-for": _EVIDENCE_FOR,
    "unperturbed-regulators": _UNPERTURBED,
}
