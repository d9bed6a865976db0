"""Operations on versioned networks that need nothing but the store's port."""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from kgp.errors import BadInputError
from kgp.kg_schema.batches import EFFECT_OF_SIGN
from kgp.platform.store.records import EdgeChange, GrnVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.platform.store.port import GrnStore, KnowledgeStore

Key = tuple[str, str, str]
"""Regulator, target, layer."""


@dataclass(frozen=True, slots=True)
class EdgeState:
    """One edge of one version."""

    src: str
    dst: str
    layer: str
    sign: int
    effect: str
    weight: float
    confidence: float | None
    sign_source: str
    evidence: dict[str, Any]
    end_confidence: float | None
    end_evidence: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EdgeDiff:
    """One edge that differs between two versions; a missing side is None."""

    src: str
    dst: str
    layer: str
    before: EdgeState | None
    after: EdgeState | None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"

    @property
    def confidence(self) -> float | None:
        """Confidence of the change; that of a removal is kept on the row that it ended."""
        if self.after is not None:
            return self.after.confidence
        return None if self.before is None else self.before.end_confidence


def edges(store: GrnStore, name: str, version: int | None = None) -> dict[Key, EdgeState]:
    """The network as of a version, by regulator, target and layer."""
    found: dict[Key, EdgeState] = {}
    for batch in store.scan_regulation(name, version):
        for row in batch.to_pylist():
            state = EdgeState(
                row["src"],
                row["dst"],
                row["layer"],
                row["sign"],
                row["effect"],
                1.0 if row["weight"] is None else row["weight"],
                row["confidence"],
                row["sign_source"],
                orjson.loads(row["evidence"] or "{}"),
                row["end_confidence"],
                orjson.loads(row["end_evidence"] or "{}"),
            )
            found[state.src, state.dst, state.layer] = state
    return found


def diff(store: GrnStore, name: str, old: int, new: int) -> list[EdgeDiff]:
    """Edges that differ between two versions, in order of regulator, target and layer."""
    before, after = edges(store, name, old), edges(store, name, new)
    keys = sorted(before.keys() | after.keys())
    pairs = [(key, before.get(key), after.get(key)) for key in keys]
    return [EdgeDiff(*key, b, a) for key, b, a in pairs if _content(b) != _content(a)]


def _content(state: EdgeState | None) -> tuple[int, str] | None:
    return None if state is None else (state.sign, state.effect)


def apply(before: dict[Key, EdgeState], changes: Iterable[EdgeDiff]) -> dict[Key, EdgeState]:
    """Apply a diff to the state that it was taken from."""
    result = dict(before)
    for change in changes:
        key = (change.src, change.dst, change.layer)
        if change.after is None:
            del result[key]
        else:
            result[key] = change.after
    return result


def rollback(store: KnowledgeStore, name: str, to: int) -> GrnVersion:
    """Write a new version that equals version ``to``; history itself is never rewritten.

    Raises:
        BadInputError: if the network does not differ from that version.
    """
    head = store.grn_versions(name)[-1].version
    changes = [_restored(d, to) for d in diff(store, name, head, to)]
    if not changes:
        raise BadInputError(
            f"Version {head} of {name!r} equals version {to} already; nothing to roll back.",
            command=f"kgp grn log {name}",
        )
    version = new_version(name, head, "rollback", {"to": to}, "", {"edges": len(changes)})
    return store.commit_version(version, changes)


def _restored(change: EdgeDiff, to: int) -> EdgeChange:
    """The change that brings an edge back to what it was in version ``to``."""
    end = change.src, change.dst, change.layer
    if change.after is None:
        return EdgeChange(*end, None, "", None, {"rollback_to": to})
    was = change.after
    evidence = {"rollback_to": to, **was.evidence}
    return EdgeChange(*end, was.sign, was.effect, was.confidence, evidence, was.weight)


def new_version(
    name: str,
    parent: int,
    method: str,
    parameters: dict[str, Any],
    data_hash: str,
    metrics: dict[str, Any],
) -> GrnVersion:
    """A version record to commit on top of ``parent``; its number is given by the store."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return GrnVersion(
        name, parent + 1, parent, method, parameters, data_hash, metrics, author(), now
    )


def author() -> str:
    """The name that a new version carries: that of the user."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a user id that has no name.
        return "unknown"


def changed_edge(
    src: str, dst: str, layer: str, sign: int, confidence: float, evidence: dict[str, Any]
) -> EdgeChange:
    """A change to +1 or -1, or to no edge where ``sign`` is 0."""
    if sign == 0:
        return EdgeChange(src, dst, layer, None, "", confidence, evidence)
    return EdgeChange(src, dst, layer, sign, EFFECT_OF_SIGN[sign], confidence, evidence)


def export(store: GrnStore, name: str, version: int | None = None) -> pa.Table:
    """The network as a table, in the columns that decoupler takes first: source, target, weight.

    A weight has the sign of its edge; it is 0 where that is dual or unknown.

    Args:
        store: where the network is.
        name: the network.
        version: default its head.
    """
    states = edges(store, name, version).values()
    return pa.table(
        {
            "source": pa.array([s.src for s in states], pa.string()),
            "target": pa.array([s.dst for s in states], pa.string()),
            "weight": pa.array([s.sign * abs(s.weight) for s in states], pa.float64()),
            "layer": pa.array([s.layer for s in states], pa.string()),
            "effect": pa.array([s.effect for s in states], pa.string()),
            "confidence": pa.array([s.confidence for s in states], pa.float32()),
            "sign_source": pa.array([s.sign_source for s in states], pa.string()),
        }
    )
