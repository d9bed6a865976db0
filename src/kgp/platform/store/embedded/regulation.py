"""Versioned regulation, in the embedded store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from kgp.platform.store.checks import check_changes, same_work
from kgp.platform.store.embedded.evidence import Evidence
from kgp.platform.store.embedded.networks import records
from kgp.platform.store.embedded.schema import as_of, regulation
from kgp.platform.store.records import GrnVersion
from kgp.platform.store.refusals import check_free_fork, check_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgp.platform.store.records import EdgeChange

_COLUMNS = """
s.id AS src, d.id AS dst, r.layer, r.sign, r.effect, r.sign_source, r.weight, r.confidence,
r.since, r.until, r.source, r.evidence, r.end_confidence, r.end_evidence
"""

AS_OF = f"""
SELECT {_COLUMNS}
FROM ({as_of("$version")}) r JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
ORDER BY s.id, d.id, r.layer
"""
"""The rows of the network ``$grn`` as of ``$version``."""

HISTORY = f"""
SELECT {_COLUMNS}
FROM ({regulation("r.grn = $grn", "r.since, r.until")}) r
JOIN node s ON s.nid = r.src JOIN node d ON d.nid = r.dst
WHERE r.src = (SELECT nid FROM entity WHERE id = $src)
  AND r.dst = (SELECT nid FROM entity WHERE id = $dst)
ORDER BY r.layer, r.since, r.until
"""
"""All rows that the network ``$grn`` ever held from ``$src`` to ``$dst``."""

_CLOSE = """
UPDATE regulation SET until = $version, end_confidence = c.confidence, end_evidence = c.evidence
FROM changed c, entity s, entity d, entity cs, entity cd
WHERE regulation.grn = $grn AND regulation.until IS NULL
  AND s.eid = regulation.src AND d.eid = regulation.dst
  AND cs.id = c.src AND cd.id = c.dst AND cs.nid = s.nid AND cd.nid = d.nid
  AND regulation.layer = c.layer
"""

_OPEN = """
INSERT INTO regulation
SELECT $grn, s.eid, d.eid, c.layer, c.sign, c.effect, c.sign_source, c.weight, c.confidence,
       $version, NULL, c.evidence, NULL, NULL, NULL
FROM changed c JOIN entity s ON s.id = c.src JOIN entity d ON d.id = c.dst
WHERE c.sign IS NOT NULL
"""

_FORK = """
INSERT INTO regulation
SELECT $fork, src, dst, layer, sign, effect, sign_source, weight, confidence, 1, NULL, evidence,
       load, NULL, NULL
FROM regulation
WHERE grn = $grn AND since <= $version AND (until IS NULL OR until > $version)
"""

_CHANGED = pa.schema(
    [
        ("src", pa.string()),
        ("dst", pa.string()),
        ("layer", pa.string()),
        ("sign", pa.int8()),
        ("effect", pa.string()),
        ("sign_source", pa.string()),
        ("weight", pa.float32()),
        ("confidence", pa.float32()),
        ("evidence", pa.string()),
    ]
)


class Regulation(Evidence):
    """The regulation store of the port; each method is documented there."""

    def scan_regulation(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream the network as of a version."""
        yield from self.stream(AS_OF, grn=name, version=self._at(name, version))

    def edge_history(self, name: str, src: str, dst: str) -> list[dict[str, Any]]:
        """All rows that the network ever held for one pair, by layer and version."""
        self._head(name)
        return records(self.execute(HISTORY, grn=name, src=src, dst=dst))

    def commit_version(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> GrnVersion:
        """Write a new version and its head in one transaction."""
        changes = check_changes(changes, self._known_signatures)
        for known in self.grn_versions(version.grn):
            if same_work(known, version):
                return known
        with self.transaction():
            head = self._head(version.grn)
            check_head(version, head)
            written = replace(version, version=head + 1)
            self._write_changes(written, changes)
            self._write_evidence(written, changes)
            self._write_version(written)
            self.execute("UPDATE grn SET head = ? WHERE name = ?", written.version, written.grn)
            return written

    def fork_grn(
        self,
        name: str,
        fork: str,
        context: str,
        author: str,
        version: int | None = None,
        *,
        time: str | None = None,
    ) -> GrnVersion:
        """Start a history of its own from a version of another network."""
        with self.transaction():
            at = self._at(name, version)
            check_free_fork(fork, [record.name for record in self.grns()], name, context)
            self.execute(_FORK, grn=name, version=at, fork=fork)
            self._fork_evidence(name, at, fork)
            parameters = {"from": name, "version": at, "context": context}
            made = time or self.now()
            first = GrnVersion(fork, 1, 0, "fork", parameters, "", {}, author, made)
            self._write_version(first)
            self.execute("INSERT INTO grn VALUES (?, 1, ?, ?)", fork, f"{name}@{at}", context)
            return first

    def _write_changes(self, version: GrnVersion, changes: list[EdgeChange]) -> None:
        self.nodes_exist({c.src for c in changes} | {c.dst for c in changes})
        rows = [
            {
                "src": c.src,
                "dst": c.dst,
                "layer": c.layer,
                "sign": c.sign,
                "effect": c.effect,
                "sign_source": f"{version.grn}@{version.version} {version.method}",
                "weight": c.weight,
                "confidence": c.confidence,
                "evidence": orjson.dumps(c.evidence, option=orjson.OPT_SORT_KEYS).decode(),
            }
            for c in changes
        ]
        with self.registered("changed", pa.Table.from_pylist(rows, _CHANGED)):
            self.execute(_CLOSE, grn=version.grn, version=version.version)
            self.execute(_OPEN, grn=version.grn, version=version.version)
