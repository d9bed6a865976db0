"""Dots and whiskers: one row per model, its difference to a reference with the interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import Box, figure, line, mark, shorten, svg, text, x_axis
from kgp.report.plots.scales import Scale, linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import Estimate

ROW = 30.0
LEFT, RIGHT, TOP = 232.0, 520.0, 34.0


@dataclass(frozen=True, slots=True)
class Whisker:
    """One row: ``strong`` marks the rows that the plot is about."""

    name: str
    estimate: Estimate
    strong: bool


def interval_plot(key: str, title: str, reference: str, rows: Sequence[Whisker]) -> Node | None:
    """Draw differences to ``reference``, the vertical line at zero; None without rows."""
    if not rows:
        return None
    ends = [v for row in rows for v in _ends(row.estimate)]
    box = Box(LEFT, TOP, RIGHT, TOP + ROW * len(rows))
    x = linear(ends, LEFT, RIGHT, zero=True, margin=0.1)
    described = "; ".join(
        f"{row.name} {numerals.estimate(row.estimate, difference=True)}" for row in rows
    )
    picture = svg(
        key,
        540,
        box.bottom + 50,
        title,
        described,
        x_axis(x, box, f"difference to {reference}"),
        line(x(0), box.top - 6, x(0), box.bottom, "zero"),
        text(f"{reference} = 0", x(0), box.top - 12, anchor="middle"),
        *(_row(row, x, TOP + ROW * (i + 0.5)) for i, row in enumerate(rows)),
    )
    return figure(picture, f"{title}.", f"Dot: difference to {reference}; line: its interval.")


def _row(row: Whisker, x: Scale, y: float) -> Node:
    low, _, high = _ends(row.estimate)
    shape = 0 if row.strong else 1
    written = f"{row.name}: {numerals.estimate(row.estimate, difference=True)}"
    return h(
        "g",
        h("title", written),
        text(shorten(row.name, 31), LEFT - 12, y + 4, "label", "end"),
        line(x(low), y, x(high), y, f"whisker c{shape}"),
        mark(shape, x(row.estimate.value), y, 6 if row.strong else 4.5),
    )


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    low = estimate.value if estimate.low is None else estimate.low
    high = estimate.value if estimate.high is None else estimate.high
    return low, estimate.value, high
