"""The heads of regulatory edges: an arrow activates, a bar represses, an open diamond does both."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING

from kgp.report.markup import Node, h

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.report.content import EdgeState

Point = tuple[float, float]

SIGNS: dict[EdgeState, str] = {1: "activates", -1: "represses", 0: "regulates", None: "no edge to"}


def head(start: Point, end: Point, sign: EdgeState, look: str) -> Node:
    """Draw the head of an edge that comes from ``start``, with its tip at ``end``."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length

    def at(back: float, aside: float) -> Point:
        return end[0] - back * ux - aside * uy, end[1] - back * uy + aside * ux

    if sign == -1:
        (x1, y1), (x2, y2) = at(0, 5.5), at(0, -5.5)
        return h("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=f"bar-head {look}")
    if sign == 1:
        return _polygon((end, at(9, 4.5), at(9, -4.5)), f"head {look}")
    return _polygon((end, at(6, 4.5), at(12, 0), at(6, -4.5)), f"head open {look}")


def _polygon(corners: tuple[Point, ...], look: str) -> Node:
    return h("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in corners), class_=look)


def glyph(state: EdgeState) -> Node:
    """A small drawing of a sign, named for those who do not see it."""
    names: dict[EdgeState, str] = {
        1: "activation",
        -1: "repression",
        0: "dual or unknown",
        None: "no edge",
    }
    drawn = h("svg", h("title", names[state]), viewBox="0 0 34 14", width=34, height=14, role="img")
    if state is None:
        drawn.append(h("path", d="M4 7H30", class_="edge none"))
    else:
        drawn.append(_sample(_ink(state), state))
    return drawn


def _sample(look: str, sign: EdgeState) -> Node:
    """An edge of 27 pixels with its head, as a legend shows it in 34 x 14 pixels."""
    stop = {1: 22, -1: 29}.get(sign or 0, 18)
    return h(
        "g",
        h("path", d=f"M3 7H{stop}", class_=f"edge {look}"),
        head((3, 7), (30, 7), sign, look),
    )


def edge_legend(entries: Iterable[tuple[str, EdgeState, str]]) -> Node:
    """List edges by look and sign with what they stand for."""
    return h("ul", *(_legend_item(*entry) for entry in entries), class_="legend")


def _legend_item(look: str, sign: EdgeState, name: str) -> Node:
    swatch = h("svg", viewBox="0 0 34 14", width=34, height=14, aria_hidden="true")
    swatch.append(_sample(look, sign))
    return h("li", swatch, h("span", name))


def _ink(state: EdgeState) -> str:
    return {1: "activates", -1: "represses"}.get(state or 0, "dual")
