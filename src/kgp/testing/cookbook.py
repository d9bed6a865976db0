"""The small world that the Cypher cook-book asks: loads, a refinement with evidence, and a fork.

The network ``trrust`` is curated. Its version 2 is a refinement: MYC no longer activates TP53, MYC
activates CDKN1A instead of repressing it, and E2F1 activates BAX. The fork ``trrust-k562`` begins
with version 2; its own version 2 ends what TP53 does in cells without TP53, and lets MYC repress
BCL2. Who regulates what on which publication is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from kgp.kg_schema.batches import EFFECT_OF_SIGN, Kind
from kgp.platform import grn
from kgp.platform.store.records import EdgeChange, EdgeEvidence
from kgp.testing.loads import ListLoader, SourceBuilder, source_info

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore

GENES = {
    **{"TP53": "ncbigene:7157", "MDM2": "ncbigene:4193", "CDKN1A": "ncbigene:1026"},
    **{"BCL2": "ncbigene:596", "BAX": "ncbigene:581", "MYC": "ncbigene:4609"},
    **{"E2F1": "ncbigene:1869", "ESR1": "ncbigene:2099"},
}
"""Symbol → CURIE."""

_DRUGS = {"idasanutlin": "drugbank:DB12325", "siremadlin": "drugbank:DB15257"}
_DRUGS |= {"venetoclax": "drugbank:DB11581", "tamoxifen": "drugbank:DB00675"}
_STRUCTURES = {"idasanutlin": (1.0, 0.0), "siremadlin": (24.0, 7.0)}
_STRUCTURES |= {"venetoclax": (3.0, 4.0), "tamoxifen": (0.0, 1.0)}
"""What stands for the drugs' molecules: its angles to the first have the cosines .96, .6 and 0."""

_PROMISCUOUS = "drugbank:DB02010"
_LEUKEMIA = "doid:1240"
_CELLS = {"K-562": "cellosaurus:CVCL_0004", "MCF-7": "cellosaurus:CVCL_0031"}

NETWORK, FORK = "trrust", "trrust-k562"
LAYER = "transcriptional"

_CURATED: dict[tuple[str, str], tuple[int, str]] = {
    ("TP53", "MDM2"): (1, "1 2"),
    ("TP53", "CDKN1A"): (1, "3"),
    ("TP53", "BCL2"): (-1, "4"),
    ("TP53", "BAX"): (1, "5 6"),
    ("MDM2", "TP53"): (-1, "2"),
    ("MYC", "CDKN1A"): (-1, "7 8"),
    ("MYC", "TP53"): (1, "9"),
    ("E2F1", "TP53"): (1, "3"),
    ("E2F1", "MYC"): (1, "10"),
    ("ESR1", "BCL2"): (1, "4"),
}
"""Regulator and target → sign and the publications that say so."""

_EXPERIMENTS = {
    1: ("MYC", "-1", "K-562"),
    2: ("MYC", "1", "MCF-7"),
    3: ("E2F1", "1", "MCF-7"),
    4: ("E2F1", "-1", "K-562"),
    5: ("TP53", "-1", "MCF-7"),
    6: ("idasanutlin", "0", "MCF-7"),
    7: ("siremadlin", "0", "MCF-7"),
    8: ("venetoclax", "0", "K-562"),
}
"""Number of a signature → what it perturbs, in which direction, and where."""


def cookbook() -> list[ListLoader]:
    """The four sources."""
    return [_gene_table(), _drugs(), _network(), _responses()]


def _gene_table() -> ListLoader:
    source = SourceBuilder(source_info("gene-info", "2024"))
    for symbol, gene in GENES.items():
        source.node(gene, "Gene", symbol).xref(gene, f"symbol:{symbol}", "synonym")
    source.xref(GENES["TP53"], "symbol:P53", "synonym").xref(GENES["TP53"], "hgnc:11998")
    return source.loader()


def _drugs() -> ListLoader:
    source = SourceBuilder(source_info("primekg", "2", "CC-BY-4.0"))
    for name, drug in (*_DRUGS.items(), ("staurosporine", _PROMISCUOUS)):
        source.node(drug, "Drug", name)
    for name, structure in _STRUCTURES.items():
        source.vector("structure", _DRUGS[name], structure)
    source.node(_LEUKEMIA, "Disease", "leukemia")
    for drug, gene in (
        *(("idasanutlin", "MDM2"), ("siremadlin", "MDM2")),
        *(("venetoclax", "BCL2"), ("tamoxifen", "ESR1")),
    ):
        source.edge(_DRUGS[drug], "TARGETS", GENES[gene], "target")
    for gene in ("MDM2", "E2F1", "MYC", "ESR1"):
        source.edge(_PROMISCUOUS, "TARGETS", GENES[gene], "target")
    source.edge(_DRUGS["venetoclax"], "INDICATED_FOR", _LEUKEMIA, "indication")
    source.edge(GENES["BCL2"], "ASSOCIATED_WITH", _LEUKEMIA, "associated with")
    source.edge(GENES["MDM2"], "INTERACTS_WITH", GENES["TP53"], "ppi")
    return source.loader()


def _network() -> ListLoader:
    source = SourceBuilder(source_info("trrust", "2", "CC-BY-SA-4.0"))
    for (src, dst), (sign, papers) in _CURATED.items():
        row = {"grn": NETWORK, "src": f"symbol:{src}", "dst": f"symbol:{dst}", "layer": LAYER}
        source.add(
            Kind.REGULATION,
            **row,
            sign=sign,
            effect=EFFECT_OF_SIGN[sign],
            sign_source="curated",
            weight=None,
            evidence=orjson.dumps({"pubmed": papers.split()}).decode(),
        )
    return source.loader()


def _responses() -> ListLoader:
    source = SourceBuilder(source_info("lincs", "2020", "CC-BY-4.0"))
    for name, cell in _CELLS.items():
        source.node(cell, "CellLine", name)
    for name, kind in (("genes", GENES), ("drugs", _DRUGS)):
        source.dataset(name, [GENES["CDKN1A"], GENES["BAX"]])
        for number, (perturbed, direction, cell) in _EXPERIMENTS.items():
            if perturbed in kind:
                signature = f"lincs:{number}"
                source.node(signature, "Signature", f"{perturbed} in {cell}")
                source.edge(signature, "PERTURBS", kind[perturbed], direction)
                source.edge(signature, "MEASURED_IN", _CELLS[cell])
                source.effect(name, signature, [0.5 * number, -1.0])
    return source.loader()


def refine(store: KnowledgeStore) -> None:
    """Write version 2 of the network, the fork, and version 2 of the fork."""
    record = grn.new_version(NETWORK, 1, "refine", {"p": 0.5}, "responses", {"changes": 3})
    said = {"reason": "responses of its perturbation"}
    changes = [
        _change("MYC", "TP53", 0, 0.75, said, (1, 2.0)),
        _change("MYC", "CDKN1A", 1, 0.5, said, (1, 1.0), (2, -0.25)),
        _change("E2F1", "BAX", 1, 0.875, said, (3, 3.0), (4, -0.5)),
    ]
    grn.commit(store, record, changes)
    store.fork_grn(NETWORK, FORK, "cell=K562", "curator")
    there = grn.new_version(FORK, 1, "refine", {"p": 0.5}, "responses", {"changes": 3})
    grn.commit(
        store,
        there,
        [
            _change("TP53", "CDKN1A", 0, 0.75, {}, (5, 1.5)),
            _change("TP53", "BAX", 0, 0.625, {}, (5, 0.5)),
            _change("MYC", "BCL2", -1, 0.5, said, (1, 2.5)),
        ],
    )


def _change(
    src: str,
    dst: str,
    sign: int,
    confidence: float,
    evidence: dict[str, str],
    *said: tuple[int, float],
) -> EdgeChange:
    experiments = (
        EdgeEvidence(f"lincs:{number}", "supports" if gain > 0 else "contradicts", gain)
        for number, gain in said
    )
    return grn.changed_edge(
        GENES[src], GENES[dst], LAYER, sign, confidence, evidence, signatures=experiments
    )
