"""The map of vectors: laws of the projection, and which vectors it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kgp.api.embedding_map import MOST_POINTS, embedding_map, project
from kgp.platform.store.records import VectorSet
from tests.memory_graph import MemoryGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

values = st.floats(-100, 100, width=32)
planar = st.integers(1, 12).flatmap(lambda n: arrays(np.float64, (n, 2), elements=values))
spatial = st.tuples(st.integers(1, 12), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=values)
)


def distances(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linalg.norm(points[:, None] - points[None], axis=-1)


@given(planar, st.floats(0, 2 * np.pi))
def test_turning_flat_data_keeps_every_distance_on_the_map(
    vectors: NDArray[np.float64], angle: float
) -> None:
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned, _ = project(vectors @ turn)
    np.testing.assert_allclose(distances(turned), distances(vectors), atol=1e-6)


@given(spatial, st.floats(-50, 50))
def test_moving_all_vectors_moves_nothing_on_the_map(
    vectors: NDArray[np.float64], step: float
) -> None:
    # Where the second and third axis explain alike, either may be on the map.
    spread = [*np.linalg.svd(vectors - vectors.mean(0), compute_uv=False), 0, 0, 0]
    assume(spread[1] - spread[2] > 1e-3 * spread[0] or spread[1] == 0)
    before, after = project(vectors)[0], project(vectors + step)[0]
    np.testing.assert_allclose(distances(before), distances(after), atol=1e-4)


@given(spatial)
def test_shares_are_sorted_parts_of_the_whole_variance(vectors: NDArray[np.float64]) -> None:
    points, share = project(vectors)
    assert points.shape == (len(vectors), 2)
    assert 0 <= share[1] <= share[0]
    assert share.sum() <= 1 + 1e-9


@given(spatial)
def test_the_map_never_stretches_a_distance(vectors: NDArray[np.float64]) -> None:
    assert (distances(project(vectors)[0]) <= distances(vectors) + 1e-6).all()


def test_the_first_axis_is_the_longest_and_points_where_its_largest_loading_does() -> None:
    # Worked by hand: variance 8 along the diagonal of the first two axes, 2 along the third.
    vectors = np.array([[2.0, 2, 0], [-2, -2, 0], [0, 0, 1], [0, 0, -1]])
    points, share = project(vectors)
    np.testing.assert_allclose(np.abs(points[:2, 0]), np.sqrt(8))
    np.testing.assert_allclose(points[2:, 1], [1, -1])
    np.testing.assert_allclose(share, [16 / 18, 2 / 18])


def test_the_mirror_image_of_an_axis_is_never_chosen() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 5)) * [5, 3, 1, 1, 1]
    points, _ = project(vectors)
    axes = np.linalg.lstsq(vectors - vectors.mean(0), points, rcond=None)[0]
    assert (axes[np.abs(axes).argmax(0), [0, 1]] > 0).all()


def graph_with(sets: dict[str, dict[str, list[float]]], types: str = "Gene") -> MemoryGraph:
    ids = sorted({node for vectors in sets.values() for node in vectors}) or ["ncbigene:1"]
    graph = MemoryGraph([(node, types, node.upper(), {}) for node in ids])
    for name, vectors in sets.items():
        width = len(next(iter(vectors.values()), [0.0]))
        spec = VectorSet(name, "", "maker", "r1", "mean", width, "float32", len(vectors), "2026")
        graph.vector_rows[name] = (spec, vectors)
    return graph


def test_a_graph_without_vectors_has_no_map() -> None:
    assert embedding_map(graph_with({})) is None
    assert embedding_map(graph_with({"morgan": {}})) is None


def test_names_are_mapped_before_molecules() -> None:
    graph = graph_with({"morgan": {"a": [1.0, 0.0]}, "minilm_name": {"a": [0.0, 1.0]}})
    found = embedding_map(graph)
    assert found is not None
    assert found.vectors == "minilm_name"


def test_another_set_is_mapped_where_none_of_the_known_is_there() -> None:
    found = embedding_map(graph_with({"mine": {"a": [1.0, 0.0], "b": [3.0, 0.0]}}))
    assert found is not None
    assert (found.vectors, found.encoder, found.dimension) == ("mine", "maker", 2)
    assert [point.name for point in found.points] == ["A", "B"]
    assert [point.x for point in found.points] == pytest.approx([-1, 1])
    assert found.x_label == "component 1 (100% of the variance)"
    assert found.y_label == "component 2 (0% of the variance)"
    assert (found.n_covered, found.n_nodes) == (2, 2)


def test_vectors_of_one_number_lie_on_a_line() -> None:
    found = embedding_map(graph_with({"mine": {"a": [1.0], "b": [3.0]}}))
    assert found is not None
    assert [point.y for point in found.points] == [0, 0]


def test_a_large_set_is_thinned_evenly() -> None:
    many = {f"n{number:05d}": [float(number), 0.0] for number in range(2 * MOST_POINTS)}
    found = embedding_map(graph_with({"mine": many}))
    assert found is not None
    assert len(found.points) == MOST_POINTS
    assert found.n_covered == 2 * MOST_POINTS
    assert {found.points[0].name, found.points[-1].name} == {"N00000", "N02999"}
