"""A snapshot as plain PyG data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.platform.pyg import EdgeFeatures, to_hetero_data
from kgp.platform.snapshot import Snapshot, SnapshotConfig, write_snapshot
from tests.unit.platform.pyg.conftest import whose, whose_edges
from tests.unit.platform.test_snapshot import small_graph

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return write_snapshot(small_graph(), tmp_path)


def test_hetero_data_holds_every_edge_and_vector(snapshot: Snapshot) -> None:
    data = to_hetero_data(snapshot)
    data.validate()
    assert data.num_edges == snapshot.adjacency.edges
    assert data["Drug"].morgan.tolist() == [[0.0, 0.0], [1.5, 2.0]]
    assert data["Drug"].morgan_mask.tolist() == [False, True]
    assert "morgan" not in data["Gene"]
    assert data["Drug", "TARGETS", "Gene"].edge_index.tolist() == [[0, 0], [0, 1]]


def test_vectors_can_be_left_behind(snapshot: Snapshot) -> None:
    assert "morgan" not in to_hetero_data(snapshot, vectors=False)["Drug"]


def test_edges_carry_the_features_that_are_asked_for(world: Snapshot) -> None:
    features = EdgeFeatures(world, arrays={"whose": whose_edges(world)})
    data = to_hetero_data(world, edge_features=features)
    for number, kind in enumerate(world.relations):
        store = data[kind.source, kind.name, kind.target]
        src, dst = (
            rows.numpy() + world.numbering.span(name)[0]
            for name, rows in zip((kind.source, kind.target), store.edge_index, strict=True)
        )
        assert store.whose.tolist() == whose(src, number, dst).tolist()
        assert store.edge_sign.tolist() == world.adjacency.sign[store.edge_position].tolist()


def test_an_exported_property_comes_with_the_mask_of_the_edges_that_have_it(tmp_path: Path) -> None:
    graph = small_graph()
    graph.edge_rows = [
        (kind, src, dst, properties | ({"score": 0.5} if kind == "TARGETS" else {}))
        for kind, src, dst, properties in graph.edge_rows
    ]
    snapshot = write_snapshot(graph, tmp_path, SnapshotConfig(edge_properties=("score",)))
    data = to_hetero_data(snapshot, edge_features=EdgeFeatures(snapshot, ("score",)))
    for kind in (("Drug", "TARGETS", "Gene"), ("Gene", "rev_TARGETS", "Drug")):
        assert data[kind].edge_score.tolist() == [0.5, 0.5]
        assert data[kind].edge_score_mask.all()
    interacts = data["Gene", "INTERACTS_WITH", "Gene"]
    assert interacts.edge_score.tolist() == [0.0, 0.0]
    assert not interacts.edge_score_mask.any()


def test_a_property_that_was_not_exported_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(BadInputError, match="Unknown exported edge property 'score'"):
        EdgeFeatures(snapshot, ("score",))


def test_a_feature_with_a_wrong_number_of_rows_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(BadInputError, match="has 3 rows") as refusal:
        EdgeFeatures(snapshot, arrays={"weight": np.ones(3)})
    assert f"each of the {snapshot.adjacency.edges}" in str(refusal.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_feature_that_is_not_finite_is_refused_with_its_row(
    snapshot: Snapshot, value: float
) -> None:
    weights = np.ones((snapshot.adjacency.edges, 2), np.float32)
    weights[5, 1] = value
    with pytest.raises(BadInputError, match="'weight' is not finite in row 5"):
        EdgeFeatures(snapshot, arrays={"weight": weights})


def test_features_of_text_and_taken_names_are_refused(snapshot: Snapshot) -> None:
    rows = snapshot.adjacency.edges
    with pytest.raises(BadInputError, match="holds <U1"):
        EdgeFeatures(snapshot, arrays={"weight": np.full(rows, "a")})
    with pytest.raises(BadInputError, match="'edge_index' of an edge feature is taken"):
        EdgeFeatures(snapshot, arrays={"edge_index": np.ones(rows)})
