"""Regulators by targets: what the data say about each curated edge."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.evidence_cells import Matrix, matrix
from kgp.report.plots.evidence_marks import CELL, draw_cell, draw_scale, evidence_legend, written
from kgp.report.plots.frame import Box, figure, line, svg, text
from kgp.report.plots.lettering import fit, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import Verdict
    from kgp.report.content.evidence import EvidenceMap

NAMES, MOST_TOP = 96.0, 110.0
"""Room for the names of regulators on the left and of targets above, in pixels."""
COUNTS = 40.0
"""Width of each of the columns that count a regulator's edges."""
SCALE_ROOM, LEAST_WIDTH = 70.0, 560.0
COUNTED: tuple[Verdict, ...] = ("confirmed", "contradicted", "silent", "untestable")


def evidence_map(evidence: EvidenceMap, key: str = "evidence") -> Node | None:
    """Draw the edges that were tested, at most 30 regulators by 60 targets; None without any.

    Colour is the effect: blue where it has the curated sign, orange where it has the other; a
    contradicted edge also has a frame, so that the two differ in grey. A filled corner marks what
    holds at the map's false discovery rate.
    """
    drawn = matrix(evidence)
    if not drawn.cells:
        return None
    top = max(text_width(name, 12) for name in (*drawn.columns, *COUNTED)) + 10
    top = min(top, MOST_TOP)
    bottom = top + CELL * len(drawn.rows)
    box = Box(NAMES, top, NAMES + CELL * len(drawn.columns), bottom)
    verdicts = [each for each in COUNTED if any(n[each] for n in drawn.counts.values())]
    title = f"Evidence for the edges of {evidence.network} in {evidence.dataset}"
    place = {name: box.left + CELL * i for i, name in enumerate(drawn.columns)}
    height = {name: box.top + CELL * i for i, name in enumerate(drawn.rows)}
    limit, clipped = _limit(drawn)
    width = max(box.right + COUNTS * len(verdicts) + 16, LEAST_WIDTH)
    picture = svg(
        key,
        width,
        bottom + SCALE_ROOM,
        title,
        _described(drawn),
        *_grid(drawn, box),
        *(_upright(name, x + CELL / 2 + 4, box, "target-name") for name, x in place.items()),
        *(_regulator(name, drawn, verdicts, y, box) for name, y in height.items()),
        *(_upright(v, box.right + COUNTS * (i + 1) - 2, box) for i, v in enumerate(verdicts)),
        *(
            draw_cell(cell, place[cell.target], height[cell.regulator], limit, evidence.unit)
            for cell in drawn.cells.values()
        ),
        *draw_scale(limit, clipped, evidence.unit, NAMES, bottom + 18),
        least=int(min(width, 720)),
    )
    return figure(
        picture, f"{title}.", _note(evidence, drawn), evidence_legend(evidence.alpha), "wide"
    )


def _limit(drawn: Matrix) -> tuple[float, bool]:
    """The score with the strongest colour, which one in ten may pass, and whether any does."""
    spoken = [c.score for c in drawn.cells.values() if c.verdict in ("confirmed", "contradicted")]
    sizes = sorted(abs(score) for score in spoken if score)
    if not sizes:
        return 1.0, False
    limit = sizes[ceil(0.9 * len(sizes)) - 1]
    return limit, sizes[-1] > limit


def _grid(drawn: Matrix, box: Box) -> list[Node]:
    ys = [box.top + CELL * i for i in range(len(drawn.rows) + 1)]
    xs = [box.left + CELL * i for i in range(len(drawn.columns) + 1)]
    across = [line(box.left, y, box.right, y, "grid") for y in ys]
    return across + [line(x, box.top, x, box.bottom, "grid") for x in xs]


def _upright(name: str, x: float, box: Box, look: str = "") -> Node:
    """Write a name above a column, from below upwards."""
    place = f"translate({x:.1f} {box.top - 6:.1f}) rotate(-90)"
    label = fit(name, box.top - 8, 12)
    written = h("text", label, class_=f"tick {look}".strip(), transform=place)
    return h("g", h("title", name), written)


def _regulator(name: str, drawn: Matrix, verdicts: Sequence[Verdict], y: float, box: Box) -> Node:
    row = h("g", h("title", name))
    label = fit(name, box.left - 8, 12)
    row.append(text(label, box.left - 6, y + 11.5, "tick regulator-name", "end"))
    for i, verdict in enumerate(verdicts):
        n = numerals.count(drawn.counts[name][verdict])
        row.append(text(n, box.right + COUNTS * (i + 1), y + 11.5, "tick", "end"))
    return row


def _described(drawn: Matrix) -> str:
    spoken = [c for c in drawn.cells.values() if c.verdict in ("confirmed", "contradicted")]
    return "; ".join(written(cell, "") for cell in spoken)


def _note(evidence: EvidenceMap, drawn: Matrix) -> str:
    totals = Counter(cell.verdict for cell in evidence.cells)
    shown = Counter(cell.verdict for cell in drawn.cells.values())
    parts = ", ".join(
        f"{numerals.count(shown[verdict])} of {numerals.count(totals[verdict])} {verdict}"
        for verdict in COUNTED
        if totals[verdict]
    )
    tested = [cell for cell in evidence.cells if cell.verdict != "untestable"]
    rows = len({cell.regulator for cell in tested})
    columns = len({cell.target for cell in tested})
    all_drawn = len(drawn.rows) == rows and len(drawn.columns) == columns
    chosen = "" if all_drawn else ", those about which the data say most"
    return (
        f"Drawn: {numerals.count(len(drawn.rows))} of {numerals.plural(rows, 'regulator')} and "
        f"{numerals.count(len(drawn.columns))} of {numerals.plural(columns, 'target')} with a "
        f"tested edge{chosen}; edges: {parts}. Numbers on the right count all edges of a "
        "regulator. Colour: all experiments combined, or the strongest where none are combined."
    )
