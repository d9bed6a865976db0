"""Finding edges, and their counterparts in the other direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.platform.snapshot import RelationType, SnapshotConfig, write_snapshot
from kgp.platform.snapshot.adjacency import build_adjacency
from kgp.platform.snapshot.lookup import ends_of, find_positions, inverse_relations
from tests.unit.platform.test_snapshot import small_graph

if TYPE_CHECKING:
    from pathlib import Path

NODES, RELATIONS = 9, 3
triples = st.lists(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, RELATIONS - 1), st.integers(0, NODES - 1)),
    max_size=40,
)


@settings(max_examples=60)
@given(edges=triples)
def test_every_edge_is_found_where_it_is_and_no_other_is_found(
    edges: list[tuple[int, int, int]],
) -> None:
    src, relation, dst = np.array(edges, int).reshape(-1, 3).T
    graph = build_adjacency(src, dst, relation, nodes=NODES)
    asked = np.array([(s, r, d) for s in range(NODES) for r in range(4) for d in range(NODES)]).T
    found = find_positions(graph, *asked)
    assert (found >= 0).tolist() == [tuple(row) in set(edges) for row in asked.T.tolist()]
    there = found >= 0
    for got, wanted in zip(ends_of(graph, found[there]), asked[:, there], strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_nodes_that_do_not_exist_have_no_edges() -> None:
    graph = build_adjacency(np.array([0]), np.array([1]), np.array([0]), nodes=2)
    assert find_positions(graph, [0, 0, -1, 9], 0, [1, 2, 1, -1]).tolist() == [0, -1, -1, -1]


def test_the_other_direction_of_every_edge_is_found(tmp_path: Path) -> None:
    snapshot = write_snapshot(small_graph(), tmp_path)
    every = np.arange(snapshot.adjacency.edges)
    other = snapshot.reverse_positions(every)
    assert sorted(other) == every.tolist()
    np.testing.assert_array_equal(snapshot.reverse_positions(other), every)
    src, relation, dst = ends_of(snapshot.adjacency, every)
    back_src, back_relation, back_dst = ends_of(snapshot.adjacency, other)
    np.testing.assert_array_equal(src, back_dst)
    np.testing.assert_array_equal(dst, back_src)
    names = [snapshot.relations[number].name.removeprefix("rev_") for number in relation]
    assert names == [snapshot.relations[n].name.removeprefix("rev_") for n in back_relation]
    np.testing.assert_array_equal(snapshot.positions(src, relation, dst), every)


def test_a_directed_edge_without_an_exported_partner_has_no_other_direction(
    tmp_path: Path,
) -> None:
    snapshot = write_snapshot(small_graph(), tmp_path, SnapshotConfig(reverse=False))
    names = [snapshot.relations[r].name for r in ends_of(snapshot.adjacency, np.arange(8))[1]]
    found = snapshot.reverse_positions(np.arange(8)) >= 0
    assert found.tolist() == [name == "INTERACTS_WITH" for name in names]


def test_inverses_exchange_the_node_types() -> None:
    there = RelationType("Drug", "TARGETS", "Gene")
    back = RelationType("Gene", "rev_TARGETS", "Drug")
    both = RelationType("Gene", "INTERACTS_WITH", "Gene")
    alone = RelationType("Drug", "INDICATED_FOR", "Disease")
    assert inverse_relations([there, both, back, alone]).tolist() == [2, 1, 0, -1]


@pytest.mark.parametrize("position", [-1, 14])
def test_a_position_that_is_no_edge_is_refused(tmp_path: Path, position: int) -> None:
    snapshot = write_snapshot(small_graph(), tmp_path)
    with pytest.raises(BadInputError, match=f"Position {position} is not an edge"):
        snapshot.reverse_positions(np.array([0, position]))
