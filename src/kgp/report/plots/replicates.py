"""The experiments behind one edge: each effect with its interval, and what the edge expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import Box, figure, line, mark, svg, text, x_axis
from kgp.report.plots.lettering import BOLD, fit
from kgp.report.plots.replicates_rows import (
    GAP,
    HEADING,
    ROW,
    TOP,
    ends,
    groups_of,
    heights,
    look_of_experiment,
    most_precise,
    short_name,
)
from kgp.report.plots.scales import Scale, linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import EdgeState
    from kgp.report.content.evidence import EdgeExperiments, Experiment
    from kgp.report.plots.replicates_rows import Group

NAMES = 76.0
"""Where the room for the names of experiments begins, right of what was done."""
LEFT, RIGHT, WIDTH = 250.0, 570.0, 760.0
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
    drawn = most_precise(edge)
    if not drawn:
        return None
    groups = groups_of(drawn)
    bottom = TOP + sum(HEADING + ROW * len(members) + GAP for _, members in groups)
    box = Box(LEFT, TOP, RIGHT, bottom)
    values = [value for each in drawn for value in ends(each)]
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
    return figure(picture, f"{title}.", _note(edge, drawn), _legend(), "wide")


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


def _note(edge: EdgeExperiments, drawn: Sequence[Experiment]) -> str:
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
    known = sum(bool(ends(each)) for each in edge.experiments)
    if len(drawn) < known:
        of = numerals.count(known)
        said += f" Drawn: the {numerals.count(len(drawn))} most precise of {of}."
    if unlisted := len(edge.experiments) - known:
        said += (
            f" Not drawn: {numerals.plural(unlisted, 'experiment')} without a value for this gene, "
            "because the source lists only what responds."
        )
    return said


def _shading(edge: EdgeExperiments, groups: Sequence[Group], x: Scale) -> list[Node]:
    if not edge.sign:
        return []
    bands = []
    for (_, members), (_, rows) in zip(groups, heights(groups), strict=True):
        for each, y in zip(members, rows, strict=True):
            start, end = (x(0), RIGHT) if edge.sign * each.direction > 0 else (LEFT, x(0))
            bands.append(
                h("rect", x=start, y=y - ROW / 2, width=end - start, height=ROW, class_="expected")
            )
    return bands


def _rows(edge: EdgeExperiments, groups: Sequence[Group], x: Scale) -> list[Node]:
    drawn = []
    for (heading, members), (top, rows) in zip(groups, heights(groups), strict=True):
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
    name = fit(short_name(each.signature), LEFT - 12 - NAMES, 12, keep_end=True)
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


def _figures(each: Experiment) -> str:
    value = numerals.signed(each.effect, 2)
    if each.low is None or each.high is None:
        return value
    return f"{value} [{numerals.signed(each.low, 2)}, {numerals.signed(each.high, 2)}]"


def _written(edge: EdgeExperiments, each: Experiment) -> str:
    look = WORDS[look_of_experiment(edge, each)]
    return f"{each.signature}, {DIRECTIONS[each.direction]}: {_figures(each)}, {look}"
