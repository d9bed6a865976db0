"""One stacked bar, with a magnified part below it where the parts of interest are thin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import figure, svg, text
from kgp.report.plots.scales import spread

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT, RIGHT = 10.0, 710.0


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar; ``look`` names its fill in page.css."""

    label: str
    value: int
    look: str
    magnify: bool = False


def stacked_bar(key: str, title: str, note: str, parts: Sequence[Part]) -> Node | None:
    """Draw the parts in order; those to ``magnify`` come first and again, wider, below.

    Returns:
        None where all parts are zero.
    """
    total = sum(part.value for part in parts)
    if not total:
        return None
    ordered = sorted(parts, key=lambda part: not part.magnify)
    thin = [part for part in ordered if part.magnify and part.value]
    n_thin = sum(part.value for part in thin)
    zoomed = 0 < n_thin < total / 2
    described = "; ".join(f"{part.label} {numerals.count(part.value)}" for part in ordered)
    shown = [part for part in ordered if part.value and not (zoomed and part.magnify)]
    children = [*_bar(ordered, total, 40), *_labels(shown, ordered, total, 28)]
    if zoomed:
        end = LEFT + (RIGHT - LEFT) * n_thin / total
        wedge = f"M{LEFT} 80L{end:.1f} 80L{RIGHT} 120L{LEFT} 120Z"
        children += [h("path", d=wedge, class_="wedge"), *_bar(thin, n_thin, 120)]
        children += _labels(thin, thin, n_thin, 182)
    picture = svg(key, 720, 196 if zoomed else 90, title, described, *children, least=480)
    return figure(picture, f"{title}.", note, look="wide")


def _spans(parts: Sequence[Part], total: int) -> list[tuple[Part, float, float]]:
    x, spans = LEFT, []
    for part in parts:
        width = (RIGHT - LEFT) * part.value / total
        spans.append((part, x, width))
        x += width
    return spans


def _bar(parts: Sequence[Part], total: int, y: float) -> list[Node]:
    return [
        h(
            "rect",
            h("title", f"{part.label}: {numerals.count(part.value)}"),
            x=x,
            y=y,
            width=width,
            height=40,
            class_=f"part {part.look}",
        )
        for part, x, width in _spans(parts, total)
        if part.value
    ]


def _labels(shown: Sequence[Part], parts: Sequence[Part], total: int, y: float) -> list[Node]:
    """Write name and number over the middle of each part, moved aside where they would meet."""
    middles = [(p, x + width / 2) for p, x, width in _spans(parts, total) if p in shown]
    written = [f"{part.label} {numerals.count(part.value)}" for part, _ in middles]
    room = 7.5 * max((len(label) for label in written), default=0)
    places = spread([middle for _, middle in middles], room)
    return [
        text(label, *_inside(place, len(label) * 3.8, y), "label", "middle")
        for label, place in zip(written, places, strict=True)
    ]


def _inside(place: float, half: float, y: float) -> tuple[float, float]:
    return min(max(place, LEFT + half), RIGHT - half), y
