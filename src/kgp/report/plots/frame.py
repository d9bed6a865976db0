"""What all plots share: the SVG with title and description, axes, marks, legend, caption."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report.markup import Child, Node, h
from kgp.report.plots.scales import Scale, tick_text

if TYPE_CHECKING:
    from collections.abc import Iterable

N_COLOURS = 8
"""Colours of the palette (Okabe and Ito 2008), each with a mark of its own shape."""


@dataclass(frozen=True, slots=True)
class Box:
    """The plotting area in pixels."""

    left: float
    top: float
    right: float
    bottom: float


def svg(
    key: str, width: float, height: float, title: str, desc: str, *children: Child, least: int = 360
) -> Node:
    """Open a picture of ``width`` x ``height``; below ``least`` pixels it scrolls, not shrinks."""
    return h(
        "svg",
        h("title", title, id=f"{key}-title"),
        h("desc", desc, id=f"{key}-desc"),
        *children,
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        style=f"min-width:{min(least, int(width))}px;max-width:{width * 1.1:.0f}px",
    )


def figure(
    picture: Node, title: str, note: str, legend: Node | None = None, look: str = ""
) -> Node:
    """Put a picture under its caption, a title and a note, and its legend below."""
    caption = h("figcaption", h("b", title), f" {note}" if note else None)
    return h("figure", caption, h("div", picture, class_="scroll"), legend, class_=look or None)


def text(content: str, x: float, y: float, class_: str = "tick", anchor: str = "start") -> Node:
    """Write one line of text; ``anchor`` is start, middle or end."""
    return h("text", content, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str = "axis") -> Node:
    """Draw a straight line."""
    return h("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def shorten(label: str, length: int) -> str:
    """Cut a long label; whoever draws it adds the whole one as a title."""
    return label if len(label) <= length else label[: length - 1].rstrip() + "…"


def x_axis(scale: Scale, box: Box, label: str, about: int = 5) -> Node:
    """Grid lines, ticks below the box, and the label below the ticks."""
    axis = h("g", line(box.left, box.bottom, box.right, box.bottom))
    for value in scale.ticks(about):
        x = scale(value)
        axis.append(line(x, box.top, x, box.bottom, "grid"))
        axis.append(text(tick_text(scale, value), x, box.bottom + 18, anchor="middle"))
    middle = (box.left + box.right) / 2
    axis.append(text(label, middle, box.bottom + 40, "label", "middle"))
    return axis


def y_axis(scale: Scale, box: Box, label: str, about: int = 5) -> Node:
    """Grid lines, ticks left of the box, and the label above them, so that it reads flat."""
    axis = h("g", line(box.left, box.top, box.left, box.bottom))
    for value in scale.ticks(about):
        y = scale(value)
        axis.append(line(box.left, y, box.right, y, "grid"))
        axis.append(text(tick_text(scale, value), box.left - 8, y + 4, anchor="end"))
    axis.append(text(label, max(0, box.left - 44), box.top - 14, "label"))
    return axis


def mark(shape: int, x: float, y: float, r: float = 4, title: str = "", class_: str = "") -> Node:
    """Draw the mark that belongs to a colour: a circle, square, triangle, diamond and so on."""
    hover = h("title", title) if title else None
    classes = f"c{shape % N_COLOURS} {class_}".strip()
    if shape % N_COLOURS == 0:
        return h("circle", hover, cx=float(x), cy=float(y), r=float(r), class_=classes)
    points = " ".join(
        f"{x + r * dx:.1f},{y + r * dy:.1f}" for dx, dy in _SHAPES[shape % N_COLOURS - 1]
    )
    return h("polygon", hover, points=points, class_=classes)


def legend(entries: Iterable[tuple[int, str]]) -> Node:
    """List marks with their names; hovering or focusing one dims the others (see page.css)."""
    return h("ul", *(_legend_item(*entry) for entry in entries), class_="legend")


def _legend_item(shape: int, name: str) -> Node:
    swatch = h(
        "svg", mark(shape, 7, 7, 5), viewBox="0 0 14 14", width=14, height=14, aria_hidden="true"
    )
    return h("li", swatch, h("span", name), class_=f"key{shape}", tabindex=0)


_SQUARE = ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9))
_UP = ((0.0, -1.15), (1.1, 0.8), (-1.1, 0.8))
_DIAMOND = ((0.0, -1.25), (1.1, 0.0), (0.0, 1.25), (-1.1, 0.0))
_DOWN = ((0.0, 1.15), (1.1, -0.8), (-1.1, -0.8))
_PLUS = (
    (-0.4, -1.2), (0.4, -1.2), (0.4, -0.4), (1.2, -0.4), (1.2, 0.4), (0.4, 0.4),
    (0.4, 1.2), (-0.4, 1.2), (-0.4, 0.4), (-1.2, 0.4), (-1.2, -0.4), (-0.4, -0.4),
)  # fmt: skip
_BAR = ((-1.3, -0.5), (1.3, -0.5), (1.3, 0.5), (-1.3, 0.5))
_RIGHT = ((1.15, 0.0), (-0.8, 1.1), (-0.8, -1.1))
_SHAPES = (_SQUARE, _UP, _DIAMOND, _DOWN, _PLUS, _BAR, _RIGHT)
