"""Which changed edges a network picture shows, and where its genes stand. No randomness."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import atan2, cos, pi, sin
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ChangeSummary, EdgeState

Look = Literal["added", "removed", "flipped", "unchanged"]
Place = tuple[float, float]
"""Angle in radians (0 points right, growing clockwise as SVG's y does) and radius in pixels."""

INNER, OUTER = 84.0, 218.0


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """An edge of the picture; ``sign`` is the one it has after the change, or had if removed."""

    regulator: str
    target: str
    sign: EdgeState
    look: Look


def look_of(before: EdgeState, after: EdgeState) -> Look:
    """Name a change of an edge."""
    if before == after:
        return "unchanged"
    if before is None:
        return "added"
    return "removed" if after is None else "flipped"


def choose_edges(
    summary: ChangeSummary, n_regulators: int = 5, n_changed: int = 7, n_unchanged: int = 2
) -> list[DrawnEdge]:
    """Pick the regulators with most changes, their surest changes and a few unchanged edges."""
    drawable = [c for c in summary.changes if c.regulator != c.target]
    busiest = Counter(c.regulator for c in drawable)
    ranked = sorted(busiest, key=lambda name: (-busiest[name], name))[:n_regulators]
    chosen: list[DrawnEdge] = []
    for name in ranked:
        own = sorted(
            (c for c in drawable if c.regulator == name),
            key=lambda c: (-(c.confidence or 0.0), c.target),
        )
        chosen += [_changed(c.regulator, c.target, c.before, c.after) for c in own[:n_changed]]
        same = sorted(
            (e for e in summary.unchanged if e.regulator == name != e.target),
            key=lambda e: e.target,
        )
        chosen += [DrawnEdge(name, e.target, e.sign, "unchanged") for e in same[:n_unchanged]]
    return chosen


def _changed(regulator: str, target: str, before: EdgeState, after: EdgeState) -> DrawnEdge:
    sign = before if after is None else after
    return DrawnEdge(regulator, target, sign, look_of(before, after))


def place(edges: Sequence[DrawnEdge]) -> dict[str, Place]:
    """Put regulators on an inner ring and their targets around them on an outer one.

    Targets stand in the order of the mean direction of their regulators, evenly spaced and
    turned as a whole so that each is as near to that direction as the others allow.
    """
    regulators = list(dict.fromkeys(edge.regulator for edge in edges))
    inner = INNER if len(regulators) > 1 else 0.0
    places: dict[str, Place] = {
        name: (-pi / 2 + 2 * pi * i / len(regulators), inner) for i, name in enumerate(regulators)
    }
    targets = sorted({edge.target for edge in edges} - places.keys())
    wanted = {
        target: _mean_angle([places[e.regulator][0] for e in edges if e.target == target])
        for target in targets
    }
    order = sorted(targets, key=lambda target: (wanted[target] % (2 * pi), target))
    step = 2 * pi / max(1, len(order))
    turn = _mean_angle([wanted[target] - step * k for k, target in enumerate(order)])
    places.update({target: (turn + step * k, OUTER) for k, target in enumerate(order)})
    return places


def _mean_angle(angles: Sequence[float]) -> float:
    return atan2(sum(sin(a) for a in angles), sum(cos(a) for a in angles))
