"""What the graph holds, and its export for models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.stores import open_store
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.platform.snapshot.config import SnapshotConfig
    from kgp.platform.snapshot.reader import Snapshot
    from kgp.platform.store.records import (
        DatasetRecord,
        GrnRecord,
        SourceRecord,
        VectorSet,
    )
    from kgp.platform.store.summary import GraphSummary
    from kgp.progress import Progress


@dataclass(frozen=True, slots=True)
class GraphStats:
    """Everything ``kgp stats`` shows.

    Args:
        nodes: node type → number of nodes.
        relationships: relation → number of relationships.
        fingerprint: hash of the content.
        summary: degrees, orphans, licences, duplicates.
        sources: the published loads.
        vectors: the vector sets.
        coverage: vector set → share of the nodes of its type (or of all) that have a vector.
        datasets: the response sets.
        networks: the networks.
    """

    nodes: dict[str, int]
    relationships: dict[str, int]
    fingerprint: str
    summary: GraphSummary
    sources: list[SourceRecord]
    vectors: list[VectorSet]
    coverage: dict[str, float]
    datasets: list[DatasetRecord]
    networks: list[GrnRecord]


def graph_stats(store: str | None = None) -> GraphStats:
    """Count what the graph holds."""
    with open_store(store) as graph:
        counts, vectors = graph.counts(), graph.vector_sets()
        return GraphStats(
            counts.nodes,
            counts.relationships,
            graph.fingerprint(),
            graph.summary(),
            graph.sources(),
            vectors,
            {each.name: _coverage(each, counts.nodes) for each in vectors},
            graph.datasets(),
            graph.grns(),
        )


def _coverage(vectors: VectorSet, nodes: Mapping[str, int]) -> float:
    possible = nodes.get(vectors.node_type, 0) if vectors.node_type else sum(nodes.values())
    return vectors.covered / possible if possible else 0.0


def snapshot(
    store: str | None,
    out: Path,
    *,
    config: SnapshotConfig | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Export this version of the graph for models.

    Args:
        store: URL of the store.
        out: folder that holds one folder per snapshot.
        config: what to export; default everything that a model may read.
        progress: where to say how far it is.
    """
    from kgp.platform.snapshot import write_snapshot

    with open_store(store) as graph:
        return write_snapshot(graph, out, config, progress=progress or SilentProgress())
