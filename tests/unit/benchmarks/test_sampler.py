"""The drawn graph, the naive rival and the test of uniformity of the sampler's benchmark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from benchmarks.naive_sampler import NaiveSampler
from benchmarks.sampler_graph import World, primekg_sized
from torch_geometric.data import HeteroData

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def world() -> World:
    return primekg_sized(0.001)


def test_the_drawn_graph_has_both_directions_of_every_relation(world: World) -> None:
    assert len(world.relations) == 50
    counts = np.bincount(world.adjacency.slot_relation, np.diff(world.adjacency.slot_ptr))
    number = {relation.name: at for at, relation in enumerate(world.relations)}
    assert counts[number["drug_protein"]] == counts[number["rev_drug_protein"]] > 0


def test_the_same_seed_draws_the_same_graph(world: World) -> None:
    np.testing.assert_array_equal(primekg_sized(0.001).adjacency.src, world.adjacency.src)


def two_types() -> HeteroData:
    """Three drugs; the first has four genes, the second one, the third none."""
    data = HeteroData()
    data["drug"].num_nodes, data["gene"].num_nodes = 3, 5
    data["gene", "to", "drug"].edge_index = torch.tensor([[0, 1, 2, 3, 4], [0, 0, 0, 0, 1]])
    return data


def test_the_naive_sampler_draws_existing_edges_once() -> None:
    nodes, edges = NaiveSampler(two_types(), (3,)).sample("drug", torch.tensor([2, 0, 1]))
    src, dst = edges["gene", "to", "drug"]
    pairs = list(zip(nodes["gene"][src].tolist(), nodes["drug"][dst].tolist(), strict=True))
    assert len(set(pairs)) == len(pairs) == 4
    assert (4, 1) in pairs
    assert {gene for gene, drug in pairs if drug == 0} < {0, 1, 2, 3}
    assert nodes["drug"].tolist() == [2, 0, 1]


def test_a_small_world_gives_every_row(tmp_path: Path) -> None:
    from benchmarks.loaders import VECTORS, write_world
    from benchmarks.sampler import Seeds, gather, growth, speed, two_threads, uniformity

    snapshot = write_world(tmp_path, 0.001)
    seeds = Seeds(*snapshot.numbering.span("drug"))
    rows = speed(snapshot, seeds, 1)
    assert {"numba", "numpy", "torch form, CPU", "naive torch"} <= {row.what for row in rows}
    rows += [two_threads(snapshot, seeds, 1), growth(snapshot, seeds, 10)]
    rows.append(gather(snapshot.vectors(VECTORS).values, 1))
    assert all(row.value >= 0 for row in rows)
    one, two = (uniformity(snapshot, threads, 60, slots=10) for threads in (1, 2))
    assert one.value == two.value > 0.001
