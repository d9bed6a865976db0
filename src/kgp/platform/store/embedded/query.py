"""The embedded store's own text of every named query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.platform.store.embedded.evidence_query import EVIDENCE_SQL
from kgp.platform.store.embedded.schema import as_of
from kgp.platform.store.embedded.vectors import Vectors
from kgp.platform.store.similarity import exact_nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from kgp.platform.store.similarity import VectorReader

_NODE = "(SELECT nid FROM entity WHERE id = ${})"

_REGULATION = """
SELECT r.grn AS network, s.name AS regulator, s.id AS regulator_id, d.name AS target,
       d.id AS target_id, r.effect, r.layer, r.since AS since_version, r.confidence
FROM regulates r JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
WHERE r.grn = $network AND {condition}
ORDER BY regulator, target, r.layer, regulator_id, target_id
"""

_CHANGES = f"""
WITH ended AS (SELECT * FROM ({as_of("$version - 1")}) WHERE until = $version),
started AS (SELECT * FROM ({as_of("$version")}) WHERE since = $version),
changed AS (
    SELECT src, dst, layer, e.effect AS before, s.effect AS after, s.confidence
    FROM ended e FULL JOIN started s USING (src, dst, layer))
""".replace("$grn", "$network")

_CHANGED = f"""
{_CHANGES}
SELECT s.name AS regulator, s.id AS regulator_id, d.name AS target, d.id AS target_id, c.layer,
       c.before, c.after, c.confidence
FROM changed c JOIN node s ON s.nid = c.src JOIN node d ON d.nid = c.dst
ORDER BY regulator, target, c.layer, regulator_id, target_id
"""

SQL: dict[str, str] = EVIDENCE_SQL | {
    "regulators-of": _REGULATION.format(condition=f"r.dst = {_NODE.format('gene')}"),
    "targets-of": _REGULATION.format(condition=f"r.src = {_NODE.format('gene')}"),
    "changed-edges": _CHANGED,
    "drugs-on-changed-regulators": f"""
        {_CHANGES}
        SELECT g.name AS regulator, g.id AS regulator_id, count(DISTINCT r.dst) AS changed_targets,
               list_sort(list(DISTINCT drug.name)) AS drugs
        FROM changed r JOIN node g ON g.nid = r.src
        JOIN edge t ON t.dst = r.src AND t.type = 'TARGETS'
        JOIN node drug ON drug.nid = t.src
        GROUP BY g.name, g.id ORDER BY changed_targets DESC, regulator, regulator_id""",
    "drugs-on-targets-of": """
        SELECT DISTINCT d.name AS target, d.id AS target_id, r.effect, drug.name AS drug,
               drug.id AS drug_id, t.source
        FROM regulates r JOIN node d ON d.nid = r.dst
        JOIN edge t ON t.dst = r.dst AND t.type = 'TARGETS'
        JOIN node drug ON drug.nid = t.src
        WHERE r.grn = $network AND r.src = """
    + _NODE.format("gene")
    + " ORDER BY target, drug, target_id, drug_id, t.source, r.effect",
    "drugs-targeting": """
        SELECT DISTINCT drug.name AS drug, drug.id AS drug_id, t.type AS relation, t.qualifier,
               t.source
        FROM edge t JOIN node drug ON drug.nid = t.src
        WHERE drug.type = 'Drug' AND t.dst = """
    + _NODE.format("gene")
    + " ORDER BY drug, relation, t.qualifier, t.source, drug_id",
    "signatures-of": """
        SELECT DISTINCT s.id AS signature, p.qualifier AS direction, f.dataset
        FROM edge p JOIN node s ON s.nid = p.src
        JOIN entity e ON e.nid = s.nid JOIN effect f USING (eid)
        WHERE p.type = 'PERTURBS' AND p.dst = """
    + _NODE.format("node")
    + " ORDER BY f.dataset, signature, direction",
}


class Queries(Vectors):
    """Named queries; their parameters are declared in :mod:`kgp.platform.query_catalogue`."""

    def named_query(self, name: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run the query ``name`` with checked parameters."""
        if name == "similar-to":
            store: VectorReader = self  # type: ignore[assignment]  # the mixed class is the store
            return exact_nearest(store, parameters["vectors"], parameters["node"])
        return self.table(SQL[name], **parameters)
