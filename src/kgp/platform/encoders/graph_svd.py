"""The graph alone: coordinates of nodes from the edges that may be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency

_TOLERANCE = 1e-4
"""Relative accuracy of a singular value; the vectors are rounded to half precision later."""


def graph_coordinates(
    graph: Adjacency, dimensions: int, *, held_out: NDArray[np.integer] | None = None
) -> NDArray[np.float32]:
    """Place every node by the graph alone: float32 [nodes, dimensions].

    Truncated SVD of the symmetrically normalised adjacency D^-1/2 A D^-1/2 over all relations
    (Lanczos, from a fixed start), coordinates U sqrt(S) scaled to unit rows. A node without an edge
    has a row of zeros. Several relations of two nodes count once, and an edge that is held out
    takes both directions of its pair with it: a reverse edge would tell.

    Args:
        graph: the snapshot's edges.
        dimensions: coordinates; no more than nodes - 1 can be told apart, the rest is 0.
        held_out: positions of edges in the adjacency that must not be seen.
    """
    coordinates = np.zeros((graph.nodes, dimensions), np.float32)
    matrix = _normalised(graph, held_out)
    rank = min(dimensions, graph.nodes - 1)
    if rank < 1 or not matrix.nnz:
        return coordinates
    start = np.random.default_rng(0).standard_normal(graph.nodes).astype(np.float32)
    left, strength, _ = svds(matrix, k=rank, v0=start, tol=_TOLERANCE, return_singular_vectors="u")
    order = np.argsort(-strength, kind="stable")
    left = left[:, order]
    largest = np.take_along_axis(left, np.abs(left).argmax(0)[None], 0)
    placed = left * np.sign(largest) * np.sqrt(np.maximum(strength[order], 0))
    placed[np.diff(matrix.indptr) == 0] = 0
    length = np.linalg.norm(placed, axis=1, keepdims=True)
    coordinates[:, :rank] = np.divide(placed, length, out=np.zeros_like(placed), where=length > 0)
    return coordinates


def _normalised(graph: Adjacency, held_out: NDArray[np.integer] | None) -> csr_array:
    """D^-1/2 A D^-1/2 of the pairs that may be seen; rows are destinations."""
    dst = graph.slot_dst()[graph.edge_slot()].astype(np.int64)
    src = graph.src.astype(np.int64)
    pair = np.unique(dst * graph.nodes + src)
    if held_out is not None and len(held_out):
        hidden = (dst[held_out], src[held_out])
        both = [hidden[0] * graph.nodes + hidden[1], hidden[1] * graph.nodes + hidden[0]]
        pair = np.setdiff1d(pair, np.concatenate(both), assume_unique=False)
    rows, columns = np.divmod(pair, graph.nodes)
    degree = np.maximum(np.bincount(rows, minlength=graph.nodes), 1)
    weight = (1 / np.sqrt(degree[rows] * degree[columns])).astype(np.float32)
    return csr_array((weight, (rows, columns)), shape=(graph.nodes, graph.nodes))
