"""Writing a network as of any version for other tools."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.networks import names_of
from kgp.api.stores import open_store
from kgp.errors import UsageError, unknown
from kgp.platform import grn
from kgp.report.export.networks.content import ExportedEdge, ExportedGene, ExportedNetwork
from kgp.report.export.networks.formats import network_format
from kgp.report.files import write_together

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.grn import EdgeState
    from kgp.platform.store.port import KnowledgeStore

CURIE, SYMBOL = "curie", "symbol"
IDS = (CURIE, SYMBOL)
"""What stands for a gene in the file."""


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """What was written.

    Args:
        network: the network's name.
        version: the version that was written.
        edges: its edges.
        file: where it is.
        format: its format.
    """

    network: str
    version: int
    edges: int
    file: Path
    format: str


def export_network(
    store: str | None,
    network: str,
    out: Path,
    *,
    version: int | None = None,
    format: str | None = None,
    ids: str = CURIE,
) -> NetworkFile:
    """Write a network; the file appears when it is whole, and replaces what was there.

    Args:
        store: URL of the store.
        network: the network's name.
        out: the file.
        version: default the head.
        format: one of :data:`kgp.report.export.networks.formats.FORMATS`; by default as the file's
            ending tells.
        ids: ``curie``, or ``symbol``, with which a symbol that several genes share stays a CURIE.

    Raises:
        UsageError: for an unknown format or kind of identifiers.
        BadInputError: for an unknown network or version, or a file that cannot be written.
    """
    chosen = network_format(format, out)
    if ids not in IDS:
        raise UsageError(unknown("kind of identifiers", ids, IDS))
    with open_store(store) as graph:
        exported = read_exported(graph, network, version, ids)
    write_together({out: chosen.write(exported)}, "network", f"kgp grn export {network} FILE")
    return NetworkFile(network, exported.version, len(exported.edges), out, chosen.name)


def read_exported(
    graph: KnowledgeStore, network: str, version: int | None = None, ids: str = CURIE
) -> ExportedNetwork:
    """Read a network as of a version in the form that its writers take.

    Raises:
        BadInputError: for an unknown network or version.
    """
    states = list(grn.edges(graph, network, version).values())
    genes = _genes(graph, {end for s in states for end in (s.src, s.dst)}, ids)
    at = graph.grn_versions(network)[-1].version if version is None else version
    return ExportedNetwork(network, at, tuple(_edge(state, genes) for state in states))


def _genes(graph: KnowledgeStore, nodes: set[str], ids: str) -> dict[str, ExportedGene]:
    named = names_of(graph, nodes)
    shared = Counter(named.values())
    labels = {
        node: name if ids == SYMBOL and shared[name] == 1 else node for node, name in named.items()
    }
    return {node: ExportedGene(labels[node], node, name) for node, name in named.items()}


def _edge(state: EdgeState, genes: dict[str, ExportedGene]) -> ExportedEdge:
    return ExportedEdge(
        genes[state.src],
        genes[state.dst],
        state.layer,
        state.sign,
        state.effect,
        state.weight,
        state.confidence,
        state.sign_source,
    )
