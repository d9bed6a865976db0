"""What experiments say of the changes of a network, in the embedded store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.platform.store.embedded.networks import Networks, records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgp.platform.store.records import EdgeChange, GrnVersion

_KNOWN = """
SELECT s.id AS src, d.id AS dst, e.layer, e.version, x.id AS signature, e.role, e.gain
FROM evidence e
JOIN node s ON s.nid = e.src JOIN node d ON d.nid = e.dst JOIN node x ON x.nid = e.signature
WHERE e.grn = $grn AND e.version <= $version {condition}
ORDER BY s.id, d.id, e.layer, e.version, x.id, e.role
"""

_ALL = _KNOWN.format(condition="")

_OF_PAIR = _KNOWN.format(
    condition="""
  AND e.src = (SELECT nid FROM entity WHERE id = $src)
  AND e.dst = (SELECT nid FROM entity WHERE id = $dst)"""
)

_WRITE = """
INSERT INTO edge_evidence
SELECT $grn, s.eid, d.eid, w.layer, $version, x.eid, w.role, w.gain
FROM weighed w JOIN identifier s ON s.id = w.src JOIN identifier d ON d.id = w.dst
JOIN identifier x ON x.id = w.signature
"""

_FORK = """
INSERT INTO edge_evidence
SELECT $fork, e.src, e.dst, e.layer, 1, e.signature, e.role, e.gain
FROM edge_evidence e SEMI JOIN regulation r
  ON r.grn = e.grn AND r.src = e.src AND r.dst = e.dst AND r.layer = e.layer
 AND r.since = e.version AND r.since <= $version AND (r.until IS NULL OR r.until > $version)
WHERE e.grn = $grn
"""
"""Only what made the edges that hold: the fork's history begins with them."""

_SIGNATURES = """
SELECT e.id FROM entity e JOIN node n USING (nid)
WHERE n.type = 'Signature' AND e.id IN (SELECT unnest(?))
"""

_WEIGHED = pa.schema(
    [
        *((name, pa.string()) for name in ("src", "dst", "layer", "signature", "role")),
        ("gain", pa.float64()),
    ]
)


class Evidence(Networks):
    """Evidence of changes; each public method is documented in the port."""

    def scan_evidence(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream what experiments say of all changes up to a version."""
        yield from self.stream(_ALL, grn=name, version=self._at(name, version))

    def edge_evidence(
        self, name: str, src: str, dst: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """What experiments say of the changes of one pair up to a version."""
        at = self._at(name, version)
        return records(self.execute(_OF_PAIR, grn=name, version=at, src=src, dst=dst))

    def _known_signatures(self, ids: set[str]) -> set[str]:
        """Those of some identifiers that mean a Signature node."""
        return {row[0] for row in self.rows(_SIGNATURES, sorted(ids))} if ids else set()

    def _write_evidence(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> None:
        rows = [
            (c.src, c.dst, c.layer, e.signature, e.role, float(e.gain))
            for c in changes
            for e in c.signatures
        ]
        if not rows:
            return
        columns = zip(*rows, strict=True)
        arrays = [pa.array(c, f.type) for c, f in zip(columns, _WEIGHED, strict=True)]
        with self.registered("weighed", pa.Table.from_arrays(arrays, schema=_WEIGHED)):
            self.execute(_WRITE, grn=version.grn, version=version.version)

    def _fork_evidence(self, name: str, version: int, fork: str) -> None:
        self.execute(_FORK, grn=name, version=version, fork=fork)
