"""Vectors on nodes: computed from texts, structures, values and edges, or read from a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.embed_tasks import (
    BY_ITSELF,
    EXPRESSION,
    GRAPH,
    SYMBOLIC,
    TASKS,
    EmbedOptions,
    check_tasks,
)
from kgp.api.stores import open_store
from kgp.errors import UsageError
from kgp.progress import SilentProgress
from kgp.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.embed_writing import EmbedReport
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import VectorSet
    from kgp.progress import Progress

CACHE = "vectors"
"""Folder, in the user's cache, of the vectors by content."""


@dataclass(frozen=True, slots=True)
class EmbedResult:
    """What one embedding did; ``vectors`` is None where no node has what the encoder reads."""

    task: str
    vectors: VectorSet | None
    nodes: int
    missing: int
    rejected: int
    repeated: bool
    note: str = ""


def embed(
    store: str | None = None,
    tasks: Sequence[str] = (),
    *,
    options: EmbedOptions | None = None,
    progress: Progress | None = None,
) -> list[EmbedResult]:
    """Compute vectors and store them on their nodes.

    What was computed once is kept in the user's cache by its content: a run that was interrupted
    continues, and another store with the same texts computes nothing.

    Args:
        store: URL of the store.
        tasks: names from ``TASKS``; none computes those of ``BY_ITSELF`` for which the graph has
            an input.
        options: model, device, property and the like.
        progress: where to say how far it is.

    Raises:
        UsageError: for an unknown task, or options that do not go with it.
        BadInputError: for a task for which the graph has no input.
        MissingExtraError: if an encoder's package or model is not there.
    """
    from kgp.platform.embed import NothingToReadError

    options = options or EmbedOptions()
    check_tasks(tasks, options)
    bars = progress or SilentProgress()
    done = []
    for task in tasks or BY_ITSELF:
        with open_store(store) as graph:
            try:
                report = _run(graph, task, options, bars)
            except NothingToReadError:
                # Without a request for it, an encoder that finds nothing to read is no error.
                if tasks:
                    raise
                done.append(EmbedResult(task, None, 0, 0, 0, repeated=False))
            else:
                done.append(_result(task, report))
    return done


def embed_file(
    store: str | None,
    file: Path,
    name: str,
    *,
    ids: Path | None = None,
    prefix: str = "",
    node_type: str = "",
) -> EmbedResult:
    """Store the vectors of a file on the nodes that its ids mean.

    Args:
        store: URL of the store.
        file: pickle of arrays, ``.npy``, ``.npz``, ``.pt``, ``.safetensors``, Parquet, CSV or TSV;
            see :func:`kgp.platform.embed_formats.read_table`.
        name: name of the set.
        ids: file with one id per line, for a matrix that comes without.
        prefix: a CURIE prefix that the ids lack.
        node_type: only nodes of this type.

    Raises:
        BadInputError: for a file that cannot be used, or whose ids mean no node.
        UsageError: for a name that cannot be one.
    """
    from kgp.platform.embed_import import VectorFile, import_vectors

    with open_store(store) as graph:
        report = import_vectors(graph, VectorFile(file, ids, prefix), name, node_type)
    return _result(file.name, report)


def _run(graph: KnowledgeStore, task: str, options: EmbedOptions, bars: Progress) -> EmbedReport:
    if task == GRAPH:
        return _graph(graph, options)
    if task == EXPRESSION:
        return _expression(graph, options)
    from kgp.platform.embed import embed as encode
    from kgp.platform.encoders import load_encoder

    plan = TASKS[task]
    wanted = options.property or plan.property
    kind = options.node_type or plan.node_type
    encoder = load_encoder(plan.encoder, options.encoder)
    leave = SYMBOLIC if (wanted or encoder.reads) == "name" else ()
    cache = load_settings().cache / CACHE
    return encode(
        *(graph, encoder, kind, wanted),
        name=options.name,
        leave_out=leave,
        cache=cache,
        progress=bars,
    )


def _graph(graph: KnowledgeStore, options: EmbedOptions) -> EmbedReport:
    from kgp.platform.embed_derived import embed_graph
    from kgp.platform.snapshot import Snapshot

    if options.snapshot is None:
        raise UsageError(
            "graph-svd reads the edges of a snapshot; none is given.",
            hint="Edges that are held out of the snapshot are not seen.",
            command="kgp snapshot OUT && kgp embed graph-svd --snapshot OUT",
        )
    snapshot = Snapshot.open(options.snapshot)
    return embed_graph(graph, snapshot, options.dimensions, name=options.name)


def _expression(graph: KnowledgeStore, options: EmbedOptions) -> EmbedReport:
    from kgp.platform.embed_derived import embed_expression, measured_sets

    known = measured_sets(graph)
    if not options.of and len(known) != 1:
        raise UsageError(
            "expression reduces the values of one set; say which.",
            hint=f"Sets with a value for every feature: {', '.join(known) or 'none'}.",
            command=f"kgp embed expression --of {known[0] if known else 'SET'}",
        )
    return embed_expression(graph, options.of or known[0], options.dimensions, name=options.name)


def _result(task: str, done: EmbedReport) -> EmbedResult:
    return EmbedResult(
        *(task, done.vector_set, done.nodes, done.missing, done.rejected, done.repeated, done.note)
    )
