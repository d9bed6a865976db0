"""Measures a picture as a browser would place it, for the tests to look at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kgp.report.markup import Node, serialise
from kgp.report.plots.lettering import text_width
from tests.unit.report.pages import Element, read

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
SIZES = {"tick": 12.0, "label": 13.0, "value": 13.0, "gene-name": 13.0, "badge-text": 12.0}


class Extent(NamedTuple):
    """What a mark or a line of text covers."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Extent) -> bool:
        """Whether the two share more than an edge."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def drawn(node: Node | None) -> Element:
    """Read a figure back from its markup."""
    assert node is not None
    return read(serialise(node))


def classes(element: Element) -> set[str]:
    return set(element.attributes.get("class", "").split())


def with_class(page: Element, tag: str, name: str) -> list[Element]:
    """Every ``tag`` that has the class ``name``."""
    return [element for element in page.all(tag) if name in classes(element)]


def text_extent(text: Element) -> Extent:
    """The place of one line of text; letters reach a fifth of their size below the line."""
    size = next((s for name, s in SIZES.items() if name in classes(text)), 12.0)
    wide = text_width("".join(text.texts), size)
    if "transform" in text.attributes:
        x, y = (float(v) for v in NUMBER.findall(text.attributes["transform"])[:2])
        low = wide if text.attributes.get("text-anchor") == "end" else 0.0
        return Extent(x - 0.8 * size, y - wide + low, x + 0.2 * size, y + low)
    x, y = float(text.attributes["x"]), float(text.attributes["y"])
    back = {"end": wide, "middle": wide / 2}.get(text.attributes.get("text-anchor", ""), 0.0)
    return Extent(x - back, y - 0.8 * size, x - back + wide, y + 0.2 * size)


def extents(svg: Element) -> Iterator[Extent]:
    """What every mark and text of a picture covers; curves lie between their control points."""
    for text in svg.all("text"):
        yield text_extent(text)
    for line in svg.all("line"):
        x1, y1, x2, y2 = (float(line.attributes[name]) for name in ("x1", "y1", "x2", "y2"))
        yield Extent(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    for rect in svg.all("rect"):
        x, y, wide, tall = (float(rect.attributes[n]) for n in ("x", "y", "width", "height"))
        yield Extent(x, y, x + wide, y + tall)
    for circle in svg.all("circle"):
        x, y, r = (float(circle.attributes[name]) for name in ("cx", "cy", "r"))
        yield Extent(x - r, y - r, x + r, y + r)
    for polygon in svg.all("polygon"):
        at = [float(v) for v in NUMBER.findall(polygon.attributes["points"])]
        yield Extent(min(at[::2]), min(at[1::2]), max(at[::2]), max(at[1::2]))


def outside(svg: Element) -> list[Extent]:
    """What reaches beyond the view box."""
    wide, tall = (float(v) for v in svg.attributes["viewbox"].split()[2:])
    return [e for e in extents(svg) if e.left < 0 or e.top < 0 or e.right > wide or e.bottom > tall]


def overlapping(texts: list[Element]) -> list[tuple[str, str]]:
    """Pairs of texts of which one lies on the other."""
    placed = [(t.text, text_extent(t)) for t in texts if t.text.strip()]
    return [
        (a, b)
        for i, (a, one) in enumerate(placed)
        for b, other in placed[i + 1 :]
        if one.meets(other)
    ]
