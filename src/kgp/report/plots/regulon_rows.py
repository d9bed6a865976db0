"""Which edges of a regulon are drawn, in which order. No randomness."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report.content.evidence import Regulon, RegulonEdge
from kgp.report.plots.layout import Look, look_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ChangeSummary

MOST_REGULATORS, MOST_TARGETS = 4, 40
ORDER: tuple[Look, ...] = ("added", "removed", "flipped", "unchanged")


@dataclass(frozen=True, slots=True)
class Block:
    """One regulator: the edges to draw, in order, and how many of each kind there are in all."""

    regulator: str
    drawn: tuple[RegulonEdge, ...]
    counts: Counter[Look]

    @property
    def n_edges(self) -> int:
        """Edges of the regulator in either version."""
        return sum(self.counts.values())


def look(edge: RegulonEdge) -> Look:
    """What became of an edge."""
    return look_of(edge.before, edge.after)


def blocks_of(regulon: Regulon) -> list[Block]:
    """The regulators with most changes, at most four, with 40 targets between them."""
    by_regulator: dict[str, list[RegulonEdge]] = {}
    for edge in sorted(regulon.edges, key=_choice):
        if (edge.before, edge.after) != (None, None):
            by_regulator.setdefault(edge.regulator, []).append(edge)
    ranked = sorted(by_regulator.items(), key=lambda item: (-_changed(item[1]), item[0]))
    chosen = ranked[:MOST_REGULATORS]
    room = MOST_TARGETS // max(1, len(chosen))
    return [
        Block(name, tuple(sorted(own[:room], key=_place)), Counter(map(look, own)))
        for name, own in chosen
    ]


def _changed(edges: Sequence[RegulonEdge]) -> int:
    return sum(look(edge) != "unchanged" for edge in edges)


def _choice(edge: RegulonEdge) -> tuple[bool, float, str]:
    """Which edges go first: the surest changes, then by name what did not change."""
    same = look(edge) == "unchanged"
    return same, 0.0 if same else -(edge.confidence or 0.0), edge.target


def _place(edge: RegulonEdge) -> tuple[int, float, int, str]:
    """Where an edge stands: changes by kind, the surest first; then by sign what did not change."""
    kind = ORDER.index(look(edge))
    if look(edge) != "unchanged":
        return kind, -(edge.confidence or 0.0), 0, edge.target
    return kind, 0.0, {1: 0, -1: 1}.get(edge.after or 0, 2), edge.target


def most_changed(summary: ChangeSummary) -> Regulon:
    """The regulon of the regulator with most changes, as far as a summary holds it."""
    counts = Counter(change.regulator for change in summary.changes)
    listed = {edge.regulator for edge in summary.unchanged}
    name = min(counts, key=lambda each: (-counts[each], each not in listed, each), default="")
    changed = [
        RegulonEdge(c.regulator, c.target, c.before, c.after, c.confidence)
        for c in summary.changes
        if c.regulator == name
    ]
    same = [
        RegulonEdge(e.regulator, e.target, e.sign, e.sign)
        for e in summary.unchanged
        if e.regulator == name
    ]
    edges = (*changed, *same)
    remark = "Self-loops and edges without a sign are left out."
    return Regulon(summary.network, summary.from_version, summary.to_version, edges, remark)
