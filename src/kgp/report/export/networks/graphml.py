"""GraphML, which Cytoscape, Gephi, igraph and networkx read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from kgp.report.export.networks.content import ExportedEdge, ExportedGene, ExportedNetwork

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_KEYS = {
    "graph": {"network": "string", "version": "int"},
    "node": {"name": "string", "curie": "string"},
    "edge": {
        "sign": "int",
        "effect": "string",
        "layer": "string",
        "weight": "double",
        "confidence": "double",
    },
}
"""Attributes and their types, by what has them."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, escaped or not."""


def to_graphml(network: ExportedNetwork) -> bytes:
    """Write a directed graph; several layers of a pair are parallel edges.

    Nodes have ``name`` and ``curie``; edges ``sign``, ``effect``, ``layer``, ``weight`` and, where
    a refinement gave one, ``confidence``.
    """
    root = ET.Element("graphml", {"xmlns": NAMESPACE})
    for owner, keys in _KEYS.items():
        for key, kind in keys.items():
            about = {"id": f"{owner}_{key}", "for": owner, "attr.name": key, "attr.type": kind}
            ET.SubElement(root, "key", about)
    graph = ET.SubElement(root, "graph", {"id": "G", "edgedefault": "directed"})
    _describe(graph, "graph", {"network": network.name, "version": network.version})
    genes = {gene.label: gene for edge in network.edges for gene in (edge.source, edge.target)}
    for label in sorted(genes):
        _add_node(graph, genes[label])
    for number, edge in enumerate(network.edges):
        _add_edge(graph, number, edge)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _add_node(graph: ET.Element, gene: ExportedGene) -> None:
    node = ET.SubElement(graph, "node", {"id": _clean(gene.label)})
    _describe(node, "node", {"name": gene.name, "curie": gene.id})


def _add_edge(graph: ET.Element, number: int, edge: ExportedEdge) -> None:
    ends = {"source": _clean(edge.source.label), "target": _clean(edge.target.label)}
    made = ET.SubElement(graph, "edge", {"id": f"e{number}", **ends})
    about = {name: getattr(edge, name) for name in _KEYS["edge"]}
    _describe(made, "edge", {name: value for name, value in about.items() if value is not None})


def _describe(element: ET.Element, owner: str, about: dict[str, object]) -> None:
    for key, value in about.items():
        ET.SubElement(element, "data", {"key": f"{owner}_{key}"}).text = _clean(str(value))


def _clean(text: str) -> str:
    return _NO_XML.sub(" ", text)
