"""What the graph holds, its vectors, and its export for models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.stores import open_store
from kgp.errors import BadInputError, MissingExtraError, UsageError, unknown
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgp.platform.snapshot.reader import Snapshot
    from kgp.platform.store.records import (
        DatasetRecord,
        GrnRecord,
        SourceRecord,
        VectorSet,
    )
    from kgp.platform.store.summary import GraphSummary
    from kgp.progress import Progress

TASKS: dict[str, tuple[str, str]] = {
    "morgan": ("Drug", ""),
    "minilm": ("", "name"),
    "minilm-definition": ("", "definition"),
    "composition": ("Gene", ""),
}
"""What ``kgp embed`` computes: task → (node type, property); the encoder is before the dash."""

SYMBOLIC = ("CellLine", "Complex", "Gene", "Strain", "TranscriptionUnit")
"""Types whose names are symbols; a sentence encoder has never seen BRCA1 as a word."""


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


@dataclass(frozen=True, slots=True)
class EmbedResult:
    """What one embedding did; ``vectors`` is None where no node has what the encoder reads."""

    task: str
    vectors: VectorSet | None
    nodes: int
    missing: int
    rejected: int
    repeated: bool


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


def embed(
    store: str | None = None, tasks: Sequence[str] = (), *, progress: Progress | None = None
) -> list[EmbedResult]:
    """Compute vectors and store them on their nodes.

    Args:
        store: URL of the store.
        tasks: names from ``TASKS``; none computes all for which the graph has an input.
        progress: where to say how far it is.

    Raises:
        UsageError: for an unknown task.
        BadInputError: for a task for which the graph has no input.
        MissingExtraError: if an encoder's package is not installed.
    """
    for task in tasks:
        if task not in TASKS:
            raise UsageError(unknown("encoder", task, TASKS, command="kgp embed"))
    bars = progress or SilentProgress()
    return [_embed(store, task, task in tasks, bars) for task in tasks or TASKS]


def _embed(store: str | None, task: str, asked: bool, bars: Progress) -> EmbedResult:
    from kgp.platform.embed import embed as encode

    node_type, wanted = TASKS[task]
    leave = SYMBOLIC if wanted == "name" else ()
    with open_store(store) as graph:
        try:
            done = encode(
                graph, task.partition("-")[0], node_type, wanted, leave_out=leave, progress=bars
            )
        except MissingExtraError:
            raise
        except BadInputError:
            # Without a request for it, an encoder that finds nothing to read is no error.
            if asked:
                raise
            return EmbedResult(task, None, 0, 0, 0, repeated=False)
    return EmbedResult(
        task, done.vector_set, done.nodes, done.missing, done.rejected, done.repeated
    )


def snapshot(store: str | None, out: Path, *, progress: Progress | None = None) -> Snapshot:
    """Export this version of the graph for models.

    Args:
        store: URL of the store.
        out: folder that holds one folder per snapshot.
        progress: where to say how far it is.
    """
    from kgp.platform.snapshot import write_snapshot

    with open_store(store) as graph:
        return write_snapshot(graph, out, progress=progress or SilentProgress())
