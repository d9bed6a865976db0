"""Degree distributions: complementary cumulative curves on logarithmic axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import N_COLOURS, Box, figure, legend, mark, svg, x_axis, y_axis
from kgp.report.plots.scales import Scale, decades

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import DegreeDistribution

BOX = Box(left=56, top=34, right=520, bottom=320)


def survival(distribution: DegreeDistribution) -> list[tuple[int, float]]:
    """Share of nodes with at least each observed degree, isolated nodes counted in the whole."""
    pairs = sorted(zip(distribution.degrees, distribution.n_nodes, strict=True))
    total = sum(n for _, n in pairs)
    left, curve = total, []
    for degree, n in pairs:
        if degree > 0 and n > 0:
            curve.append((degree, left / total))
        left -= n
    return curve


def degree_plot(distributions: Sequence[DegreeDistribution]) -> Node | None:
    """Draw the largest node types, one curve each; None where nothing is connected."""
    ranked = sorted(distributions, key=lambda d: (-sum(d.n_nodes), d.node_type))
    curves = [(d, survival(d)) for d in ranked[:N_COLOURS]]
    curves = [(d, curve) for d, curve in curves if curve]
    if not curves:
        return None
    x = decades((p[0] for _, curve in curves for p in curve), BOX.left, BOX.right)
    y = decades((p[1] for _, curve in curves for p in curve), BOX.bottom, BOX.top)
    names = ", ".join(d.node_type for d, _ in curves)
    picture = svg(
        "degrees",
        540,
        370,
        "Degree distribution by node type",
        f"Share of nodes with at least so many relationships, for {names}.",
        x_axis(x, BOX, "relationships of a node"),
        y_axis(y, BOX, "share of nodes with at least so many"),
        *(_curve(i, d, curve, x, y) for i, (d, curve) in enumerate(curves)),
    )
    rest = len(distributions) - len(curves)
    more = f" {numerals.plural(rest, 'further type')} in report.json." if rest else ""
    note = f"A straight fall is a heavy tail: few hubs hold many relationships.{more}"
    keys = legend((i, d.node_type) for i, (d, _) in enumerate(curves))
    return figure(picture, "How connected the nodes are.", note, keys, "highlight")


def _curve(
    i: int, distribution: DegreeDistribution, curve: list[tuple[int, float]], x: Scale, y: Scale
) -> Node:
    at = [(x(degree), y(part)) for degree, part in curve]
    steps = f"M{at[0][0]:.1f} {at[0][1]:.1f}" + "".join(
        f"V{py:.1f}H{px:.1f}" for (px, _), (_, py) in zip(at[1:], at[1:], strict=True)
    )
    largest = f"{distribution.node_type}: largest degree {numerals.count(curve[-1][0])}"
    return h(
        "g",
        h("path", d=steps, class_=f"curve c{i}"),
        *(mark(i, px, py, 4, largest) for px, py in _spaced(at)),
        class_=f"k k{i}",
    )


def _spaced(points: list[tuple[float, float]], gap: float = 70) -> list[tuple[float, float]]:
    """The first and the last point, and between them some that lie ``gap`` pixels apart."""
    chosen = [points[0]]
    for point in points[1:-1]:
        if abs(point[0] - chosen[-1][0]) + abs(point[1] - chosen[-1][1]) >= gap:
            chosen.append(point)
    return [*chosen, points[-1]] if len(points) > 1 else chosen
