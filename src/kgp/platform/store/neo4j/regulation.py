"""Versioned regulation, in Neo4j.

A version is written in one transaction with its head, behind a lock on the network's record, so
that of two writers exactly one finds the head where it left it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kgp.platform.store.checks import check_changes, same_work
from kgp.platform.store.embedded.regulation import AS_OF, HISTORY
from kgp.platform.store.embedded.session import BATCH_ROWS
from kgp.platform.store.neo4j.evidence import Evidence, fork_evidence, write_evidence
from kgp.platform.store.neo4j.networks import (
    head_of,
    json_text,
    known_networks,
    known_versions,
    network_key,
    version_of,
    write_version,
)
from kgp.platform.store.neo4j.regulation_rows import RAW, raw_rows, regulation_database
from kgp.platform.store.records import GrnVersion
from kgp.platform.store.refusals import check_free_fork, check_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from neo4j import ManagedTransaction

    from kgp.platform.store.records import EdgeChange

_PAIR = f"""
MATCH (s:Kgp {{id: $src}})-[r:REGULATES {{grn: $grn}}]->(d:Kgp {{id: $dst}})
RETURN s.id AS src, d.id AS dst, {", ".join(f"r.{name} AS {name}" for name in RAW.names[2:])}"""
"""The rows of one pair, as ``RAW``."""

_LOCK = "MATCH (g:KgpRecord:Grn {key: $key}) SET g.locked = true REMOVE g.locked"
"""Held until the transaction ends. The head is read by a later statement: one that also locked
would read it before it has the lock."""

_CLOSE = """
UNWIND $rows AS row
MATCH (s:Kgp {id: row.src})-[r:REGULATES {grn: $grn, layer: row.layer}]->(d:Kgp {id: row.dst})
WHERE r.until IS NULL
SET r.until = $version, r.end_confidence = row.confidence, r.end_evidence = row.evidence,
    r.end_reason = row.reason"""

_OPEN = """
UNWIND $rows AS row
MATCH (s:Kgp {id: row.src}) MATCH (d:Kgp {id: row.dst})
CREATE (s)-[r:REGULATES]->(d) SET r = row.stated"""

_FORK = """
MATCH (s:Kgp|KgpAbsent)-[r:REGULATES {grn: $grn}]->(d:Kgp|KgpAbsent)
WHERE r.since <= $version AND (r.until IS NULL OR r.until > $version)
CREATE (s)-[f:REGULATES]->(d)
SET f = properties(r), f.grn = $fork, f.since = 1
REMOVE f.until, f.end_confidence, f.end_evidence, f.end_reason"""

_HEAD = "MATCH (g:KgpRecord:Grn {key: $key}) SET g.head = $head"

_NETWORK = """
CREATE (g:KgpRecord:Grn {key: $key, name: $name, head: 1, forked_from: $origin, context: $context})
"""


class Regulation(Evidence):
    """The regulation store of the port; each method is documented there."""

    def scan_regulation(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream the network as of a version."""
        at = self._at(name, version)
        with regulation_database(raw_rows(self, name)) as con:
            relation = con.sql(AS_OF, params={"grn": name, "version": at})
            yield from relation.to_arrow_reader(BATCH_ROWS)

    def edge_history(self, name: str, src: str, dst: str) -> list[dict[str, Any]]:
        """All rows that the network ever held for one pair, by layer and version."""
        self._head(name)
        known = self.meanings({src, dst})
        pair = {"grn": name, "src": known.get(src), "dst": known.get(dst)}
        raw = pa.RecordBatch.from_pylist(self.read(_PAIR, **pair), RAW)
        with regulation_database([raw]) as con:
            found = con.sql(HISTORY, params=pair).to_arrow_table()
        rows: list[dict[str, Any]] = found.to_pylist()
        return rows

    def commit_version(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> GrnVersion:
        """Write a new version and its head in one transaction."""
        changes = check_changes(changes, self._known_signatures)
        named = {end for c in changes for end in (c.src, c.dst)}
        experiments = {e.signature for c in changes for e in c.signatures}
        if known := _same(self.grn_versions(version.grn), version):
            return known

        def work(tx: ManagedTransaction) -> GrnVersion:
            self._lock(tx)
            tx.run(_LOCK, key=network_key(version.grn))
            head = head_of(known_networks(tx), version.grn)
            if known := _same(known_versions(tx, version.grn), version):
                return known
            check_head(version, head)
            written = replace(version, version=head + 1)
            self.nodes_exist(named)
            meanings = self.meanings(named | experiments)
            _write_changes(tx, written, changes, meanings)
            write_evidence(tx, written, changes, meanings)
            write_version(tx, written)
            tx.run(_HEAD, key=network_key(written.grn), head=written.version)
            return written

        return self.writing(work)

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

        def work(tx: ManagedTransaction) -> GrnVersion:
            self._lock(tx)
            networks = known_networks(tx)
            at = version_of(networks, name, version)
            check_free_fork(fork, [record.name for record in networks], name, context)
            tx.run(_FORK, grn=name, version=at, fork=fork)
            fork_evidence(tx, name, at, fork)
            origin = f"{name}@{at}"
            tx.run(_NETWORK, key=network_key(fork), name=fork, origin=origin, context=context)
            parameters = {"from": name, "version": at, "context": context}
            made = time or self.now()
            first = GrnVersion(fork, 1, 0, "fork", parameters, "", {}, author, made)
            write_version(tx, first)
            return first

        return self.writing(work)

    def _lock(self, tx: ManagedTransaction) -> None:
        """Keep loads out: they note what is pending on the record that this writes."""
        self.touched(tx)
        self.refuse_pending(tx)


def _same(versions: Iterable[GrnVersion], asked: GrnVersion) -> GrnVersion | None:
    return next((known for known in versions if same_work(known, asked)), None)


def _write_changes(
    tx: ManagedTransaction,
    version: GrnVersion,
    changes: Iterable[EdgeChange],
    meanings: Mapping[str, str],
) -> None:
    """End the rows that changed, and begin those that hold from now on."""
    rows = [_row(version, change, meanings) for change in changes]
    tx.run(_CLOSE, rows=rows, grn=version.grn, version=version.version)
    tx.run(_OPEN, rows=[row for row in rows if row["stated"]["sign"] is not None])


def _row(version: GrnVersion, change: EdgeChange, meanings: Mapping[str, str]) -> dict[str, Any]:
    """One change with its nodes; ``stated`` are the properties of the row that it begins."""
    evidence, confidence = json_text(change.evidence), _single(change.confidence)
    reason = change.evidence.get("reason")
    ending = {
        "layer": change.layer,
        "confidence": confidence,
        "evidence": evidence,
        "reason": reason if isinstance(reason, str) else None,
    }
    stated = {
        **ending,
        **{"grn": version.grn, "since": version.version, "weight": _single(change.weight)},
        **{"sign": change.sign, "effect": change.effect},
        "sign_source": f"{version.grn}@{version.version} {version.method}",
        **{"src_id": change.src, "dst_id": change.dst},
    }
    ends = {"src": meanings[change.src], "dst": meanings[change.dst]}
    return {**ends, **ending, "stated": stated}


def _single(value: float | None) -> float | None:
    """A figure in single precision, as every store keeps it."""
    return None if value is None else float(np.float32(value))
