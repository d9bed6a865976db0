"""What experiments say of the changes of a network, in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.platform.store.refusals import meant_version
from kgp.testing.memory.base import Base, check_known, record_batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kgp.platform.store.records import EdgeChange, GrnVersion
    from kgp.testing.memory.content import Row

_NODES = ("src", "dst", "signature")
_COLUMNS = {
    **{"src": pa.string(), "dst": pa.string(), "layer": pa.string(), "version": pa.int32()},
    **{"signature": pa.string(), "role": pa.string(), "gain": pa.float64()},
}


class Evidence(Base):
    """Evidence of changes; each public method is documented in the port."""

    def scan_evidence(self, name: str, version: int | None = None) -> Iterator[pa.RecordBatch]:
        """Stream what experiments say of all changes up to a version."""
        rows = [tuple(row.values()) for row in self.known_evidence(name, version)]
        yield from record_batches(rows, pa.schema(list(_COLUMNS.items())))

    def edge_evidence(
        self, name: str, src: str, dst: str, version: int | None = None
    ) -> list[dict[str, Any]]:
        """What experiments say of the changes of one pair up to a version."""
        pair = self.world.node_of(src), self.world.node_of(dst)
        rows = self.known_evidence(name, version)
        return [row for row in rows if (row["src"], row["dst"]) == pair]

    def known_evidence(self, name: str, version: int | None = None) -> list[Row]:
        """One row per pair, layer, version, signature and role, in that order."""
        at = self._at(name, version)
        gains: dict[tuple[Any, ...], float] = {}
        for row in self.evidence:
            ends = {column: self.world.node_of(row[column]) for column in _NODES}
            if row["grn"] == name and row["version"] <= at and all(ends.values()):
                key = tuple((row | ends)[column] for column in _COLUMNS if column != "gain")
                gains[key] = max(gains.get(key, row["gain"]), row["gain"])
        rows = [(*key, gains[key]) for key in sorted(gains)]
        return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]

    def _at(self, name: str, version: int | None) -> int:
        """The version that is meant: by default the head."""
        check_known("network", name, self.networks)
        return meant_version(name, version, self.networks[name].head)

    def _known_signatures(self, ids: set[str]) -> set[str]:
        """Those of some identifiers that mean a Signature node."""
        nodes = {identifier: self.world.node_of(identifier) for identifier in ids}
        return {i for i, n in nodes.items() if n and self.world.nodes[n].type == "Signature"}

    def _write_evidence(self, version: GrnVersion, changes: Iterable[EdgeChange]) -> None:
        self.evidence += [
            {
                "grn": version.grn,
                "src": change.src,
                "dst": change.dst,
                "layer": change.layer,
                "version": version.version,
                "signature": each.signature,
                "role": each.role,
                "gain": each.gain,
            }
            for change in changes
            for each in change.signatures
        ]

    def _fork_evidence(self, name: str, begun: Iterable[Row], fork: str) -> None:
        """Let a fork know what made the rows that it begins with."""
        made = {(row["src"], row["dst"], row["layer"], row["since"]) for row in begun}
        self.evidence += [
            {**row, "grn": fork, "version": 1}
            for row in self.evidence
            if row["grn"] == name and (row["src"], row["dst"], row["layer"], row["version"]) in made
        ]
