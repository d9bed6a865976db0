"""Our sampler under PyG's own loaders."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch_geometric.loader import LinkLoader, NodeLoader
from torch_geometric.nn import HeteroConv, SAGEConv
from torch_geometric.sampler import NegativeSampling
from torch_geometric.utils import trim_to_layer

from kgp.errors import BadInputError
from kgp.platform.pyg import EdgeFeatures, PyGNeighborSampler, to_hetero_data
from kgp.platform.sampler import SamplerConfig
from tests.unit.platform.pyg.conftest import SIZES, assert_edges_are_their_own, whose_edges

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

    from kgp.platform.snapshot import Snapshot

TARGETS = ("Drug", "TARGETS", "Gene")
INTERACTS = ("Gene", "INTERACTS_WITH", "Gene")


@pytest.fixture(scope="module")
def data(world: Snapshot) -> HeteroData:
    features = EdgeFeatures(world, arrays={"whose": whose_edges(world)})
    return to_hetero_data(world, edge_features=features)


def node_loader(world: Snapshot, data: HeteroData, **options: Any) -> NodeLoader:
    sampler = PyGNeighborSampler(world, SamplerConfig((4, 3)))
    return NodeLoader(data, sampler, **({"input_nodes": "Gene", "batch_size": 16} | options))


@pytest.mark.parametrize("workers", [0, 2])
def test_node_loader_attaches_every_edge_its_own_features(
    world: Snapshot, data: HeteroData, workers: int
) -> None:
    batches = list(node_loader(world, data, num_workers=workers))
    assert len(batches) == SIZES["Gene"] // 16
    assert sum(assert_edges_are_their_own(world, batch) for batch in batches) > 1_000


def test_workers_give_the_batches_of_one_process(world: Snapshot, data: HeteroData) -> None:
    alone, shared = (list(node_loader(world, data, num_workers=n)) for n in (0, 2))
    for one, other in zip(alone, shared, strict=True):
        assert one.edge_types == other.edge_types
        for kind in one.edge_types:
            assert torch.equal(one[kind].edge_index, other[kind].edge_index)
            assert torch.equal(one[kind].e_id, other[kind].e_id)


def test_workers_that_live_on_see_the_next_epoch(world: Snapshot, data: HeteroData) -> None:
    loader = node_loader(world, data, num_workers=1, persistent_workers=True)
    positions = []
    for epoch in (0, 0, 1):
        loader.node_sampler.epoch = epoch
        positions.append([b[INTERACTS].edge_position.tolist() for b in loader])
    assert positions[0] == positions[1] != positions[2]


def test_input_nodes_come_first_with_their_number_and_time(
    world: Snapshot, data: HeteroData
) -> None:
    nodes, times = torch.tensor([7, 3, 60]), torch.tensor([70, 30, 600])
    loader = node_loader(
        world, data, input_nodes=("Gene", nodes), input_time=times, batch_size=2, shuffle=False
    )
    first, second = loader
    assert first["Gene"].n_id[:2].tolist() == [7, 3]
    assert (first["Gene"].batch_size, second["Gene"].batch_size) == (2, 1)
    assert first["Gene"].input_id.tolist() == [0, 1]
    assert second["Gene"].seed_time.tolist() == [600]


def test_counts_per_hop_add_up(world: Snapshot, data: HeteroData) -> None:
    for batch in node_loader(world, data):
        assert batch["Gene"].num_sampled_nodes[0] == batch["Gene"].batch_size
        for name in batch.node_types:
            assert sum(batch[name].num_sampled_nodes) == batch[name].num_nodes
            assert len(batch[name].num_sampled_nodes) == 3
        for kind in batch.edge_types:
            assert sum(batch[kind].num_sampled_edges) == batch[kind].num_edges
            assert len(batch[kind].num_sampled_edges) == 2


def test_a_trimmed_model_says_the_same_of_the_input_nodes(
    world: Snapshot, data: HeteroData
) -> None:
    torch.manual_seed(0)
    layers = [HeteroConv({k: SAGEConv((-1, -1), 4) for k in data.edge_types}) for _ in range(2)]
    batch = next(iter(node_loader(world, data)))
    known = {name: batch[name].place.float() / 100 for name in ("Drug", "Gene", "Disease")}

    def run(trim: bool) -> torch.Tensor:
        x, edges = dict(known), dict(batch.edge_index_dict)
        for number, layer in enumerate(layers):
            if trim:
                x, edges, _ = trim_to_layer(
                    number, batch.num_sampled_nodes_dict, batch.num_sampled_edges_dict, x, edges
                )
            x = layer(x, edges)
        return x["Gene"][: batch["Gene"].batch_size]

    with torch.no_grad():
        torch.testing.assert_close(run(trim=True), run(trim=False))


def test_a_node_type_that_has_no_nodes_is_refused(world: Snapshot, data: HeteroData) -> None:
    loader = node_loader(world, data, input_nodes=("Pathway", torch.tensor([0])))
    with pytest.raises(BadInputError, match="Unknown node type 'Pathway'"):
        next(iter(loader))


def test_a_node_outside_its_type_is_refused(world: Snapshot, data: HeteroData) -> None:
    loader = node_loader(world, data, input_nodes=("Drug", torch.tensor([SIZES["Drug"]])))
    with pytest.raises(BadInputError, match="Seed 30 is not a Drug"):
        next(iter(loader))


def test_the_pickled_sampler_holds_the_path_and_draws_the_same(world: Snapshot) -> None:
    sampler = PyGNeighborSampler(world, SamplerConfig((2,), seed=3))
    sampler.epoch = 5
    packed = pickle.dumps(sampler)
    assert len(packed) < 2_000
    again = pickle.loads(packed)
    assert again.epoch == 5
    seeds = {"Gene": torch.arange(10)}
    for one, other in zip(
        sampler._sample(seeds).edge.values(), again._sample(seeds).edge.values(), strict=True
    ):
        assert torch.equal(one, other)


def link_loader(
    world: Snapshot, data: HeteroData, kind: tuple[str, str, str] = TARGETS, **options: Any
) -> LinkLoader:
    torch.manual_seed(0)
    sampler = PyGNeighborSampler(world, SamplerConfig((-1, -1)))
    return LinkLoader(data, sampler, edge_label_index=kind, **({"batch_size": 10} | options))


def positions_of(world: Snapshot, batch: HeteroData) -> set[int]:
    return {int(p) for kind in batch.edge_types for p in batch[kind].edge_position}


@pytest.mark.parametrize("kind", [TARGETS, INTERACTS, ("Gene", "rev_TARGETS", "Drug")])
@pytest.mark.parametrize("negatives", ["binary", "triplet"])
def test_supervised_edges_and_their_inverses_are_left_out_of_their_own_batch_alone(
    world: Snapshot, data: HeteroData, kind: tuple[str, str, str], negatives: str
) -> None:
    loader = link_loader(world, data, kind, neg_sampling=NegativeSampling(negatives, 1))
    seen: set[int] = set()
    hidden_of: set[int] = set()
    for batch in loader:
        position = data[kind].edge_position[batch[kind].input_id].numpy()
        hidden = {*position.tolist(), *world.reverse_positions(position).tolist()}
        assert not hidden & positions_of(world, batch)
        assert_edges_are_their_own(world, batch)
        seen |= positions_of(world, batch)
        hidden_of |= hidden
    assert hidden_of <= seen  # the supervised edges of one batch are messages in the others


def test_binary_negatives_and_labels_stand_where_pyg_puts_them(
    world: Snapshot, data: HeteroData
) -> None:
    for batch in link_loader(world, data, neg_sampling="binary"):
        size = len(batch[TARGETS].input_id)
        pairs, label = batch[TARGETS].edge_label_index, batch[TARGETS].edge_label
        assert label.tolist() == [1.0] * size + [0.0] * size
        ends = [batch[n].n_id[rows] for n, rows in zip(("Drug", "Gene"), pairs, strict=True)]
        whole = data[TARGETS].edge_index[:, batch[TARGETS].input_id]
        assert torch.equal(torch.stack(ends)[:, :size], whole)


def test_triplets_stand_where_pyg_puts_them(world: Snapshot, data: HeteroData) -> None:
    for batch in link_loader(world, data, neg_sampling=NegativeSampling("triplet", 2)):
        size = len(batch[TARGETS].input_id)
        src = batch["Drug"].n_id[batch["Drug"].src_index]
        dst = batch["Gene"].n_id[batch["Gene"].dst_pos_index]
        whole = data[TARGETS].edge_index[:, batch[TARGETS].input_id]
        assert torch.equal(torch.stack([src, dst]), whole)
        assert batch["Gene"].dst_neg_index.shape == (size, 2)


def test_two_workers_sample_links_too(world: Snapshot, data: HeteroData) -> None:
    batches = list(link_loader(world, data, neg_sampling="binary", num_workers=2))
    assert len(batches) == -(-data[TARGETS].num_edges // 10)
    for batch in batches:
        assert_edges_are_their_own(world, batch)


def test_links_of_an_unknown_edge_type_are_refused_unless_nothing_is_left_out(
    world: Snapshot, data: HeteroData
) -> None:
    unknown = ("Drug", "TARGET", "Gene")
    pairs = torch.tensor([[0, 1], [2, 3]])
    sampler = PyGNeighborSampler(world, SamplerConfig((2,)))
    with pytest.raises(BadInputError, match="Did you mean: Drug TARGETS Gene"):
        next(iter(LinkLoader(data, sampler, (unknown, pairs))))
    sampler = PyGNeighborSampler(world, SamplerConfig((2,)), leave_out_links=False)
    (batch,) = LinkLoader(data, sampler, (unknown, pairs), batch_size=2)
    assert batch[unknown].edge_label_index.shape == (2, 2)


def test_links_with_times_are_refused(world: Snapshot, data: HeteroData) -> None:
    times = torch.arange(data[TARGETS].num_edges)
    with pytest.raises(BadInputError, match="have no time"):
        next(iter(link_loader(world, data, edge_label_time=times)))


def test_fan_outs_bind_after_edges_are_left_out(world: Snapshot, data: HeteroData) -> None:
    sampler = PyGNeighborSampler(world, SamplerConfig((3,)))
    for batch in LinkLoader(data, sampler, TARGETS, batch_size=8):
        for kind in batch.edge_types:
            drawn = np.bincount(batch[kind].edge_index[1].numpy(), minlength=1)
            assert drawn.max() <= 3
