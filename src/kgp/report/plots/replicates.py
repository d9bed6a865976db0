"""The experiments behind one edge: each effect with its interval, and what the edge expects."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import Box, figure, line, mark, svg, text, x_axis
from kgp.report.plots.lettering import BOLD, fit
from kgp.report.plots.scales import Scale, linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import EdgeState
    from kgp.report.content.evidence import EdgeExperiments, Experiment

ROW, HEADING, GAP, TOP = 22.0, 22.0, 8.0, 14.0
NAMES = 76.0
"""Where the room for the names of experiments begins, right of what was done."""
LEFT, RIGHT, WIDTH = 250.0, 570.0, 760.0
MOST = 40
LEAST = 0.01
"""The axis reaches at least so far to either side; smaller effects are none."""
SIGNS: dict[EdgeState, str] = {
    1: "activation",
    -1: "repression",
    0: "dual or unknown",
    None: "no edge",
}
DIRECTIONS = {1: "over-expression", -1: "knock-out or knock-down"}
LOOKS = ("agrees", "opposes", "unchanged", "undecided")
WORDS = {
    "agrees": "changes as the edge expects",
    "opposes": "changes the other way",
    "unchanged": "shown to be unchanged",
    "undecided": "neither change nor its absence shown",
}


def replicates_plot(edge: EdgeExperiments, key: str = "replicates") -> Node | None:
    """Draw every experiment, grouped by what it was compared with; None without any.

    The side on which the edge expects an effect is shaded row by row: a knock-out turns it round.
    At most 40 experiments are drawn, those with the narrowest intervals; the caption counts them.
    """
    known = [each for each in edge.experiments if _ends(each)]
    if not known:
        return None
    drawn = sorted(known, key=_width)[:MOST]
    groups = _groups(drawn)
    bottom = TOP + sum(HEADING + ROW * len(members) + GAP for _, members in groups)
    box = Box(LEFT, TOP, RIGHT, bottom)
    values = [value for each in drawn for value in _ends(each)]
    x = linear((*values, -LEAST, LEAST), LEFT, RIGHT)
    title = _title(edge)
    picture = svg(
        key,
        WIDTH,
        bottom + 54,
        title,
        "; ".join(_written(edge, each) for each in drawn),
        *_shading(edge, groups, x),
        x_axis(x, box, f"effect on {edge.target} ({edge.unit or 'effect'})"),
        line(x(0), TOP, x(0), bottom, "zero"),
        *_rows(edge, groups, x),
        least=560,
    )
    return figure(picture, f"{title}.", _note(edge, known, drawn), _legend(), "wide")


def look_of_experiment(edge: EdgeExperiments, each: Experiment) -> str:
    """Whether an experiment agrees with the edge, opposes it, shows no change, or nothing."""
    if each.label in ("up", "down"):
        observed = (1 if each.label == "up" else -1) * each.direction
        return "agrees" if observed == edge.sign else "opposes" if edge.sign else "undecided"
    return "unchanged" if each.label == "unchanged" else "undecided"


def _title(edge: EdgeExperiments) -> str:
    looks = [look_of_experiment(edge, each) for each in edge.experiments]
    named = f"{edge.regulator} → {edge.target} ({SIGNS[edge.sign]}) in {edge.network}"
    if not edge.sign:
        moved = sum(each.label in ("up", "down") for each in edge.experiments)
        return f"{named}: responds in {moved} of {numerals.plural(len(looks), 'experiment')}"
    counted = (
        f"{looks.count('agrees')} of {numerals.plural(len(looks), 'experiment')} for it, "
        f"{looks.count('opposes')} against"
    )
    return f"{named}: {edge.verdict}, {counted}"


def _note(edge: EdgeExperiments, known: Sequence[Experiment], drawn: Sequence[Experiment]) -> str:
    data = f"Data: {edge.dataset}. " if edge.dataset else ""
    bars = [each for each in drawn if each.low is not None and each.high is not None]
    said = (
        f"{data}Mark: effect; line: its 95 % interval; shaded: the side that the edge expects. "
        f"Raised, lowered: what was done to {edge.regulator}."
    )
    if len(bars) < len(drawn):
        bare = numerals.count(len(drawn) - len(bars))
        said += f" Without a standard error, thus without an interval: {bare}."
    controls = {each.control_set for each in drawn if each.control_set}
    if controls:
        said += (
            f" {numerals.plural(len(controls), 'set')} of controls: experiments that share one are "
            "not independent."
        )
    if len(drawn) < len(known):
        of = numerals.count(len(known))
        said += f" Drawn: the {numerals.count(len(drawn))} most precise of {of}."
    if unlisted := len(edge.experiments) - len(known):
        said += (
            f" Not drawn: {numerals.plural(unlisted, 'experiment')} without a value for this gene, "
            "because the source lists only what responds."
        )
    return said


def _groups(drawn: Sequence[Experiment]) -> list[tuple[str, list[Experiment]]]:
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


def _heights(groups: Sequence[tuple[str, list[Experiment]]]) -> list[tuple[float, list[float]]]:
    """Where each group's heading and rows stand."""
    y, places = TOP, []
    for _, members in groups:
        rows = [y + HEADING + ROW * (i + 0.5) for i in range(len(members))]
        places.append((y + HEADING - 6, rows))
        y += HEADING + ROW * len(members) + GAP
    return places


def _shading(
    edge: EdgeExperiments, groups: Sequence[tuple[str, list[Experiment]]], x: Scale
) -> list[Node]:
    if not edge.sign:
        return []
    bands = []
    for (_, members), (_, rows) in zip(groups, _heights(groups), strict=True):
        for each, y in zip(members, rows, strict=True):
            start, end = (x(0), RIGHT) if edge.sign * each.direction > 0 else (LEFT, x(0))
            bands.append(
                h("rect", x=start, y=y - ROW / 2, width=end - start, height=ROW, class_="expected")
            )
    return bands


def _rows(
    edge: EdgeExperiments, groups: Sequence[tuple[str, list[Experiment]]], x: Scale
) -> list[Node]:
    drawn = []
    for (heading, members), (top, rows) in zip(groups, _heights(groups), strict=True):
        label = text(fit(heading, (RIGHT - 16) / BOLD, 13), 8, top, "label group-name")
        drawn.append(h("g", h("title", heading), label))
        drawn += [_row(edge, each, x, y) for each, y in zip(members, rows, strict=True)]
    return drawn


def _row(edge: EdgeExperiments, each: Experiment, x: Scale, y: float) -> Node:
    look = look_of_experiment(edge, each)
    shape = {"agrees": 0, "opposes": 1}.get(look, 7)
    row = h("g", h("title", _written(edge, each)), class_=f"experiment says-{look}")
    turned = "raised" if each.direction > 0 else "lowered"
    row.append(text(turned, 20, y + 4, "tick"))
    name = fit(_short(each.signature), LEFT - 12 - NAMES, 12, keep_end=True)
    row.append(text(name, LEFT - 12, y + 4, "tick", "end"))
    if each.low is not None and each.high is not None:
        row.append(line(x(each.low), y, x(each.high), y, f"whisker c{shape}"))
    row.append(_mark(look, x(each.effect or 0.0), y))
    row.append(text(_figures(each), WIDTH - 8, y + 4, "tick", "end"))
    return row


def _mark(look: str, x: float, y: float) -> Node:
    """A disc agrees, a square opposes; grey: a disc is unchanged, a ring undecided."""
    if look == "undecided":
        return h("circle", cx=x, cy=y, r=4.6, class_="ring")
    return (
        mark({"agrees": 0, "opposes": 1}.get(look, 7), x, y, 5.2)
        if look != "unchanged"
        else h("circle", cx=x, cy=y, r=5.0, class_="c7")
    )


def _legend() -> Node:
    items = [
        h(
            "li",
            h(
                "svg",
                _mark(look, 7, 7),
                viewBox="0 0 14 14",
                width=14,
                height=14,
                aria_hidden="true",
            ),
            h("span", WORDS[look]),
        )
        for look in LOOKS
    ]
    return h("ul", *items, class_="legend")


def _short(signature: str) -> str:
    """A signature without its prefix and the name of the set, which all here share."""
    return signature.partition("/")[2] or signature


def _figures(each: Experiment) -> str:
    value = numerals.signed(each.effect, 2)
    if each.low is None or each.high is None:
        return value
    return f"{value} [{numerals.signed(each.low, 2)}, {numerals.signed(each.high, 2)}]"


def _written(edge: EdgeExperiments, each: Experiment) -> str:
    look = WORDS[look_of_experiment(edge, each)]
    return f"{each.signature}, {DIRECTIONS[each.direction]}: {_figures(each)}, {look}"


def _ends(each: Experiment) -> tuple[float, ...]:
    """Effect and interval, as far as there are any."""
    if each.effect is None or not isfinite(each.effect):
        return ()
    ends = (each.low, each.effect, each.high)
    return tuple(end for end in ends if end is not None and isfinite(end))


def _width(each: Experiment) -> tuple[float, str]:
    if each.low is None or each.high is None:
        return float("inf"), each.signature
    return each.high - each.low, each.signature
