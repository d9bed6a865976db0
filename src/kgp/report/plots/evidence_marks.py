"""The marks of an evidence map: a cell, the scale of its colours, the legend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.content.evidence import EvidenceCell
from kgp.report.markup import Node, h
from kgp.report.plots.frame import line, text

if TYPE_CHECKING:
    from kgp.report.content import EdgeState, Verdict

CELL = 15.0
"""Side of a cell in pixels."""
FAINTEST = 0.25
"""Opacity of the weakest response; the strongest is opaque."""


def draw_cell(cell: EvidenceCell, x: float, y: float, limit: float, unit: str) -> Node:
    """Draw one edge with its upper left corner at ``x, y``; scores from ``limit`` on are opaque."""
    drawn = h("g", h("title", written(cell, unit)), class_=f"cell {cell.verdict}-cell")
    box = {"x": x + 0.75, "y": y + 0.75, "width": CELL - 1.5, "height": CELL - 1.5}
    if cell.verdict == "untestable":
        drawn.append(h("rect", **box, class_="untested"))
        drawn.append(line(x + 0.75, y + CELL - 0.75, x + CELL - 0.75, y + 0.75, "untested"))
    elif cell.verdict == "silent" or cell.score is None:
        drawn.append(h("rect", **box, class_="silent-fill"))
    else:
        side = "confirmed" if cell.score > 0 else "contradicted"
        strength = _strength(cell.score / limit)
        drawn.append(h("rect", **box, class_=side, fill_opacity=strength))
    if cell.verdict == "contradicted":
        frame = {"x": x + 1.5, "y": y + 1.5, "width": CELL - 3, "height": CELL - 3}
        drawn.append(h("rect", **frame, class_="cell-frame"))
    if cell.holds:
        right, top = x + CELL - 1, y + 1
        corner = f"{right - 6:.1f},{top:.1f} {right:.1f},{top:.1f} {right:.1f},{top + 6:.1f}"
        drawn.append(h("polygon", points=corner, class_="holds-mark"))
    drawn.append(_sign(cell.sign, x + CELL / 2, y + CELL / 2))
    return drawn


def _strength(part: float) -> float:
    return FAINTEST + (1 - FAINTEST) * min(abs(part), 1.0)


def _sign(sign: EdgeState, x: float, y: float) -> Node:
    """The curated sign: plus, minus, or an open diamond."""
    if not sign:
        corners = ((0, -3.5), (3.5, 0), (0, 3.5), (-3.5, 0))
        points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
        return h("polygon", points=points, class_="cell-sign")
    across = f"M{x - 3:.1f} {y:.1f}H{x + 3:.1f}"
    return h(
        "path",
        d=across + (f"M{x:.1f} {y - 3:.1f}V{y + 3:.1f}" if sign > 0 else ""),
        class_="cell-sign",
    )


def written(cell: EvidenceCell, unit: str) -> str:
    """One edge and what the data say about it, in words."""
    signs: dict[EdgeState, str] = {1: "activation", -1: "repression"}
    said = f"{cell.regulator} → {cell.target} ({signs.get(cell.sign, 'dual or unknown')})"
    if cell.score is None:
        return f"{said}: {cell.verdict}"
    sure = ", holds" if cell.holds else ""
    return f"{said}: {cell.verdict}{sure}, {numerals.signed(cell.score, 1)} {unit}".rstrip()


def draw_scale(limit: float, clipped: bool, unit: str, x: float, y: float) -> list[Node]:
    """The colours from ``-limit`` to ``limit``; ``clipped`` where some scores lie beyond."""
    steps, wide = 8, 18.0
    drawn = []
    for i in range(2 * steps):
        part = (i - steps + 0.5) / steps
        strength = _strength(part)
        side = "confirmed" if part > 0 else "contradicted"
        box = h(
            "rect", x=x + wide * i, y=y, width=wide, height=12.0, class_=side, fill_opacity=strength
        )
        drawn.append(box)
    middle, end = x + wide * steps, x + wide * 2 * steps
    label = f"effect in the direction of the curated sign{f' ({unit})' if unit else ''}"
    return [
        *drawn,
        text(f"{'≤ ' if clipped else ''}{numerals.signed(-limit, 1)}", x, y + 27, "tick"),
        text("0", middle, y + 27, "tick", "middle"),
        text(f"{'≥ ' if clipped else ''}{numerals.signed(limit, 1)}", end, y + 27, "tick", "end"),
        text(label, x, y + 43, "tick"),
    ]


def evidence_legend(alpha: float | None) -> Node:
    """What the marks of the cells mean."""
    entries: tuple[tuple[Verdict, EdgeState, float | None, str], ...] = (
        ("confirmed", 1, 1.0, "confirmed"),
        ("contradicted", 1, -1.0, "contradicted (framed)"),
        ("silent", 1, None, "silent"),
        ("untestable", 1, None, "untestable (struck)"),
        ("silent", 1, None, "+ curated activation"),
        ("silent", -1, None, "− curated repression"),
    )
    keys = [
        _key(EvidenceCell("", "", s, verdict, score), name) for verdict, s, score, name in entries
    ]
    if alpha is not None:
        sure = EvidenceCell("", "", 1, "confirmed", 1.0, holds=True)
        keys.append(_key(sure, f"holds at a false discovery rate of {numerals.share(alpha)}"))
    return h("ul", *keys, class_="legend")


def _key(example: EvidenceCell, name: str) -> Node:
    cell = draw_cell(example, 0, 0, 1.0, "")
    swatch = h(
        "svg", cell, viewBox=f"0 0 {CELL:g} {CELL:g}", width=CELL, height=CELL, aria_hidden="true"
    )
    return h("li", swatch, h("span", name))
