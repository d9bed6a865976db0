"""The changed neighbourhood of the most affected regulators, as a small picture."""

from __future__ import annotations

from math import cos, degrees, hypot, sin
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, shorten, svg, text
from kgp.report.plots.heads import SIGNS, edge_legend, head
from kgp.report.plots.layout import OUTER, DrawnEdge, Place, choose_edges, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ChangeSummary, EdgeState
    from kgp.report.plots.heads import Point

WIDTH, HEIGHT = 630.0, 600.0


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
        head(start, end, edge.sign, edge.look),
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
        ("flipped", 1, "sign changed (⇄, dash-dotted)"),
        ("unchanged", 1, "unchanged"),
        ("plain", 1, "arrow: activates"),
        ("plain", -1, "bar: represses"),
        ("plain", 0, "diamond: dual or unknown"),
    )
    return edge_legend(looks)
