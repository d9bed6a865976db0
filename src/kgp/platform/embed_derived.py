"""Vectors that come from the graph's own numbers: measured values, and the edges themselves."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Protocol

import numpy as np

from kgp.errors import BadInputError, unknown
from kgp.platform.embed_writing import (
    EmbedReport,
    EmbedStore,
    Provenance,
    check_set_name,
    find_written,
    write_set,
)
from kgp.platform.encoders.graph_svd import graph_coordinates
from kgp.platform.encoders.pca import principal_components
from kgp.platform.store.port import ResponseStore

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from kgp.platform.snapshot.reader import Snapshot
    from kgp.platform.store.records import VectorSet

GRAPH_SET = "graph_svd"
PCA = "pca"
_SIGNATURE = "Signature"


class MeasuredStore(EmbedStore, ResponseStore, Protocol):
    """Where measured values are read and vectors written."""


def measured_sets(store: MeasuredStore) -> list[str]:
    """Names of what has values over a feature space: vectors of a source, whole response sets."""
    vectors = [v.name for v in store.vector_sets() if store.vector_features(v.name)]
    return vectors + [data.name for data in store.datasets() if not data.censored]


def embed_expression(
    store: MeasuredStore, of: str, components: int = 64, *, name: str = ""
) -> EmbedReport:
    """Write the principal components of measured values, on the nodes that have them.

    Args:
        store: the graph.
        of: a vector set that a source brought with the features of its places, such as baseline
            expression of cell lines, or a response set, whose signatures then carry the vectors.
        components: most components.
        name: name of the new set; default ``pca_SET``.

    Raises:
        BadInputError: for a set that is not there, lists responding features only, or does not
            vary.
    """
    kind, ids, values = _measured(store, of)
    content = hashlib.sha256(values.tobytes() + "\n".join(ids).encode()).hexdigest()[:16]
    title = check_set_name(name or f"pca_{of}")
    nodes = store.counts().nodes
    total = nodes.get(kind, 0) if kind else sum(nodes.values())

    def report(spec: VectorSet, explained: float, *, repeated: bool) -> EmbedReport:
        note = f"{explained:.1%} of the variance"
        return EmbedReport(spec, total, total - len(ids), 0, repeated, note)

    # As many as there can be; a set that has fewer is only known by computing them.
    most = min(components, len(values) - 1, values.shape[1])
    if known := _written_components(store, title, f"1 of:{of} components:{most}", content):
        return report(*known, repeated=True)
    found = principal_components(values, components)
    if not found.scores.shape[1]:
        raise BadInputError(
            f"The {len(ids):,} rows of {of!r} do not differ: there is no component.",
            hint="Valid are two rows or more that differ.",
            command="kgp stats",
        )
    share = f"explained:{found.explained:.4f}"
    revision = f"1 of:{of} components:{found.scores.shape[1]} {share} input:{content}"
    origin = Provenance(title, kind, PCA, revision)
    written = find_written(store, origin)
    spec = written or write_set(store, origin, ids, found.scores)
    return report(spec, found.explained, repeated=written is not None)


def _measured(store: MeasuredStore, of: str) -> tuple[str, list[str], NDArray[np.float32]]:
    """Read a set of measured values: the type of its nodes, their ids, float32 [ids, features]."""
    known = measured_sets(store)
    if of not in known:
        raise BadInputError(
            unknown("set of values over all features", of, known),
            hint="Response sets that list responding features only have no such values.",
            command="kgp stats",
        )
    vectors = {v.name: v for v in store.vector_sets()}
    if of in vectors:
        return vectors[of].node_type, *_rows(store.scan_vectors(of), "id", "vector")
    return _SIGNATURE, *_rows(store.scan_effects(of), "signature", "values")


def _written_components(
    store: MeasuredStore, title: str, start: str, content: str
) -> tuple[VectorSet, float] | None:
    """Find a set by all of its revision but the share that it explains, which it then tells."""
    pattern = re.compile(rf"{re.escape(start)} explained:([0-9.]+) input:{content}")
    for known in store.vector_sets():
        if (known.name, known.encoder) == (title, PCA) and (
            told := pattern.fullmatch(known.revision)
        ):
            return known, float(told[1])
    return None


def _rows(
    batches: Iterable[pa.RecordBatch], key: str, values: str
) -> tuple[list[str], NDArray[np.float32]]:
    ids, parts = [], []
    for batch in batches:
        ids += batch.column(key).to_pylist()
        flat = batch.column(values).flatten().to_numpy(zero_copy_only=False)
        parts.append(flat.astype(np.float32).reshape(batch.num_rows, -1))
    return ids, np.concatenate(parts)


def embed_graph(
    store: EmbedStore, snapshot: Snapshot, dimensions: int = 64, *, name: str = ""
) -> EmbedReport:
    """Write the graph coordinates of a snapshot's nodes; a node without an edge has none.

    Only the snapshot's edges are seen: what was held out of it, or left out by relation, is not.

    Args:
        store: the graph.
        snapshot: an export of this graph.
        dimensions: coordinates per node.
        name: name of the set; default ``graph_svd``.

    Raises:
        BadInputError: if the snapshot has no edge, or nodes that the graph does not have.
    """
    title = check_set_name(name or GRAPH_SET)
    origin = Provenance(title, "", "graph-svd", f"1 snapshot:{snapshot.hash} d:{dimensions}")
    nodes = snapshot.adjacency.nodes
    if known := find_written(store, origin):
        return EmbedReport(known, nodes, nodes - known.covered, 0, repeated=True)
    placed = graph_coordinates(snapshot.adjacency, dimensions)
    rows = np.flatnonzero(placed.any(1))
    if not len(rows):
        raise BadInputError(
            f"The snapshot {snapshot.path} has no edge, so its nodes have no place.",
            command=f"kgp snapshot {snapshot.path.parent}",
        )
    ids = [snapshot.numbering.ids[int(row)] for row in rows]
    unknown_ids = len(ids) - store.known(ids)
    if unknown_ids:
        raise BadInputError(
            f"{unknown_ids:,} nodes of the snapshot {snapshot.path} are not in this graph.",
            hint="The snapshot was made from another graph, or before a source was removed.",
            command=f"kgp snapshot {snapshot.path.parent}",
        )
    written = write_set(store, origin, ids, placed[rows])
    return EmbedReport(written, nodes, nodes - len(rows), 0, repeated=False)
