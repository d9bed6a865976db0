"""The graph alone: coordinates of nodes from the edges that may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency

_OVERSAMPLING = 10
_ITERATIONS = 6
"""Of the randomised decomposition: directions beside those asked for, and power iterations."""

_NOISE = 1e-5
"""Share of the largest singular value below which a direction is rounding."""


def graph_coordinates(
    graph: Adjacency, dimensions: int, *, held_out: NDArray[np.integer] | None = None
) -> NDArray[np.float32]:
    """Place every node by the graph alone: float32 [nodes, dimensions].

    Truncated SVD of the symmetrically normalised adjacency D^-1/2 A D^-1/2 over all relations
    (randomised, Halko et al. 2011, arXiv:0909.4061, from a fixed seed), coordinates U sqrt(S)
    scaled to unit rows. A node without an edge has a row of zeros. Several relations of two nodes
    count once, and an edge that is held out takes both directions of its pair with it: a reverse
    edge would tell.

    Args:
        graph: the snapshot's edges.
        dimensions: coordinates; those beyond the rank of the graph are 0.
        held_out: positions of edges in the adjacency that must not be seen.
    """
    coordinates = np.zeros((graph.nodes, dimensions), np.float32)
    matrix = _normalised(graph, held_out)
    if not matrix.nnz:
        return coordinates
    left, strength = _decompose(matrix, dimensions)
    largest = np.take_along_axis(left, np.abs(left).argmax(0)[None], 0)
    placed = left * np.sign(largest) * np.sqrt(strength)
    placed[np.diff(matrix.indptr) == 0] = 0
    length = np.linalg.norm(placed, axis=1, keepdims=True)
    np.divide(placed, length, out=coordinates[:, : len(strength)], where=length > 0)
    return coordinates


def _decompose(matrix: csr_array, rank: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Left singular vectors [nodes, at most rank] and their singular values, falling."""
    width = min(rank + _OVERSAMPLING, matrix.shape[0])
    start = np.random.default_rng(0).standard_normal((matrix.shape[0], width), np.float32)
    turned = matrix.T.tocsr()
    basis = np.linalg.qr(matrix @ start)[0]
    for _ in range(_ITERATIONS):
        basis = np.linalg.qr(matrix @ np.linalg.qr(turned @ basis)[0])[0]
    inner, strength, _ = np.linalg.svd(np.linalg.qr(turned @ basis)[1].T)
    kept = int((strength[:rank] > strength[0] * _NOISE).sum())
    return basis @ inner[:, :kept], strength[:kept]


def _normalised(graph: Adjacency, held_out: NDArray[np.integer] | None) -> csr_array:
    """D^-1/2 A D^-1/2 of the pairs that may be seen; rows are destinations."""
    ends = graph.ends()
    src, dst = ends[0].astype(np.int64), ends[2].astype(np.int64)
    pair = np.unique(dst * graph.nodes + src)
    if held_out is not None and len(held_out):
        hidden = (dst[held_out], src[held_out])
        both = [hidden[0] * graph.nodes + hidden[1], hidden[1] * graph.nodes + hidden[0]]
        pair = np.setdiff1d(pair, np.concatenate(both), assume_unique=False)
    rows, columns = np.divmod(pair, graph.nodes)
    degree = np.maximum(np.bincount(rows, minlength=graph.nodes), 1)
    weight = (1 / np.sqrt(degree[rows] * degree[columns])).astype(np.float32)
    return csr_array((weight, (rows, columns)), shape=(graph.nodes, graph.nodes))
