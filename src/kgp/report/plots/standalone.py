"""A figure of a page as one SVG that needs no page: caption above, legend below, own style."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

from kgp.report.markup import Node, h, style
from kgp.report.plots.frame import text
from kgp.report.plots.lettering import BOLD, text_width, wrap
from kgp.report.styles import picture_style

if TYPE_CHECKING:
    from collections.abc import Iterator

MARGIN, GAP = 24.0, 14.0
TITLE_SIZE, NOTE_SIZE, KEY_SIZE = 15.0, 13.0, 13.0
FONT = 'Helvetica, Arial, "Liberation Sans", sans-serif'
STYLE = f"""
svg {{ font-family: {FONT}; }}
svg .paper {{ fill: #ffffff; }}
svg .caption-title {{ font-size: {TITLE_SIZE:g}px; font-weight: 600; }}
svg .caption-note {{ font-size: {NOTE_SIZE:g}px; fill: #565e66; }}
svg .key-name {{ font-size: {KEY_SIZE:g}px; }}
"""


def standalone(figure: Node) -> str:
    """Write a figure (see :func:`kgp.report.plots.frame.figure`) as an SVG document."""
    picture = _find(figure, "div/svg")
    width, height = (float(part) for part in picture.attrib["viewBox"].split()[2:])
    caption, y = _caption(_find(figure, "figcaption"), width)
    inner = h(
        "svg",
        *picture,
        x=MARGIN,
        y=y,
        width=width,
        height=height,
        viewBox=f"0 0 {width:g} {height:g}",
    )
    legend, bottom = _legend(figure.find("ul"), width, y + height + GAP)
    whole, tall = width + 2 * MARGIN, bottom + MARGIN / 2
    document = h(
        "svg",
        style(picture_style() + STYLE),
        h("rect", width=whole, height=tall, class_="paper"),
        *caption,
        inner,
        *legend,
        xmlns="http://www.w3.org/2000/svg",
        width=whole,
        height=tall,
        viewBox=f"0 0 {whole:g} {tall:g}",
        role="img",
        aria_labelledby=picture.attrib["aria-labelledby"],
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        + ElementTree.tostring(document, "unicode")
        + "\n"
    )


def _find(figure: Node, path: str) -> Node:
    found = figure.find(path)
    assert found is not None, f"a figure has a {path}"
    return found


def _caption(caption: Node, room: float) -> tuple[list[Node], float]:
    """Title and note in lines, and the height at which the picture begins."""
    title = _find(caption, "b")
    lines = [
        *(
            (part, TITLE_SIZE, "caption-title")
            for part in _lines(title.text, room / BOLD, TITLE_SIZE)
        ),
        *((part, NOTE_SIZE, "caption-note") for part in _lines(title.tail, room, NOTE_SIZE)),
    ]
    y, drawn = MARGIN, []
    for part, size, look in lines:
        y += size * 1.4
        drawn.append(text(part, MARGIN, y - size * 0.3, look))
    return drawn, y + GAP


def _lines(written: str | None, room: float, size: float) -> Iterator[str]:
    return iter(wrap(written or "", room, size))


def _legend(legend: Node | None, room: float, y: float) -> tuple[list[Node], float]:
    """The keys in rows as wide as the picture, and the height at which they end."""
    if legend is None:
        return [], y
    drawn, x = [], 0.0
    for item in legend:
        swatch, name = _find(item, "svg"), _find(item, "span").text or ""
        wide = float(swatch.attrib["width"])
        needed = wide + 6 + text_width(name, KEY_SIZE)
        if x and x + needed > room:
            x, y = 0.0, y + 22
        swatch = h(
            "svg",
            *swatch,
            x=MARGIN + x,
            y=y,
            **{k: swatch.attrib[k] for k in ("width", "height", "viewBox")},
        )
        drawn += [swatch, text(name, MARGIN + x + wide + 6, y + 11.5, "key-name")]
        x += needed + 18
    return drawn, y + 22
