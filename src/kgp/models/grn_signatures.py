"""Which signatures of a set speak about a network: what they perturb, where, and beside which."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgp.models.refinement.perturbations import Seeds
    from kgp.platform.store.port import KnowledgeStore

CONTEXT_NAMES = ("context", "cell", "strain")
"""What a user may call the cell line or strain of a signature, by its name or its CURIE."""

_TYPICAL = 60
"""Longest value of a property that an error lists."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One signature whose perturbed genes all belong to the network.

    Args:
        signature: its id.
        seeds: position and direction of every perturbed gene, in the set's order.
        group: what it shares with others; signatures of one group are not independent.
    """

    signature: str
    seeds: Seeds
    group: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The signatures that speak, and how many others do not, by reason."""

    chosen: dict[str, Chosen]
    left_out: dict[str, int]


def choose_signatures(
    store: KnowledgeStore,
    dataset: str,
    place: Mapping[str, int],
    where: Mapping[str, str] | None = None,
) -> Choice:
    """Choose the signatures that perturb genes of a network and nothing else.

    Args:
        store: where the set is.
        dataset: its name.
        place: gene of the network → position.
        where: property, or one of ``CONTEXT_NAMES``, → the value that it must have; letters count
            alike in either case.

    Raises:
        BadInputError: for a property or a value that no signature of the set has.
    """
    rows = [_Row.of(row) for batch in store.scan_signatures(dataset) for row in batch.to_pylist()]
    rows = _restrict(rows, where or {}, _context_names(store, rows), dataset)
    groups = _groups(rows)
    chosen: dict[str, Chosen] = {}
    left_out: Counter[str] = Counter()
    for row, group in zip(rows, groups, strict=True):
        reason = row.unfit(place)
        if reason:
            left_out[reason] += 1
        else:
            seeds = tuple((place[gene], sign) for gene, sign in row.perturbed)
            chosen[row.signature] = Chosen(row.signature, seeds, group)
    return Choice(chosen, dict(left_out))


@dataclass(frozen=True, slots=True)
class _Row:
    """A signature as a store gives it."""

    signature: str
    perturbed: tuple[tuple[str, int], ...]
    context: str
    about: dict[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> _Row:
        pairs = zip(row["perturbed"] or (), row["direction"] or (), strict=True)
        about = orjson.loads(row["properties"] or "{}")
        return cls(row["signature"], tuple(pairs), row["context"] or "", about)

    def unfit(self, place: Mapping[str, int]) -> str:
        """Why this signature says nothing about a network; empty where it does."""
        if not self.perturbed:
            return "nothing perturbed"
        if any(sign == 0 for _, sign in self.perturbed):
            return "a drug"
        if any(gene not in place for gene, _ in self.perturbed):
            return "genes outside the network"
        return ""

    def has(self, key: str, value: str, names: Mapping[str, str]) -> bool:
        """Whether the property has the value, or holds it where it is a list."""
        return value.lower() in {each.lower() for each in self.values(key, names)}

    def values(self, key: str, names: Mapping[str, str]) -> list[str]:
        """The values of a property as texts."""
        if key in CONTEXT_NAMES and key not in self.about:
            return [text for text in (names.get(self.context, ""), self.context) if text]
        held = self.about.get(key)
        return [
            str(each)
            for each in (held if isinstance(held, list) else [held])
            if each not in (None, "")
        ]


def _context_names(store: KnowledgeStore, rows: Iterable[_Row]) -> dict[str, str]:
    contexts = sorted({row.context for row in rows if row.context})
    return {node["id"]: node["name"] or "" for node in store.nodes(contexts)}


def _restrict(
    rows: list[_Row], where: Mapping[str, str], names: Mapping[str, str], dataset: str
) -> list[_Row]:
    about = f"These are what the signatures of {dataset!r} have."
    for key, value in where.items():
        found = {text for row in rows for text in row.values(key, names)}
        if not found:
            keys = {name for row in rows for name in row.about}
            keys |= set(CONTEXT_NAMES) if names else set()
            raise BadInputError(unknown("property of signatures", key, keys), hint=about)
        kept = [row for row in rows if row.has(key, value, names)]
        if not kept:
            short = [text for text in found if len(text) <= _TYPICAL]
            raise BadInputError(unknown(key, value, short), hint=about)
        rows = kept
    return rows


def _groups(rows: Sequence[_Row]) -> list[str]:
    """What each signature shares with others.

    Control samples where they are named: sets that overlap are one group. Else the study, else the
    cell line or strain; else every signature stands alone.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    held = [_shared(row) for row in rows]
    for names in held:
        first = min(root(name) for name in names)
        for name in names:
            top = root(name)
            parent[max(first, top)] = first = min(first, top)
    return [root(names[0]).partition(":")[2] for names in held]


def _shared(row: _Row) -> list[str]:
    """Names of what a signature shares, with their kind in front."""
    about = row.about
    controls = about.get("controls")
    named = [f"control:{name}" for name in controls] if isinstance(controls, list) else []
    if about.get("control_set"):
        # "0" sorts before every control, so that the set gives its name to the group.
        return [f"0:{about['control_set']}", *named]
    if named:
        return named
    for kind, value in (("study", about.get("study")), ("strain", row.context)):
        if value:
            return [f"{kind}:{value}"]
    return [f"alone:{row.signature}"]
