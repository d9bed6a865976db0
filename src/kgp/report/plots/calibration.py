"""The calibration curve: of what was said with some confidence, how much was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import Box, figure, line, mark, svg, text, x_axis, y_axis
from kgp.report.plots.lettering import text_width
from kgp.report.plots.scales import Scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content.evidence import Calibration, CalibrationBin

BOX = Box(left=56, top=34, right=396, bottom=374)
"""A square, so that the diagonal is one."""
COUNTS = Box(left=56, top=462, right=396, bottom=516)
WIDTH = 430.0


def calibration_plot(calibration: Calibration, key: str = "calibration") -> Node | None:
    """Draw the share right of each bin over its mean confidence; None where nothing is counted."""
    bins = [each for each in calibration.bins if each.n]
    if not bins:
        return None
    low = min(0.5, *(min(each.low, wilson(each.right, each.n)[0]) for each in bins))
    floor = 0.0 if low < 0.45 else 0.4
    x = Scale(floor, 1.0, BOX.left, BOX.right)
    y = Scale(floor, 1.0, BOX.bottom, BOX.top)
    picture = svg(
        key,
        WIDTH,
        COUNTS.bottom + 12 + max(16.0, *(text_width(numerals.count(b.n), 12) for b in bins)),
        calibration.title,
        "; ".join(_written(each) for each in bins),
        x_axis(x, BOX, "mean confidence of a bin"),
        y_axis(y, BOX, "share right"),
        line(x(floor), y(floor), x(1), y(1), "diagonal"),
        *(_point(each, x, y) for each in bins),
        *_counts(bins, x),
    )
    return figure(picture, f"{calibration.title}.", _note(calibration, bins))


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share. Wilson EB. J Am Stat Assoc 22:209 (1927).

    Args:
        right: successes.
        n: trials, at least 1.
    """
    from scipy.stats import binomtest

    found = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return float(found.low), float(found.high)


def _point(each: CalibrationBin, x: Scale, y: Scale) -> Node:
    low, high = wilson(each.right, each.n)
    at = x(min(max(each.mean_confidence, x.low), x.high))
    return h(
        "g",
        h("title", _written(each)),
        line(at, y(low), at, y(high), "whisker c0"),
        mark(0, at, y(each.right / each.n), 5),
        class_="bin",
    )


def _counts(bins: Sequence[CalibrationBin], x: Scale) -> list[Node]:
    """How many predictions each bin holds, as bars below the curve with their numbers."""
    most = max(each.n for each in bins)
    drawn = [
        text("predictions in the bin", COUNTS.left - 44, COUNTS.top - 14, "label"),
        line(COUNTS.left, COUNTS.bottom, COUNTS.right, COUNTS.bottom),
    ]
    for each in bins:
        left, right = x(max(each.low, x.low)), x(min(each.high, x.high))
        tall = max(1.0, (COUNTS.bottom - COUNTS.top) * each.n / most)
        box = h(
            "rect",
            x=left + 1,
            y=COUNTS.bottom - tall,
            width=max(right - left - 2, 1.0),
            height=tall,
            class_="c7",
        )
        label = _count(numerals.count(each.n), (left + right) / 2, right - left)
        drawn.append(h("g", h("title", _written(each)), box, label))
    return drawn


def _count(written: str, x: float, room: float) -> Node:
    """A count below its bar; upright where the bar is too narrow for it."""
    if text_width(written, 12) <= room:
        return text(written, x, COUNTS.bottom + 16, "tick", "middle")
    place = f"translate({x + 4:.1f} {COUNTS.bottom + 6:.1f}) rotate(-90)"
    return h("text", written, class_="tick", text_anchor="end", transform=place)


def _written(each: CalibrationBin) -> str:
    low, high = wilson(each.right, each.n)
    return (
        f"confidence {numerals.figure(each.low, 2)} to {numerals.figure(each.high, 2)}: "
        f"{numerals.count(each.right)} of {numerals.count(each.n)} right, "
        f"{numerals.share(each.right / each.n)} [{numerals.share(low)}, {numerals.share(high)}]"
    )


def _note(calibration: Calibration, bins: Sequence[CalibrationBin]) -> str:
    total, right = sum(each.n for each in bins), sum(each.right for each in bins)
    mean = sum(each.mean_confidence * each.n for each in bins) / total
    return (
        f"Expected calibration error {numerals.figure(calibration.expected_error)}: "
        f"{numerals.count(right)} of {numerals.count(total)} right "
        f"({numerals.share(right / total)}), mean confidence {numerals.figure(mean, 2)}. "
        "Above the diagonal: too modest; below: too sure. Lines: 95 % intervals (Wilson)."
    )
