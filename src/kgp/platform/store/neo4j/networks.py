"""Networks and the records of their versions, in Neo4j."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError, unknown
from kgp.platform.store.neo4j.session import Session
from kgp.platform.store.records import GrnRecord, GrnVersion
from kgp.platform.store.refusals import meant_version

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

_NETWORKS = """
MATCH (g:KgpRecord:Grn)
RETURN g.name AS name, g.head AS head, g.forked_from AS forked_from, g.context AS context"""

_VERSIONS = """
MATCH (v:KgpRecord:GrnVersion)-[:VERSION_OF]->(:KgpRecord:Grn {key: $key})
RETURN v {.*} AS version ORDER BY v.version"""

_WRITE_VERSION = """
MATCH (g:KgpRecord:Grn {key: $network})
CREATE (v:KgpRecord:GrnVersion {key: $key})-[:VERSION_OF]->(g)
SET v += $version
WITH v MATCH (p:KgpRecord:GrnVersion {key: $parent})
CREATE (v)-[:AFTER]->(p)"""


class Networks(Session):
    """What there is of networks; each public method is documented in the port."""

    def grns(self) -> list[GrnRecord]:
        """All networks, by name."""
        return self.reading(known_networks)

    def grn_versions(self, name: str) -> list[GrnVersion]:
        """History of a network, oldest first."""
        self._head(name)
        return self.reading(lambda tx: known_versions(tx, name))

    def _head(self, name: str) -> int:
        return head_of(self.grns(), name)

    def _at(self, name: str, version: int | None) -> int:
        """The version that is meant: by default the head."""
        return version_of(self.grns(), name, version)


def known_networks(tx: ManagedTransaction) -> list[GrnRecord]:
    """All networks, by name (bytewise)."""
    found = [GrnRecord(**row) for row in tx.run(_NETWORKS).data()]
    return sorted(found, key=lambda record: record.name.encode())


def known_versions(tx: ManagedTransaction, name: str) -> list[GrnVersion]:
    """History of a network, oldest first."""
    rows = tx.run(_VERSIONS, key=network_key(name)).data()
    return [_version(row["version"]) for row in rows]


def head_of(networks: list[GrnRecord], name: str) -> int:
    """The newest version of a network.

    Raises:
        BadInputError: for a network that is not there.
    """
    heads = {record.name: record.head for record in networks}
    if name not in heads:
        raise BadInputError(
            unknown("network", name, heads, command="kgp load trrust FILE --name NAME")
        )
    return heads[name]


def version_of(networks: list[GrnRecord], name: str, version: int | None) -> int:
    """The version of a network that is meant: by default the head.

    Raises:
        BadInputError: for a network or a version that is not there.
    """
    return meant_version(name, version, head_of(networks, name))


def network_key(name: str) -> str:
    """Key of a network's record."""
    return f"grn/{name}"


def version_key(name: str, version: int) -> str:
    """Key of the record of one version."""
    return f"version/{name}/{version}"


def write_version(tx: ManagedTransaction, v: GrnVersion) -> None:
    """Write the record of a version, behind that of its parent; its network must be there."""
    fields: dict[str, Any] = {
        **{"grn": v.grn, "version": v.version, "parent": v.parent, "method": v.method},
        **{"parameters": json_text(v.parameters), "metrics": json_text(v.metrics)},
        **{"data_hash": v.data_hash, "author": v.author, "time": v.time},
    }
    tx.run(
        _WRITE_VERSION,
        network=network_key(v.grn),
        key=version_key(v.grn, v.version),
        parent=version_key(v.grn, v.parent),
        version=fields,
    )


def json_text(value: dict[str, Any]) -> str:
    """An object as JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _version(row: dict[str, Any]) -> GrnVersion:
    return GrnVersion(
        grn=row["grn"],
        version=row["version"],
        parent=row["parent"],
        method=row["method"],
        parameters=orjson.loads(row["parameters"]),
        data_hash=row["data_hash"],
        metrics=orjson.loads(row["metrics"]),
        author=row["author"],
        time=row["time"],
    )
