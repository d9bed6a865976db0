"""The embedding map: points in two dimensions, coloured and shaped by category."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import N_COLOURS, Box, figure, legend, mark, svg, x_axis, y_axis
from kgp.report.plots.scales import linear

if TYPE_CHECKING:
    from kgp.report.content import EmbeddingMap

BOX = Box(left=56, top=34, right=880, bottom=500)
OTHER = "other"


def embedding_plot(embedding: EmbeddingMap) -> Node | None:
    """Draw the map; categories beyond the palette share one grey mark. None without points."""
    points = [p for p in embedding.points if isfinite(p.x) and isfinite(p.y)]
    if not points:
        return None
    x = linear((p.x for p in points), BOX.left, BOX.right)
    y = linear((p.y for p in points), BOX.bottom, BOX.top)
    shapes = _shapes([p.category for p in points])
    marks = [
        h(
            "g",
            mark(shape, x(p.x), y(p.y), 3.2, f"{p.name} ({p.category})", "pt"),
            class_=f"k k{shape}",
        )
        for p in points
        for shape in (shapes.get(p.category, N_COLOURS - 1),)
    ]
    counted = numerals.plural(len(points), "node")
    picture = svg(
        "embedding",
        900,
        550,
        f"Map of {embedding.vectors}",
        f"{counted} in two dimensions by {embedding.projection}.",
        x_axis(x, BOX, embedding.x_label),
        y_axis(y, BOX, embedding.y_label),
        h("g", *marks),
        least=480,
    )
    note = (
        f"{counted}, each a mark with its name on hover, coloured by {embedding.coloured_by}. "
        f"Neighbours on the map are alike in {embedding.vectors} only as far as "
        f"two dimensions can show it."
    )
    entries = [(shape, name) for name, shape in shapes.items()]
    if len({p.category for p in points}) > len(shapes):
        entries.append((N_COLOURS - 1, OTHER))
    return figure(picture, f"Map of {embedding.vectors}.", note, legend(entries), "highlight wide")


def _shapes(categories: list[str]) -> dict[str, int]:
    """The commonest categories and their marks; the last mark is kept for all others."""
    ranked = sorted(Counter(categories).items(), key=lambda item: (-item[1], item[0]))
    names = [name for name, _ in ranked]
    own = names if len(names) <= N_COLOURS else names[: N_COLOURS - 1]
    return {name: shape for shape, name in enumerate(own)}
