"""Which experiments stand in which row of a picture of replicates, and what each says."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content.evidence import EdgeExperiments, Experiment

ROW, HEADING, GAP, TOP = 22.0, 22.0, 8.0, 14.0
"""Heights of a row, of a group's heading, of the gap below a group, and where the first begins."""
MOST = 40

Group = tuple[str, list["Experiment"]]
"""A heading and the experiments below it."""


def look_of_experiment(edge: EdgeExperiments, each: Experiment) -> str:
    """Whether an experiment agrees with the edge, opposes it, shows no change, or nothing."""
    if each.label in ("up", "down"):
        observed = (1 if each.label == "up" else -1) * each.direction
        return "agrees" if observed == edge.sign else "opposes" if edge.sign else "undecided"
    return "unchanged" if each.label == "unchanged" else "undecided"


def groups_of(drawn: Sequence[Experiment]) -> list[Group]:
    """Experiments by context and set of controls; the sets are numbered, their ids mean nothing."""
    keys = sorted({(each.context, each.control_set) for each in drawn})
    numbers = {c: i for i, c in enumerate(sorted({c for _, c in keys if c}), start=1)}
    groups = []
    for context, controls in keys:
        members = [e for e in drawn if (e.context, e.control_set) == (context, controls)]
        members.sort(key=lambda e: (-e.direction, e.effect or 0.0, e.signature))
        parts = [context or "context not stated"]
        parts += [f"controls {numbers[controls]}"] if controls else []
        groups.append((", ".join(parts), members))
    return groups


def heights(groups: Sequence[Group]) -> list[tuple[float, list[float]]]:
    """Where each group's heading and rows stand."""
    y, places = TOP, []
    for _, members in groups:
        rows = [y + HEADING + ROW * (i + 0.5) for i in range(len(members))]
        places.append((y + HEADING - 6, rows))
        y += HEADING + ROW * len(members) + GAP
    return places


def short_name(signature: str) -> str:
    """A signature without its prefix and the name of the set, which all here share."""
    return signature.partition("/")[2] or signature


def ends(each: Experiment) -> tuple[float, ...]:
    """Effect and interval, as far as there are any."""
    if each.effect is None or not isfinite(each.effect):
        return ()
    found = (each.low, each.effect, each.high)
    return tuple(end for end in found if end is not None and isfinite(end))


def most_precise(edge: EdgeExperiments) -> list[Experiment]:
    """The experiments with an effect, at most 40, those with the narrowest intervals."""
    return sorted((each for each in edge.experiments if ends(each)), key=_width)[:MOST]


def _width(each: Experiment) -> tuple[float, str]:
    if each.low is None or each.high is None:
        return float("inf"), each.signature
    return each.high - each.low, each.signature
