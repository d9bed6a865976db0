"""Horizontal bars: lengths with their numbers written at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, shorten, svg, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROW = 24.0
LEFT, RIGHT = 232.0, 470.0


def bar_plot(
    key: str,
    title: str,
    note: str,
    bars: Sequence[tuple[str, float]],
    write: Callable[[float], str] = numerals.count,
    colour: int = 0,
) -> Node | None:
    """Draw non-negative ``bars`` (label, value) from zero on one linear scale; None without any."""
    if not bars:
        return None
    longest = max(value for _, value in bars) or 1.0
    height = ROW * len(bars) + 8
    described = "; ".join(f"{label} {write(value)}" for label, value in bars)
    rows = [
        _bar(label, value, (RIGHT - LEFT) * value / longest, 4 + ROW * i, write, colour)
        for i, (label, value) in enumerate(bars)
    ]
    picture = svg(key, 540, height, title, described, *rows)
    return figure(picture, f"{title}.", note)


def _bar(
    label: str, value: float, length: float, y: float, write: Callable[[float], str], colour: int
) -> Node:
    return h(
        "g",
        h("title", f"{label}: {write(value)}"),
        text(shorten(label, 31), LEFT - 10, y + 16, "label", "end"),
        h("rect", x=LEFT, y=y + 4, width=max(length, 1.0), height=ROW - 8, class_=f"c{colour}"),
        text(write(value), LEFT + max(length, 1.0) + 8, y + 16),
    )
