"""The node types of the graph, with the names that PrimeKG gives them."""

from __future__ import annotations

from dataclasses import dataclass

from kgp.errors import BadInputError, unknown


@dataclass(frozen=True, slots=True)
class NodeType:
    """One label of the property graph.

    Args:
        name: the label, in the singular.
        primekg: PrimeKG's ``x_type``; empty where PrimeKG has none.
        description: what a node of this type stands for.
    """

    name: str
    primekg: str
    description: str


_TYPES = (
    NodeType("Anatomy", "anatomy", "an anatomical entity"),
    NodeType("BiologicalProcess", "biological_process", "a GO biological process"),
    NodeType("CellLine", "", "a cultured cell line"),
    NodeType("CellularComponent", "cellular_component", "a GO cellular component"),
    NodeType("Complex", "", "a protein complex with its subunits as members"),
    NodeType("Disease", "disease", "a disease, or PrimeKG's group of diseases"),
    NodeType("Drug", "drug", "a drug or another small molecule"),
    NodeType("Exposure", "exposure", "an environmental exposure"),
    NodeType("Gene", "gene/protein", "a gene together with its products"),
    NodeType("MolecularFunction", "molecular_function", "a GO molecular function"),
    NodeType("Pathway", "pathway", "a pathway"),
    NodeType("Phenotype", "effect/phenotype", "a phenotype or side effect"),
    NodeType("Signature", "", "the measured response to one perturbation in one context"),
    NodeType("Strain", "", "a bacterial strain"),
    NodeType("TranscriptionUnit", "", "genes that are transcribed together"),
)

NODE_TYPES: dict[str, NodeType] = {item.name: item for item in _TYPES}
FROM_PRIMEKG: dict[str, str] = {item.primekg: item.name for item in _TYPES if item.primekg}

GO_ASPECTS: dict[str, str] = {
    "biological_process": "BiologicalProcess",
    "molecular_function": "MolecularFunction",
    "cellular_component": "CellularComponent",
}
"""OBO namespace → node type."""


def check_node_type(name: str) -> str:
    """Return ``name`` if it is a node type; otherwise raise BadInputError with the nearest."""
    if name in NODE_TYPES:
        return name
    raise BadInputError(unknown("node type", name, NODE_TYPES))
