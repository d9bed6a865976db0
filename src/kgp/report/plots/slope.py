"""Slopes: each score before on the left and after on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, line, mark, svg, text
from kgp.report.plots.scales import linear, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ScoreChange

LEFT, RIGHT, TOP, BOTTOM = 70.0, 300.0, 50.0, 290.0


def slope_plot(key: str, title: str, note: str, scores: Sequence[ScoreChange]) -> Node | None:
    """Draw doing nothing against refined; None without scores."""
    if not scores:
        return None
    ends = [value for score in scores for value in (score.nothing, score.refined)]
    y = linear(ends, BOTTOM, TOP + 10)
    lefts = spread([y(score.nothing) for score in scores], 18)
    rights = spread([y(score.refined) for score in scores], 18)
    picture = svg(
        key,
        540,
        300,
        title,
        "; ".join(
            f"{s.label}: {numerals.figure(s.nothing)} doing nothing, "
            f"{numerals.figure(s.refined)} refined"
            for s in scores
        ),
        line(LEFT, TOP, LEFT, BOTTOM),
        line(RIGHT, TOP, RIGHT, BOTTOM),
        text("doing nothing", LEFT, TOP - 16, "label", "middle"),
        text("refined", RIGHT, TOP - 16, "label", "middle"),
    )
    for i, score in enumerate(scores):
        before, after = y(score.nothing), y(score.refined)
        written = f"{numerals.figure(score.refined)} {score.label}"
        picture.append(
            h(
                "g",
                line(LEFT, before, RIGHT, after, f"slope c{i}"),
                mark(i, LEFT, before, 5),
                mark(i, RIGHT, after, 5),
                text(numerals.figure(score.nothing), LEFT - 12, lefts[i] + 4, "value", "end"),
                text(written, RIGHT + 12, rights[i] + 4, "value"),
            )
        )
    return figure(picture, f"{title}.", note)
