"""Our sampler under PyTorch Geometric's own loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch_geometric.loader import NodeLoader

from kgp.errors import BadInputError
from kgp.platform.pyg import PyGNeighborSampler, to_hetero_data
from kgp.platform.sampler import SamplerConfig
from kgp.platform.snapshot import Snapshot, write_snapshot
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


def test_node_loader_gets_existing_edges_with_their_own_attributes(snapshot: Snapshot) -> None:
    data = to_hetero_data(snapshot)
    for node_type in data.node_types:
        data[node_type].number = torch.arange(data[node_type].num_nodes)
    sampler = PyGNeighborSampler(snapshot, SamplerConfig((-1, -1)))
    loader = NodeLoader(data, sampler, input_nodes="Gene", batch_size=2, shuffle=False)
    seen = 0
    for batch in loader:
        for kind in batch.edge_types:
            edges, whole = batch[kind], data[kind]
            ends = zip((kind[0], kind[2]), edges.edge_index, strict=True)
            original = torch.stack([batch[name].number[row] for name, row in ends])
            columns = torch.searchsorted(whole.edge_position, edges.edge_position)
            assert torch.equal(whole.edge_index[:, columns], original)
            assert torch.equal(whole.edge_sign[columns], edges.edge_sign)
            seen += len(columns)
    assert seen > snapshot.adjacency.edges  # two overlapping neighbourhoods of the whole graph


def test_counts_per_hop_add_up(snapshot: Snapshot) -> None:
    sampler = PyGNeighborSampler(snapshot, SamplerConfig((2, 2)))
    loader = NodeLoader(to_hetero_data(snapshot), sampler, input_nodes="Drug", batch_size=2)
    (batch,) = loader
    assert batch["Drug"].batch_size == 2
    assert sum(batch["Gene"].num_sampled_nodes) == batch["Gene"].num_nodes
    kind = ("Gene", "rev_TARGETS", "Drug")
    assert batch[kind].num_sampled_edges == [2, 0]
    assert batch["Drug"].n_id.tolist() == [0, 1]


def test_links_are_refused(snapshot: Snapshot) -> None:
    with pytest.raises(BadInputError, match="links"):
        PyGNeighborSampler(snapshot, SamplerConfig((1,))).sample_from_edges(None)
