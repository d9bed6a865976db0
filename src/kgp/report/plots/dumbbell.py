"""Predicted and measured responses of genes: two marks on a line per gene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Node, h
from kgp.report.plots.frame import Box, figure, legend, line, mark, shorten, svg, text, x_axis
from kgp.report.plots.scales import Scale, linear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import GeneResponse

ROW = 22.0
LEFT, RIGHT, TOP = 120.0, 520.0, 10.0


def response_plot(
    key: str, title: str, note: str, unit: str, genes: Sequence[GeneResponse]
) -> Node | None:
    """Draw one row per gene in the order given; None without genes."""
    if not genes:
        return None
    values = [v for g in genes for v in (g.predicted, g.measured) if v is not None]
    box = Box(LEFT, TOP, RIGHT, TOP + ROW * len(genes))
    x = linear(values, LEFT, RIGHT, zero=True)
    described = "; ".join(
        f"{g.gene} predicted {numerals.signed(g.predicted, 2)}, "
        f"measured {numerals.signed(g.measured, 2)}"
        for g in genes
    )
    picture = svg(
        key,
        540,
        box.bottom + 50,
        title,
        described,
        x_axis(x, box, f"response ({unit})"),
        line(x(0), box.top, x(0), box.bottom, "zero"),
        *(_row(gene, x, TOP + ROW * (i + 0.5)) for i, gene in enumerate(genes)),
    )
    return figure(picture, f"{title}.", note, legend([(0, "predicted"), (1, "measured")]))


def _row(gene: GeneResponse, x: Scale, y: float) -> Node:
    row = h("g", text(shorten(gene.gene, 16), LEFT - 12, y + 4, "label", "end"))
    if gene.measured is not None:
        row.append(line(x(gene.predicted), y, x(gene.measured), y, "link"))
        row.append(mark(1, x(gene.measured), y, 4.5))
    row.append(mark(0, x(gene.predicted), y, 4.5))
    return row
