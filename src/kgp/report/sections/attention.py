"""Where the model looked when it predicted one drug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Child, h
from kgp.report.plots.bars import bar_plot
from kgp.report.plots.dumbbell import response_plot

if TYPE_CHECKING:
    from kgp.report.content import AttentionSummary

MOST_NEIGHBOURS = 15
MOST_GENES = 20


def attention_section(attention: AttentionSummary) -> tuple[Child, ...]:
    """Shares by node type, the neighbours with most weight, predicted and measured genes."""
    held = "was not" if attention.held_out else "was"
    said = f"{attention.model} on {attention.drug}, which {held} in the training part."
    beware = (
        "Attention is not an explanation: it says where the model looked, not what the prediction "
        "hangs on, nor what the drug does in a cell."
    )
    shares = sorted(attention.shares.items(), key=lambda item: (-item[1], item[0]))
    ranked = sorted(attention.neighbours, key=lambda n: (-n.weight, n.name))[:MOST_NEIGHBOURS]
    neighbours = [(f"{n.name} ({n.relation})", n.weight) for n in ranked]
    write = numerals.share
    plots = (
        bar_plot(
            "attention-types", "Attention by node type", "Share of the whole.", shares, write, 4
        ),
        bar_plot(
            "attention-neighbours",
            "Neighbours with most attention",
            "In brackets by which relation.",
            neighbours,
            write,
        ),
    )
    genes = response_plot(
        "attention-genes",
        f"Response to {attention.drug}",
        "Each gene as predicted and as measured.",
        attention.unit,
        attention.genes[:MOST_GENES],
    )
    return (
        h("p", said, class_="finding"),
        h("p", beware, class_="note"),
        h("div", h("div", *plots, class_="stack"), genes, class_="figures"),
    )
