"""The named queries about evidence and contexts, answered from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.kg_schema.properties import EMPTY, unpack
from kgp.platform.store.records import CONTRADICTS, SUPPORTS
from kgp.testing.memory.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.testing.memory.content import Row

_ENDS = ("regulator", "regulator_id", "target", "target_id", "layer")
EVIDENCE_COLUMNS: dict[str, tuple[str, ...]] = {
    "between-contexts": (
        *_ENDS,
        *("effect", "fork_effect", "fork_version", "confidence", "reason"),
    ),
    "contradicted-edges": (
        *(*_ENDS, "effect", "since_version", "confidence"),
        *("supporting", "contradicting", "strongest"),
    ),
    "edges-against-signature": (*_ENDS, "version", "before", "after", "role", "gain"),
    "evidence-for": (
        *("layer", "version", "before", "after", "role", "gain"),
        *("signature", "name"),
    ),
    "unperturbed-regulators": ("regulator", "regulator_id", "targets"),
}


class EvidenceQueries(Graph):
    """Their parameters are declared in :mod:`kgp.platform.query_catalogue`."""

    def _name(self, node: str) -> str:
        return self.world.nodes[node].name

    def _ends(self, src: str, dst: str) -> tuple[str, str, str, str]:
        return self._name(src), src, self._name(dst), dst

    def _said(self, network: str, version: int | None = None) -> Iterator[Row]:
        """Evidence with what each change made of its edge."""
        started = {(*_key(r), r["since"]): r["effect"] for r in self.states(network, "since")}
        ended = {(*_key(r), r["until"]): r["effect"] for r in self.states(network, "until")}
        for row in self.known_evidence(network, version):
            key = *_key(row), row["version"]
            yield {**row, "before": ended.get(key), "after": started.get(key)}

    def _evidence_for(
        self, regulator: str, target: str, network: str, version: int
    ) -> list[tuple[Any, ...]]:
        pair = self.world.node_of(regulator), self.world.node_of(target)
        rows = [r for r in self._said(network, version) if (r["src"], r["dst"]) == pair]
        rows.sort(key=lambda r: (r["layer"], r["version"], _first(r), -abs(r["gain"])))
        columns = EVIDENCE_COLUMNS["evidence-for"][:-1]
        return [(*(r[c] for c in columns), self._name(r["signature"])) for r in rows]

    def _edges_against_signature(self, signature: str, network: str) -> list[tuple[Any, ...]]:
        node = self.world.node_of(signature)
        rows = [r for r in self._said(network) if r["signature"] == node]
        columns = EVIDENCE_COLUMNS["edges-against-signature"][4:]
        found = [
            ((r["version"], _first(r)), *self._ends(r["src"], r["dst"]), *(r[c] for c in columns))
            for r in rows
        ]
        found.sort(key=lambda r: (r[0], r[1], r[3], r[5], r[2], r[4]))
        return [row[1:] for row in found]

    def _contradicted_edges(self, network: str, version: int) -> list[tuple[Any, ...]]:
        said = list(self.known_evidence(network))
        rows = []
        for held in self.as_of(network, version):
            about = [e for e in said if (_key(e), e["version"]) == (_key(held), held["since"])]
            gains = {
                role: [e["gain"] for e in about if e["role"] == role]
                for role in (SUPPORTS, CONTRADICTS)
            }
            counts = len(gains[SUPPORTS]), len(gains[CONTRADICTS])
            if counts[1]:
                state = (held[c] for c in ("layer", "effect", "since", "confidence"))
                ends = self._ends(held["src"], held["dst"])
                rows.append((*ends, *state, *counts, min(gains[CONTRADICTS])))
        return sorted(rows, key=lambda r: (-r[9], r[10], r[0], r[2], r[4], r[1], r[3]))

    def _unperturbed_regulators(self, network: str) -> list[tuple[Any, ...]]:
        perturbed = {dst for kind, _, dst, *_ in self.world.edges if kind == "PERTURBS"}
        targets: dict[str, set[str]] = {}
        for row in self.current(network):
            if row["src"] not in perturbed:
                targets.setdefault(row["src"], set()).add(row["dst"])
        rows = [(self._name(src), src, len(dst)) for src, dst in targets.items()]
        return sorted(rows, key=lambda r: (-r[2], r[0], r[1]))

    def _between_contexts(self, network: str, fork: str) -> list[tuple[Any, ...]]:
        ours, theirs = ({_key(r): r for r in self.current(name)} for name in (network, fork))
        lost = {_key(row): row for row in self.states(fork, "until")}
        rows: list[tuple[Any, ...]] = []
        for key in ours.keys() | theirs.keys():
            effect, fork_effect = (net.get(key, {}).get("effect") for net in (ours, theirs))
            if effect == fork_effect:
                continue
            if key in theirs:
                row, prefix, version = theirs[key], "", theirs[key]["since"]
            else:
                row, prefix = lost.get(key, {}), "end_"
                version = row.get("until")
            reason = unpack(row.get(f"{prefix}evidence") or EMPTY).get("reason")
            about = effect, fork_effect, version, row.get(f"{prefix}confidence"), reason
            rows.append((*self._ends(*key[:2]), key[2], *about))
        return sorted(rows, key=lambda r: (r[0], r[2], r[4], r[1], r[3]))


def _key(row: Row) -> tuple[str, str, str]:
    return row["src"], row["dst"], row["layer"]


def _first(row: Row) -> bool:
    """What sorts support before contradiction."""
    return bool(row["role"] != SUPPORTS)
