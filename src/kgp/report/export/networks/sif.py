"""Simple interaction format, which Cytoscape reads: regulator, verb, target."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.report.export.networks.content import ExportedNetwork

VERBS = {
    "activation": "activates",
    "repression": "represses",
    "dual": "regulates",
    "unknown": "regulates",
}
"""Effect → the verb of a line."""


def to_sif(network: ExportedNetwork) -> bytes:
    """Write a line for each regulator, verb and target, with tabs.

    The format knows no layers: a pair that several layers state alike is one line.
    """
    lines = {
        f"{_cell(e.source.label)}\t{VERBS[e.effect]}\t{_cell(e.target.label)}\n": None
        for e in network.edges
    }
    return "".join(lines).encode()


def _cell(text: str) -> str:
    return " ".join(text.split())
