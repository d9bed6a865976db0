"""Vectors in two dimensions, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.report.content import EmbeddingMap, EmbeddingPoint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import VectorSet

MOST_POINTS = 1500
PREFERENCE = ("minilm_name", "minilm_definition", "morgan", "composition")
"""Vector sets in the order in which one is chosen for the map."""


def embedding_map(graph: KnowledgeStore) -> EmbeddingMap | None:
    """Project a vector set on its first two principal components, at most 1,500 points.

    Returns:
        None where no node of the graph has a vector.
    """
    sets = {spec.name: spec for spec in graph.vector_sets() if spec.covered}
    chosen = next((name for name in PREFERENCE if name in sets), next(iter(sets), None))
    if chosen is None:
        return None
    spec = sets[chosen]
    ids, types, vectors = _read(graph, spec)
    picked = np.linspace(0, len(ids) - 1, min(MOST_POINTS, len(ids))).astype(int)
    points, share = project(vectors)
    names = {n["id"]: n["name"] or n["id"] for n in graph.nodes([ids[i] for i in picked])}
    return EmbeddingMap(
        spec.name,
        spec.encoder,
        spec.revision,
        spec.dimension,
        "principal components",
        f"component 1 ({share[0]:.0%} of the variance)",
        f"component 2 ({share[1]:.0%} of the variance)",
        "node type",
        tuple(
            EmbeddingPoint(names[ids[i]], float(points[i, 0]), float(points[i, 1]), types[i])
            for i in picked
        ),
        spec.covered,
        _possible(graph, spec),
    )


def _read(
    graph: KnowledgeStore, spec: VectorSet
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    ids: list[str] = []
    types: list[str] = []
    parts = []
    for batch in graph.scan_vectors(spec.name):
        ids += batch.column("id").to_pylist()
        types += batch.column("type").to_pylist()
        flat = batch.column("vector").flatten().to_numpy(zero_copy_only=False)
        parts.append(flat.reshape(-1, spec.dimension))
    return ids, types, np.concatenate(parts).astype(np.float64)


def _possible(graph: KnowledgeStore, spec: VectorSet) -> int:
    """Nodes that could have carried a vector."""
    counts = graph.counts().nodes
    return counts.get(spec.node_type, sum(counts.values()) - counts.get("Signature", 0))


def project(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First two principal components, signs fixed so that the map is the same every time.

    Args:
        vectors: float64 [n, d]; a single column has nothing to show on the second axis.

    Returns:
        Points float64 [n, 2] and the share of variance of each axis, float64 [2].
    """
    centred = vectors - vectors.mean(axis=0)
    if vectors.shape[1] == 1:
        centred = np.pad(centred, ((0, 0), (0, 1)))
    values, axes = np.linalg.eigh(centred.T @ centred)
    values = values.clip(min=0)  # rounding leaves directions without variance below zero
    axes = axes[:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    share = values[::-1][:2] / max(values.sum(), np.finfo(float).tiny)
    return centred @ axes, share
