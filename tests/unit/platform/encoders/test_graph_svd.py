"""Coordinates of nodes: those of the edges that may be seen, and of no other."""

from __future__ import annotations

import numpy as np
import pytest

from kgp.platform.encoders.graph_svd import graph_coordinates
from kgp.platform.snapshot.adjacency import Adjacency, build_adjacency

RELATIONS = 2


def graph(nodes: int, pairs: list[tuple[int, int]]) -> Adjacency:
    """Undirected pairs, each in both directions."""
    ends = np.array([*pairs, *((b, a) for a, b in pairs)], np.int64).reshape(-1, 2)
    kinds = np.arange(len(ends)) % RELATIONS
    return build_adjacency(ends[:, 0], ends[:, 1], kinds, nodes=nodes)


def random_pairs(nodes: int, count: int, seed: int) -> list[tuple[int, int]]:
    drawn = np.random.default_rng(seed).integers(0, nodes, (count, 2)).tolist()
    return [(a, b) for a, b in drawn if a != b]


def test_coordinates_are_those_of_the_dense_decomposition() -> None:
    edges = graph(30, random_pairs(30, 90, seed=3))
    found = graph_coordinates(edges, 6)
    dense = np.zeros((30, 30))
    dense[edges.slot_dst()[edges.edge_slot()], edges.src] = 1
    degree = np.maximum(dense.sum(1), 1)
    left, strength, _ = np.linalg.svd(dense / np.sqrt(np.outer(degree, degree)))
    expected = left[:, :6] * np.sqrt(strength[:6])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    # The products of coordinates do not know of the signs of the axes.
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=2e-3)


def test_a_second_run_gives_the_same_bytes() -> None:
    edges = graph(40, random_pairs(40, 120, seed=1))
    assert graph_coordinates(edges, 5).tobytes() == graph_coordinates(edges, 5).tobytes()


def test_rows_have_length_one_and_a_node_without_an_edge_has_no_place() -> None:
    found = graph_coordinates(graph(6, [(0, 1), (1, 2), (0, 2), (2, 3), (3, 4)]), 2)
    np.testing.assert_allclose(np.linalg.norm(found[:5], axis=1), 1, atol=1e-5)
    assert not found[5].any()


def test_a_held_out_edge_is_not_seen_in_either_direction() -> None:
    pairs = random_pairs(30, 80, seed=5)
    everything, without = graph(30, pairs), graph(30, pairs[1:])
    a, b = pairs[0]
    assert not {(a, b), (b, a)} & set(pairs[1:])
    dst = everything.slot_dst()[everything.edge_slot()]
    (position, *_) = np.flatnonzero((dst == b) & (everything.src == a))
    held_out = graph_coordinates(everything, 4, held_out=np.array([position]))
    np.testing.assert_array_equal(held_out, graph_coordinates(without, 4))
    assert np.abs(held_out - graph_coordinates(everything, 4)).max() > 1e-3


@pytest.mark.parametrize("nodes", [0, 1, 3])
def test_a_graph_without_edges_has_no_coordinates(nodes: int) -> None:
    found = graph_coordinates(graph(nodes, []), 4)
    assert found.shape == (nodes, 4)
    assert not found.any()


def test_a_small_graph_has_zeros_beyond_its_rank() -> None:
    found = graph_coordinates(graph(3, [(0, 1), (1, 2)]), 8)
    assert found.shape == (3, 8)
    assert not found[:, 2:].any()
