"""Operations on versioned networks that need nothing but the store's port."""

from __future__ import annotations

import getpass
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError
from kgp.kg_schema.batches import EFFECT_OF_SIGN
from kgp.platform.store.records import EdgeChange, EdgeEvidence, GrnVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.platform.store.port import GrnStore, KnowledgeStore

Key = tuple[str, str, str]
"""Regulator, target, layer."""

Said = dict[tuple[Key, int], tuple[EdgeEvidence, ...]]
"""What experiments say, by edge and by the version that made the change."""

UNSUPPORTED_HERE = "unsupported in this context"
"""Why an edge ends in a fork, unless its change says more: the data of one context do not deny what
holds in others."""


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
    since: int


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
                row["since"],
            )
            found[state.src, state.dst, state.layer] = state
    return found


def diff(store: GrnStore, name: str, old: int, new: int) -> list[EdgeDiff]:
    """Edges that differ between two versions, in order of regulator, target and layer."""
    before, after = edges(store, name, old), edges(store, name, new)
    keys = sorted(before.keys() | after.keys())
    pairs = [(key, before.get(key), after.get(key)) for key in keys]
    return [EdgeDiff(*key, b, a) for key, b, a in pairs if _content(b) != _content(a)]


def _content(state: EdgeState | None) -> tuple[int, str, float] | None:
    return None if state is None else (state.sign, state.effect, state.weight)


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
    said = _evidence_of(store, name, to)
    changes = [_restored(d, to, said) for d in diff(store, name, head, to)]
    if not changes:
        raise BadInputError(
            f"Version {head} of {name!r} equals version {to} already; nothing to roll back.",
            command=f"kgp grn log {name}",
        )
    version = new_version(name, head, "rollback", {"to": to}, "", {"edges": len(changes)})
    return commit(store, version, changes)


def _evidence_of(store: GrnStore, name: str, version: int) -> Said:
    found: Said = defaultdict(tuple)
    for batch in store.scan_evidence(name, version):
        for row in batch.to_pylist():
            key = (row["src"], row["dst"], row["layer"]), row["version"]
            found[key] += (EdgeEvidence(row["signature"], row["role"], row["gain"]),)
    return found


def _restored(change: EdgeDiff, to: int, said: Said) -> EdgeChange:
    """The change that brings an edge back to what it was in version ``to``."""
    end, why = (change.src, change.dst, change.layer), {"rollback_to": to}
    if change.after is None:
        return EdgeChange(*end, None, "", None, {**why, "reason": f"rolled back to version {to}"})
    was = change.after
    return EdgeChange(
        *end,
        was.sign,
        was.effect,
        was.confidence,
        {**was.evidence, **why},
        was.weight,
        said[end, was.since],
    )


def commit(store: KnowledgeStore, version: GrnVersion, changes: Iterable[EdgeChange]) -> GrnVersion:
    """Write a version, each change of which remembers what its edge was before.

    The evidence of a change gets ``previous_sign`` and ``previous_effect``, null where there was
    no edge. In a fork an edge that ends without a ``reason`` gets ``UNSUPPORTED_HERE``.

    Raises:
        HeadMovedError: if the head is no longer ``version.parent``.
        BadInputError: for a change that cannot be written.
    """
    changes = list(changes)
    ids = sorted({end for change in changes for end in (change.src, change.dst)})
    meant = dict(zip(ids, (node["id"] for node in store.nodes(ids)), strict=True))
    before = edges(store, version.grn, version.parent)
    forked = any(g.name == version.grn and g.forked_from for g in store.grns())
    return store.commit_version(
        version,
        [
            _remembering(c, before.get((meant[c.src], meant[c.dst], c.layer)), forked=forked)
            for c in changes
        ],
    )


def _remembering(change: EdgeChange, was: EdgeState | None, *, forked: bool) -> EdgeChange:
    evidence = {
        **change.evidence,
        "previous_sign": None if was is None else was.sign,
        "previous_effect": None if was is None else was.effect,
    }
    if forked and change.sign is None:
        evidence.setdefault("reason", UNSUPPORTED_HERE)
    return replace(change, evidence=evidence)


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
    src: str,
    dst: str,
    layer: str,
    sign: int,
    confidence: float,
    evidence: dict[str, Any],
    *,
    signatures: Iterable[EdgeEvidence] = (),
    reason: str = "",
) -> EdgeChange:
    """A change to +1 or -1, or to no edge where ``sign`` is 0.

    Args:
        src: CURIE of the regulator.
        dst: CURIE of the target.
        layer: the regulation's layer.
        sign: what the edge becomes.
        confidence: probability that the change is right.
        evidence: what else is known of the change.
        signatures: the experiments that speak for and against it.
        reason: why, in words; it stands in the evidence.
    """
    known = {**evidence, "reason": reason} if reason else evidence
    new, effect = (sign, EFFECT_OF_SIGN[sign]) if sign else (None, "")
    return EdgeChange(src, dst, layer, new, effect, confidence, known, signatures=tuple(signatures))
