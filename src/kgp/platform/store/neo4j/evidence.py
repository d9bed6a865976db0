"""What experiments say of the changes of a network, in Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.platform.store.neo4j.networks import Networks
from kgp.platform.store.records import CONTRADICTS, SUPPORTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from neo4j import ManagedTransaction

    from kgp.platform.store.records import EdgeChange, GrnVersion

_KNOWN = """
MATCH (x:Kgp)-[e:SUPPORTS|CONTRADICTS {{grn: $grn}}]->(d:Kgp{target})
WHERE e.version <= $version{condition}
MATCH (s:Kgp {{id: e.src}})
RETURN s.id AS src, d.id AS dst, e.layer AS layer, e.version AS version, x.id AS signature,
       toLower(type(e)) AS role, max(e.gain) AS gain"""

_ALL = _KNOWN.format(target="", condition="")
_OF_PAIR = _KNOWN.format(target=" {id: $dst}", condition=" AND e.src = $src")

_COLUMNS = pa.schema(
    [
        *((name, pa.string()) for name in ("src", "dst", "layer")),
        ("version", pa.int32()),
        *((name, pa.string()) for name in ("signature", "role")),
        ("gain", pa.float64()),
    ]
)

_SIGNATURES = "UNWIND $ids AS id MATCH (n:Kgp:Signature {id: id}) RETURN n.id AS id"

_TYPE = {SUPPORTS: "SUPPORTS", CONTRADICTS: "CONTRADICTS"}
"""Role → type of the relationship that says it."""

_WRITE = """
UNWIND $rows AS row
MATCH (x:Kgp {{id: row.signature}}) MATCH (d:Kgp {{id: row.dst}})
CREATE (x)-[e:{type}]->(d) SET e = row.said"""

_FORK = """
MATCH (x:Kgp|KgpAbsent)-[e:{type} {{grn: $grn}}]->(d:Kgp|KgpAbsent)
WHERE EXISTS {{
  MATCH (d)<-[r:REGULATES {{grn: $grn, layer: e.layer, since: e.version}}]-()
  WHERE r.src_id = e.src_id AND r.dst_id = e.dst_id
    AND r.since <= $version AND (r.until IS NULL OR r.until > $version)
}}
CREATE (x)-[f:{type}]->(d) SET f = properties(e), f.grn = $fork, f.version = 1"""
"""Only what made the edges that hold: the fork's history begins with them."""


class Evidence(Networks):
    """Evidence of changes; each public method is documented in the port."""

    def scan_evidence(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream what experiments say of all changes up to a version."""
        at = self._at(name, version)
        records = [r.values() for r in self.stream(_ALL, grn=name, version=at)]
        yield from _table(records).to_batches()

    def edge_evidence(
        self, name: str, src: str, dst: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """What experiments say of the changes of one pair up to a version."""
        at, known = self._at(name, version), self.meanings({src, dst})
        if src not in known or dst not in known:
            return []
        pair = {"src": known[src], "dst": known[dst]}
        records = [r.values() for r in self.stream(_OF_PAIR, grn=name, version=at, **pair)]
        rows: list[dict[str, Any]] = _table(records).to_pylist()
        return rows

    def _known_signatures(self, ids: set[str]) -> set[str]:
        """Those of some identifiers that mean a Signature node."""
        known = self.meanings(ids) if ids else {}
        found = {row["id"] for row in self.read(_SIGNATURES, ids=sorted(set(known.values())))}
        return {given for given, node in known.items() if node in found}


def _table(rows: list[list[Any]]) -> pa.Table:
    """Rows of evidence in canonical order; Arrow compares text bytewise."""
    columns = zip(*rows, strict=True) if rows else [[] for _ in _COLUMNS]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, _COLUMNS, strict=True)]
    keys = [(name, "ascending") for name in _COLUMNS.names[:-1]]
    return pa.Table.from_arrays(arrays, schema=_COLUMNS).sort_by(keys)


def write_evidence(
    tx: ManagedTransaction,
    version: GrnVersion,
    changes: Iterable[EdgeChange],
    meanings: Mapping[str, str],
) -> None:
    """Relate the experiments that speak of some changes to the targets of these.

    Args:
        tx: the transaction of the version.
        version: the one that made the changes.
        changes: the changes.
        meanings: identifier → id of its node, for all that the changes name.
    """
    rows: dict[str, list[dict[str, Any]]] = {role: [] for role in _TYPE}
    for change in changes:
        for each in change.signatures:
            said = {
                **{"grn": version.grn, "version": version.version, "layer": change.layer},
                **{"src": meanings[change.src], "gain": float(each.gain)},
                **{"src_id": change.src, "dst_id": change.dst, "signature_id": each.signature},
            }
            ends = {"signature": meanings[each.signature], "dst": meanings[change.dst]}
            rows[each.role].append({**ends, "said": said})
    for role, said_so in rows.items():
        tx.run(_WRITE.format(type=_TYPE[role]), rows=said_so)


def fork_evidence(tx: ManagedTransaction, name: str, version: int, fork: str) -> None:
    """Let a fork know what made the edges that it begins with."""
    for kind in _TYPE.values():
        tx.run(_FORK.format(type=kind), grn=name, version=version, fork=fork)
