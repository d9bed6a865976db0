"""Responses to perturbations, in the embedded store."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, unknown
from kgp.platform.store.embedded.session import Session
from kgp.platform.store.records import DatasetRecord

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_DATASETS = """
SELECT d.dataset, d.space, d.measure, d.censored, d.organism,
       (SELECT count(*) FROM effect e WHERE e.dataset = d.dataset),
       (SELECT count(*) FROM feature f WHERE f.space = d.space AND f.load = d.load)
FROM dataset d ORDER BY d.dataset
"""

_FEATURES = """
SELECT coalesce(n.id, e.id) FROM dataset d
JOIN feature f ON f.space = d.space AND f.load = d.load
JOIN entity e USING (eid) LEFT JOIN node n USING (nid)
WHERE d.dataset = ? ORDER BY f.position
"""

_SIGNATURES = """
WITH measured AS (
    SELECT src, min(n.id) AS context FROM edge JOIN node n ON n.nid = edge.dst
    WHERE edge.type = 'MEASURED_IN' GROUP BY src),
perturbed AS (
    SELECT p.src, list(n.id ORDER BY n.id) AS perturbed,
           list(direction ORDER BY n.id, direction) AS direction
    FROM (SELECT DISTINCT src, dst,
                 CASE qualifier WHEN '1' THEN 1 WHEN '-1' THEN -1 ELSE 0 END AS direction
          FROM edge WHERE type = 'PERTURBS') p
    JOIN node n ON n.nid = p.dst GROUP BY p.src)
SELECT coalesce(s.id, e.id) AS signature, coalesce(p.perturbed, []) AS perturbed,
       coalesce(p.direction, []) AS direction, m.context,
       coalesce(s.properties, '{}') AS properties
FROM effect f JOIN entity e USING (eid) LEFT JOIN node s USING (nid)
LEFT JOIN perturbed p ON p.src = s.nid LEFT JOIN measured m ON m.src = s.nid
WHERE f.dataset = ? ORDER BY signature
"""

_EFFECTS = """
SELECT coalesce(n.id, e.id) AS signature, f.features, f.values, f.errors, f.df
FROM effect f JOIN entity e USING (eid) LEFT JOIN node n USING (nid)
WHERE f.dataset = ? ORDER BY signature
"""


class Responses(Session):
    """The response store of the port; each method is documented there."""

    def datasets(self) -> list[DatasetRecord]:
        """All data sets, by name."""
        found = []
        for name, space, measure, censored, organism, signatures, features in self.rows(_DATASETS):
            text = "\n".join(self._features(name))
            space_hash = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
            found.append(
                DatasetRecord(
                    name, space, space_hash, measure, censored, organism, signatures, features
                )
            )
        return found

    def features(self, dataset: str) -> list[str]:
        """Feature ids of a data set, in their order."""
        self._check_dataset(dataset)
        return self._features(dataset)

    def scan_signatures(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream what was perturbed, by signature."""
        self._check_dataset(dataset)
        yield from self.stream(_SIGNATURES, dataset)

    def scan_effects(self, dataset: str) -> Iterator[pa.RecordBatch]:
        """Stream the effects, by signature."""
        self._check_dataset(dataset)
        yield from self.stream(_EFFECTS, dataset)

    def _features(self, dataset: str) -> list[str]:
        return [row[0] for row in self.rows(_FEATURES, dataset)]

    def _check_dataset(self, dataset: str) -> None:
        known = [row[0] for row in self.rows("SELECT dataset FROM dataset")]
        if dataset not in known:
            raise BadInputError(unknown("response set", dataset, known, command="kgp stats"))
