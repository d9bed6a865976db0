"""The named queries, answered from memory."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from kgp.kg_schema.batches import Kind
from kgp.platform.store.similarity import DIGITS, NEAREST, SIMILAR, without_vector
from kgp.testing.memory.base import record_batches
from kgp.testing.memory.evidence_queries import EVIDENCE_COLUMNS, EvidenceQueries
from kgp.testing.memory.measured import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kgp.testing.memory.content import Row

_NETWORK = ("network", "regulator", "regulator_id", "target", "target_id", "effect", "layer")
_COLUMNS: dict[str, tuple[str, ...]] = EVIDENCE_COLUMNS | {
    "changed-edges": (
        *("regulator", "regulator_id", "target", "target_id", "layer", "before", "after"),
        "confidence",
    ),
    "drugs-on-changed-regulators": ("regulator", "regulator_id", "changed_targets", "drugs"),
    "drugs-on-targets-of": ("target", "target_id", "effect", "drug", "drug_id", "source"),
    "drugs-targeting": ("drug", "drug_id", "relation", "qualifier", "source"),
    "regulators-of": (*_NETWORK, "since_version", "confidence"),
    "signatures-of": ("signature", "direction", "dataset"),
    "targets-of": (*_NETWORK, "since_version", "confidence"),
}


class Queries(EvidenceQueries, Measured):
    """Named queries; their parameters are declared in :mod:`kgp.platform.query_catalogue`."""

    def named_query(self, name: str, parameters: Mapping[str, Any]) -> pa.Table:
        """Run the query ``name`` with checked parameters."""
        if name == "similar-to":
            return self._similar_to(**parameters)
        answer = getattr(self, "_" + name.replace("-", "_"))
        rows = [dict(zip(_COLUMNS[name], row, strict=True)) for row in answer(**parameters)]
        return pa.table({c: [row[c] for row in rows] for c in _COLUMNS[name]})

    def _similar_to(self, node: str, vectors: str) -> pa.Table:
        """Plain arithmetic, one pair of numbers after the other."""
        rows = {r["id"]: r for batch in self.scan_vectors(vectors) for r in batch.to_pylist()}
        own = self.world.node_of(node)
        if own is None or own not in rows:
            raise without_vector(node, vectors)
        found = []
        for other, row in rows.items():
            cosine = _cosine(rows[own]["vector"], row["vector"])
            if other != own and cosine is not None:
                found.append((-cosine, other))
        best = [
            (self._name(other), other, rows[other]["type"], -distance)
            for distance, other in sorted(found)[:NEAREST]
        ]
        return pa.Table.from_batches(record_batches(best, SIMILAR), SIMILAR)

    def _edges_into(self, node: str | None) -> Iterator[tuple[str, str, str, str]]:
        """Relation, drug, qualifier and source of every edge from a drug to ``node``."""
        for kind, src, dst, qualifier, source in self.world.edges:
            if dst == node and self.world.nodes[src].type == "Drug":
                yield kind, src, qualifier, source

    def _regulation(self, network: str, keep: Callable[[Row], bool]) -> list[tuple[Any, ...]]:
        rows = [
            (
                network,
                *(self._name(row["src"]), row["src"], self._name(row["dst"]), row["dst"]),
                *(row["effect"], row["layer"], row["since"], row["confidence"]),
            )
            for row in self.current(network)
            if keep(row)
        ]
        return sorted(rows, key=lambda r: (r[1], r[3], r[6], r[2], r[4]))

    def _regulators_of(self, gene: str, network: str) -> list[tuple[Any, ...]]:
        return self._regulation(network, lambda row: row["dst"] == self.world.node_of(gene))

    def _targets_of(self, gene: str, network: str) -> list[tuple[Any, ...]]:
        return self._regulation(network, lambda row: row["src"] == self.world.node_of(gene))

    def _changed(self, network: str, version: int) -> dict[tuple[str, str, str], list[Row]]:
        changed: dict[tuple[str, str, str], list[Row]] = {}
        for state, at in (("before", version - 1), ("after", version)):
            for row in self.as_of(network, at):
                if version in (row["since"], row["until"]):
                    key = row["src"], row["dst"], row["layer"]
                    changed.setdefault(key, []).append({**row, "state": state})
        return changed

    def _changed_edges(self, network: str, version: int) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for (src, dst, layer), states in self._changed(network, version).items():
            ends = self._name(src), src, self._name(dst), dst
            sides = {
                row["state"]: row
                for row in states
                if row["since" if row["state"] == "after" else "until"] == version
            }
            effects = [sides.get(side, {}).get("effect") for side in ("before", "after")]
            rows.append((*ends, layer, *effects, sides.get("after", {}).get("confidence")))
        return sorted(rows, key=lambda r: (r[0], r[2], r[4], r[1], r[3]))

    def _drugs_on_changed_regulators(self, network: str, version: int) -> list[tuple[Any, ...]]:
        targets: dict[str, set[str]] = {}
        for src, dst, _ in self._changed(network, version):
            targets.setdefault(src, set()).add(dst)
        rows = []
        for gene, changed in targets.items():
            found = self._edges_into(gene)
            drugs = sorted({self._name(drug) for kind, drug, *_ in found if kind == "TARGETS"})
            if drugs:
                rows.append((self._name(gene), gene, len(changed), drugs))
        return sorted(rows, key=lambda r: (-r[2], r[0], r[1]))

    def _drugs_on_targets_of(self, gene: str, network: str) -> list[tuple[Any, ...]]:
        rows = {
            (self._name(r["dst"]), r["dst"], r["effect"], self._name(drug), drug, source)
            for r in self.current(network)
            if r["src"] == self.world.node_of(gene)
            for kind, drug, _, source in self._edges_into(r["dst"])
            if kind == "TARGETS"
        }
        return sorted(rows, key=lambda r: (r[0], r[3], r[1], r[4], r[5], r[2]))

    def _drugs_targeting(self, gene: str) -> list[tuple[Any, ...]]:
        rows = [
            (self._name(drug), drug, kind, qualifier, source)
            for kind, drug, qualifier, source in self._edges_into(self.world.node_of(gene))
        ]
        return sorted(rows, key=lambda r: (r[0], r[2], r[3], r[4], r[1]))

    def _signatures_of(self, node: str) -> list[tuple[Any, ...]]:
        rows = {
            (src, qualifier, row["dataset"])
            for kind, src, dst, qualifier, _ in self.world.edges
            if kind == "PERTURBS" and dst == self.world.node_of(node)
            for _, row in self.stated(Kind.EFFECTS)
            if self.world.node_of(row["signature"]) == src
        }
        return sorted(rows, key=lambda r: (r[2], r[0], r[1]))


def _cosine(a: list[float], b: list[float]) -> float | None:
    """The cosine of two vectors; None where one has length 0."""
    lengths = math.hypot(*a) * math.hypot(*b)
    products = sum(x * y for x, y in zip(a, b, strict=True))
    return round(products / lengths, DIGITS) if lengths else None
