"""The whole graph at once, and attention with names, on a written snapshot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
import torch

from kgp.errors import BadInputError
from kgp.models.gatv2 import (
    FusedGATv2,
    Softmax,
    attention_frame,
    forward_full,
    full_graph,
    pack_edges,
)
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from kgp.platform.sampler import FusedBlock
    from kgp.platform.snapshot import Snapshot

WIDTH, HEADS, CHANNELS = 6, 2, 3
SEEDS = 25


def layer(snapshot: Snapshot, over: Softmax = "relation") -> FusedGATv2:
    torch.manual_seed(0)
    types = snapshot.numbering.types
    targets = [types.index(relation.target) for relation in snapshot.relations]
    built = FusedGATv2(WIDTH, CHANNELS, HEADS, targets, len(types), over).double()
    torch.nn.init.normal_(built.bias)
    return built


def states(snapshot: Snapshot) -> torch.Tensor:
    made = torch.Generator().manual_seed(1)
    return torch.randn(snapshot.adjacency.nodes, WIDTH, dtype=torch.float64, generator=made)


def every_neighbour(snapshot: Snapshot) -> FusedBlock:
    seeds = np.random.default_rng(0).permutation(snapshot.adjacency.nodes)[:SEEDS]
    config = SamplerConfig([-1])
    return FusedNeighborSampler(snapshot.adjacency, snapshot.relations, config).sample(seeds)


@pytest.mark.parametrize("over", ["node", "relation"])
def test_it_equals_sampling_every_neighbour(drug_world: Snapshot, over: Softmax) -> None:
    block, built, all_states = every_neighbour(drug_world), layer(drug_world, over), None
    all_states = states(drug_world)
    relations = len(drug_world.relations)
    pack = pack_edges(block.src, block.dst, block.relation, relations, len(block.nodes))
    types = torch.from_numpy(drug_world.numbering.type_of(block.seeds))
    sampled, alpha = built(all_states[torch.from_numpy(block.nodes)], types, pack)
    out, shares = forward_full(built, all_states, full_graph(drug_world))
    assert (out[torch.from_numpy(block.seeds)] - sampled).detach().abs().max() <= 1e-12
    assert (shares[torch.from_numpy(block.position)] - alpha).detach().abs().max() <= 1e-12


@pytest.mark.parametrize("edges_at_once", [1, 150])
def test_relation_by_relation_gives_the_same_and_its_gradients(
    drug_world: Snapshot, edges_at_once: int
) -> None:
    built, found = layer(drug_world), []
    for limit in (None, edges_at_once):
        given = states(drug_world).requires_grad_()
        graph = full_graph(drug_world, limit)
        out, alpha = forward_full(built, given, graph)
        weighed = out.square().sum() + (alpha * torch.arange(HEADS)).square().sum()
        found.append([out, alpha, *torch.autograd.grad(weighed, [given, *built.parameters()])])
    assert len(graph.packs) > 1
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=1e-12, atol=1e-10)


def test_parts_hold_whole_relations_and_no_more_edges_than_asked(drug_world: Snapshot) -> None:
    graph = full_graph(drug_world, 150)
    relations = [set(pack.slots.relation.tolist()) for pack in graph.packs]
    assert sum(map(len, relations)) == len(set().union(*relations))
    assert all(
        pack.edges <= 150 or len(kinds) == 1
        for pack, kinds in zip(graph.packs, relations, strict=True)
    )
    assert sum(pack.edges for pack in graph.packs) == drug_world.adjacency.edges


def test_one_softmax_per_node_is_refused_in_parts(drug_world: Snapshot) -> None:
    with pytest.raises(BadInputError, match="relation by relation"):
        forward_full(layer(drug_world, "node"), states(drug_world), full_graph(drug_world, 1))


def test_attention_of_the_whole_graph_has_names(drug_world: Snapshot) -> None:
    _, alpha = forward_full(layer(drug_world), states(drug_world), full_graph(drug_world))
    frame = attention_frame(drug_world, alpha)
    assert len(frame) == drug_world.adjacency.edges
    row = frame.row(7, named=True)
    ids = drug_world.numbering.ids
    assert row["source"] == ids[row["source_node"]]
    assert row["destination"] == ids[row["destination_node"]]
    named = {
        (relation.name, ids[int(src)], ids[int(dst)])
        for relation in drug_world.relations
        for src, dst in [(row["source_node"], row["destination_node"])]
    }
    assert (row["relation"], row["source"], row["destination"]) in named
    assert row["attention"] == pytest.approx((row["head_0"] + row["head_1"]) / 2)
    sums = frame.group_by("destination", "relation").agg(pl.sum("head_0"))
    assert np.allclose(sums["head_0"], 1, atol=1e-5)


def test_attention_of_a_block_is_that_of_its_edges(drug_world: Snapshot) -> None:
    block = every_neighbour(drug_world)
    alpha = torch.rand(len(block.src), HEADS)
    frame = attention_frame(drug_world, alpha, block)
    whole = attention_frame(drug_world, torch.zeros(drug_world.adjacency.edges, 1))
    ends = ["source", "relation", "destination", "source_node", "destination_node"]
    assert frame.select(ends).equals(whole.select(ends)[block.position])
    assert np.allclose(frame["head_1"], alpha[:, 1])


def test_attention_of_other_edges_is_refused(drug_world: Snapshot) -> None:
    with pytest.raises(BadInputError, match="Attention of 3 edges"):
        attention_frame(drug_world, torch.zeros(3, 1), every_neighbour(drug_world))
