"""The changed neighbourhood of the most affected regulators, as a small picture."""

from __future__ import annotations

from math import cos, degrees, hypot, sin
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, shorten, svg, text
from kgp.report.plots.layout import OUTER, DrawnEdge, Place, choose_edges, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ChangeSummary, EdgeState

WIDTH, HEIGHT = 630.0, 600.0
Point = tuple[float, float]
SIGNS: dict[EdgeState, str] = {1: "activates", -1: "represses", 0: "regulates", None: "no edge to"}


def network_plot(summary: ChangeSummary) -> Node | None:
    """Draw added, removed and flipped edges, apart by line and mark; None without changes."""
    edges = choose_edges(summary)
    if not edges:
        return None
    places = place(edges)
    points = {name: _point(at) for name, at in places.items()}
    regulators = {edge.regulator for edge in edges}
    n_changed = sum(edge.look != "unchanged" for edge in edges)
    named = ", ".join(dict.fromkeys(edge.regulator for edge in edges))
    title = f"Changed neighbourhood of {named}"
    picture = svg(
        "network",
        WIDTH,
        HEIGHT,
        title,
        f"{numerals.plural(n_changed, 'changed edge')} among {len(points)} genes.",
        *(_edge(i, edge, points, regulators) for i, edge in enumerate(edges)),
        *(_gene(name, at, name in regulators) for name, at in places.items()),
        least=400,
    )
    note = (
        f"The regulators with most changes and "
        f"{numerals.count(n_changed)} of {numerals.plural(len(summary.changes), 'change')}, the "
        f"surest first, with a few unchanged edges for orientation."
    )
    return figure(picture, f"{title}.", note, _network_legend(), "wide")


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
        drawn.append(h("path", d="M3 7H28", class_=f"edge {_ink(state)}"))
        drawn.append(_head((3, 7), (30, 7), state, _ink(state)))
    return drawn


def _ink(state: EdgeState) -> str:
    return {1: "activates", -1: "represses"}.get(state or 0, "dual")


def _point(at: Place) -> Point:
    angle, radius = at
    return WIDTH / 2 + radius * cos(angle), HEIGHT / 2 + radius * sin(angle)


def _edge(i: int, edge: DrawnEdge, points: dict[str, Point], regulators: set[str]) -> Node:
    start = _towards(points[edge.regulator], points[edge.target], 15)
    end = _towards(
        points[edge.target], points[edge.regulator], 17 if edge.target in regulators else 8
    )
    written = f"{edge.regulator} {SIGNS[edge.sign]} {edge.target}: {edge.look}"
    drawn = h(
        "g",
        h("title", written),
        h(
            "line",
            x1=start[0],
            y1=start[1],
            x2=end[0],
            y2=end[1],
            class_=f"edge {edge.look}",
        ),
        _head(start, end, edge.sign, edge.look),
    )
    along = 0.4 + 0.12 * (i % 3)  # staggered, so that the badges of neighbours do not meet
    middle = tuple(a + (b - a) * along for a, b in zip(start, end, strict=True))
    if badge := {"added": "+", "removed": "×", "flipped": "⇄"}.get(edge.look):
        drawn.append(h("circle", cx=middle[0], cy=middle[1], r=7.5, class_=f"badge {edge.look}"))
        drawn.append(text(badge, middle[0], middle[1] + 4.2, f"badge-text {edge.look}", "middle"))
    return drawn


def _towards(a: Point, b: Point, distance: float) -> Point:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    return a[0] + (b[0] - a[0]) * distance / length, a[1] + (b[1] - a[1]) * distance / length


def _head(start: Point, end: Point, sign: EdgeState, look: str) -> Node:
    """An arrow head for activation, a bar for repression, a dot for dual or unknown."""
    length = hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    if sign == 0:
        return h("circle", cx=end[0], cy=end[1], r=3.5, class_=f"head {look}")
    back, half = (9.0, 4.5) if sign == 1 else (0.0, 6.0)
    left = (end[0] - back * ux - half * uy, end[1] - back * uy + half * ux)
    right = (end[0] - back * ux + half * uy, end[1] - back * uy - half * ux)
    if sign == 1:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (end, left, right))
        return h("polygon", points=points, class_=f"head {look}")
    return h("line", x1=left[0], y1=left[1], x2=right[0], y2=right[1], class_=f"bar-head {look}")


def _gene(name: str, at: Place, is_regulator: bool) -> Node:
    x, y = _point(at)
    if is_regulator:
        label = shorten(name, 9)
        width = max(34.0, 9.0 * len(label) + 10)
        box = h("rect", x=x - width / 2, y=y - 12, width=width, height=24, rx=6, class_="gene")
        return h("g", h("title", name), box, text(label, x, y + 5, "gene-name", "middle"))
    return h(
        "g",
        h("title", name),
        h("circle", cx=x, cy=y, r=4, class_="target"),
        _radial_label(shorten(name, 11), at[0]),
    )


def _radial_label(label: str, angle: float) -> Node:
    """Write outwards from the outer ring, never upside down."""
    x, y = _point((angle, OUTER + 10))
    turned = cos(angle) < -1e-9
    rotation = degrees(angle) + (180 if turned else 0)
    return h(
        "text",
        label,
        class_="tick",
        text_anchor="end" if turned else "start",
        dominant_baseline="central",
        transform=f"translate({x:.1f} {y:.1f}) rotate({rotation:.1f})",
    )


def _network_legend() -> Node:
    looks: Sequence[tuple[str, EdgeState, str]] = (
        ("added", 1, "added (+)"),
        ("removed", 1, "removed (×, dashed)"),
        ("flipped", 1, "sign changed (⇄)"),
        ("unchanged", 1, "unchanged"),
        ("plain", 1, "arrow: activates"),
        ("plain", -1, "bar: represses"),
    )
    return h("ul", *(_legend_item(*entry) for entry in looks), class_="legend")


def _legend_item(look: str, sign: EdgeState, name: str) -> Node:
    drawn = h("svg", viewBox="0 0 34 14", width=34, height=14, aria_hidden="true")
    drawn.append(h("line", x1=3, y1=7, x2=28, y2=7, class_=f"edge {look}"))
    drawn.append(_head((3, 7), (30, 7), sign, look))
    return h("li", drawn, h("span", name))
