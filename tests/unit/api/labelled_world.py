"""Responses with errors, replicates, controls and properties, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from kgp.testing import ListLoader

GENES = [f"ncbigene:{n}" for n in range(1, 5)]
SET, CENSORED = "own", "listed"
DRUG, CELL = "drugbank:DB1", "cellosaurus:CVCL_0004"


def signature(name: str, dataset: str = SET) -> str:
    return f"kgp.signature:{dataset}/{name}"


def genes() -> ListLoader:
    """Another source that knows three of the four genes, and no drug."""
    source = SourceBuilder(source_info("gene-info"))
    for number, gene in enumerate(GENES[:3], start=1):
        source.node(gene, "Gene", f"G{number}", symbol=f"G{number}")
    return source.loader()


def responses() -> ListLoader:
    """Six signatures of one set, and one of a set that lists only what responds.

    ``down``: gene 1 knocked down, precise: G2 up, G3 down, gene 4 unchanged.
    ``again``: the same with errors too large to know anything.
    ``up``: gene 1 over-expressed, precise: G2 down.
    ``both``: genes 1 and 2 knocked down. ``drug``: without errors. ``none``: nothing perturbed.
    """
    source = SourceBuilder(source_info("own-table")).dataset(SET, GENES)
    for gene in GENES:
        source.node(gene, "Gene", "")
    source.node(DRUG, "Drug", "aspirin\tacid")
    source.node(CELL, "CellLine", "K562")
    about = {
        "down": {"n_replicates": 3, "control_set": "c1", "dose": 1.5, "controls": ["a", "b"]},
        "again": {"n_replicates": 2, "control_set": "c1", "checked": True},
        "up": {"n_replicates": 4, "control_set": "c2", "time/h": "24"},
        "both": {"n_replicates": 3},
        "drug": {},
        "none": {},
    }
    for name, properties in about.items():
        source.node(signature(name), "Signature", f"{name}\tof own", **properties)
    for name, node, direction in (
        ("down", GENES[0], "-1"),
        ("again", GENES[0], "-1"),
        ("up", GENES[0], "1"),
        ("both", GENES[0], "-1"),
        ("both", GENES[1], "-1"),
        ("drug", DRUG, "0"),
    ):
        source.edge(signature(name), "PERTURBS", node, direction)
    source.edge(signature("down"), "MEASURED_IN", CELL)
    precise, blurred = [0.1] * 4, [5.0] * 4
    source.effect(SET, signature("down"), [-6.0, 3.0, -4.0, 0.1], errors=precise, df=20.0)
    source.effect(SET, signature("again"), [-6.0, 3.0, -4.0, 0.1], errors=blurred, df=2.0)
    source.effect(SET, signature("up"), [6.0, -5.0, 0.0, 0.0], errors=precise, df=20.0)
    source.effect(SET, signature("both"), [-6.0, -6.0, 0.0, 3.0], errors=precise, df=20.0)
    source.effect(SET, signature("drug"), [0.0, 0.0, 0.0, -3.0])
    source.effect(SET, signature("none"), [0.0, 0.0, 0.0, 0.0])
    source.dataset(CENSORED, GENES, censored=True)
    source.node(signature("one", CENSORED), "Signature", "one")
    source.edge(signature("one", CENSORED), "PERTURBS", GENES[0], "1")
    source.effect(CENSORED, signature("one", CENSORED), [4.0], features=[2])
    return source.loader()
