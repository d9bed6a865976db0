"""Writing a snapshot of a store."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.platform.snapshot.attributes import (
    vector_facts,
    write_property_text,
    write_responses,
    write_vector_set,
)
from kgp.platform.snapshot.config import FORMAT, Plan, SnapshotConfig, identity, resolve
from kgp.platform.snapshot.edges import FusedEdges, fuse_edges
from kgp.platform.snapshot.files import MANIFEST, ArrayFolder, folder_when_whole
from kgp.platform.snapshot.lookup import ends_of
from kgp.platform.snapshot.nodes import Numbering, number_nodes
from kgp.platform.snapshot.reader import Snapshot
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.snapshot.config import SnapshotStore
    from kgp.platform.store.records import SourceRecord
    from kgp.progress import Progress


def write_snapshot(
    store: SnapshotStore,
    out: Path,
    config: SnapshotConfig | None = None,
    progress: Progress | None = None,
) -> Snapshot:
    """Export the graph to ``OUT/<hash>/``; one that is there already is opened, not rewritten.

    Args:
        store: where the graph lives.
        out: folder that holds one sub-folder per snapshot.
        config: what to export; default everything.
        progress: where to say how far it is.

    Raises:
        BadInputError: for an unknown name in ``config``, an empty graph or a folder that cannot
            be written.
        StoreUnavailableError: if the disk is full.
    """
    progress = progress or SilentProgress()
    plan = resolve(config or SnapshotConfig(), store)
    fingerprint = store.fingerprint()
    digest = identity(fingerprint, plan, _contents(store, plan))
    target = out / digest
    if not (target / MANIFEST).exists():
        with folder_when_whole(target) as folder:
            _write(folder, store, plan, progress, {"fingerprint": fingerprint, "hash": digest})
    return Snapshot.open(target)


def _contents(store: SnapshotStore, plan: Plan) -> dict[str, Any]:
    """Identify the vectors and responses, which the graph's fingerprint need not cover."""
    vectors = [vector_facts(s) for s in store.vector_sets() if s.name in plan.vectors]
    datasets = [asdict(d) for d in store.datasets() if d.name in plan.datasets]
    return {"vectors": vectors, "datasets": datasets}


def _write(
    folder: ArrayFolder,
    store: SnapshotStore,
    plan: Plan,
    progress: Progress,
    facts: dict[str, Any],
) -> None:
    with progress.step("Numbering nodes", unit="nodes") as step:
        numbering = number_nodes(store, plan.node_types)
        folder.add("node_offsets", numbering.offsets)
        folder.add_texts("ids", numbering.ids)
        folder.add_texts("names", numbering.names)
        step.advance(len(numbering.ids))
    with progress.step("Fusing edges", unit="edges") as step:
        fused = fuse_edges(store, numbering, plan)
        _write_edges(folder, fused)
        step.advance(fused.adjacency.edges)
    with progress.step("Exporting vectors", len(plan.vectors), "sets") as step:
        vectors = {}
        for spec in (item for item in store.vector_sets() if item.name in plan.vectors):
            vectors[spec.name] = write_vector_set(folder, store, numbering, spec)
            step.advance()
    for node_type, name in plan.texts:
        write_property_text(folder, store, numbering, node_type, name)
    with progress.step("Exporting responses", len(plan.datasets), "sets") as step:
        datasets = {}
        for record in (item for item in store.datasets() if item.name in plan.datasets):
            datasets[record.name] = write_responses(folder, store, numbering, record)
            step.advance()
    facts |= {"config": asdict(plan), "vectors": vectors, "datasets": datasets}
    folder.finish(facts | _graph_facts(numbering, fused) | {"sources": _sources(store.sources())})


def _write_edges(folder: ArrayFolder, fused: FusedEdges) -> None:
    for name in fused.adjacency.__slots__:
        folder.add(f"adjacency/{name}", getattr(fused.adjacency, name))
    held = fused.held_out
    src, relation, dst = ends_of(held, np.arange(held.edges))
    for name, column in (("src", src), ("relation", relation), ("dst", dst), ("sign", held.sign)):
        folder.add(f"held_out/{name}", column)
    for name, numbers in fused.properties.items():
        folder.add(f"edge_properties/{name}", numbers)


def _graph_facts(numbering: Numbering, fused: FusedEdges) -> dict[str, Any]:
    spans = zip(numbering.types, numbering.offsets[:-1], numbering.offsets[1:], strict=True)
    pairs = zip(fused.relations, fused.counts, strict=True)
    return {
        "format": FORMAT,
        "counts": {
            "nodes": len(numbering.ids),
            "edges": fused.adjacency.edges,
            "slots": len(fused.adjacency.slot_relation),
            "edges_left_out": fused.left_out,
            "edges_held_out": fused.held_out.edges,
        },
        "node_types": [{"name": n, "count": int(b - a)} for n, a, b in spans],
        "relations": [asdict(r) | {"count": c, "reverse": r.is_reverse} for r, c in pairs],
    }


def _sources(records: list[SourceRecord]) -> list[dict[str, Any]]:
    """Name each source once, without times and load ids."""
    kept = ("source", "title", "version", "license", "citation", "url", "synthetic")
    rows = {tuple(getattr(record, key) for key in kept) for record in records}
    return [dict(zip(kept, row, strict=True)) for row in sorted(rows)]
