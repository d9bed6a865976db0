"""The index pack: sorted, complete, nothing twice."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from kgp.errors import BadInputError
from kgp.models.gatv2 import pack_edges
from tests.unit.models.gatv2.graphs import Graph, example, graphs


@settings(max_examples=60)
@given(graph=graphs())
def test_every_edge_is_found_again_at_its_rank(graph: Graph) -> None:
    pack = graph.pack
    source, slot = pack.source[pack.rank], pack.slot[pack.rank]
    assert pack.sources.node[source].tolist() == graph.src.tolist()
    assert pack.slots.node[slot].tolist() == graph.dst.tolist()
    assert pack.sources.relation[source].tolist() == graph.relation.tolist()
    assert pack.slots.relation[slot].tolist() == graph.relation.tolist()


@settings(max_examples=60)
@given(graph=graphs())
def test_pairs_are_distinct_and_sorted_by_relation(graph: Graph) -> None:
    for pairs, end in ((graph.pack.sources, graph.src), (graph.pack.slots, graph.dst)):
        found = list(zip(pairs.relation.tolist(), pairs.node.tolist(), strict=True))
        assert sorted(found) == sorted(set(zip(graph.relation.tolist(), end.tolist(), strict=True)))
        assert pairs.relation.tolist() == sorted(pairs.relation.tolist())
        assert pairs.counts == tuple(
            np.bincount(pairs.relation, minlength=len(graph.ends)).tolist()
        )
        assert pairs.ends.tolist() == np.cumsum(pairs.counts).tolist()


@settings(max_examples=60)
@given(graph=graphs())
def test_the_edges_of_a_slot_are_contiguous(graph: Graph) -> None:
    pack = graph.pack
    slots = list(zip(pack.slots.relation.tolist(), pack.slots.node.tolist(), strict=True))
    assert slots == sorted(slots)
    lengths = pack.slot_ptr.diff()
    assert pack.slot.tolist() == torch.arange(len(slots)).repeat_interleave(lengths).tolist()
    assert bool((lengths > 0).all())


def test_the_edges_of_one_slot_keep_their_order() -> None:
    pack = pack_edges(np.array([3, 1, 2]), np.array([0, 0, 0]), np.array([0, 0, 0]), 1, 4)
    assert pack.sources.node[pack.source].tolist() == [3, 1, 2]


def test_a_pack_moves_as_a_whole() -> None:
    moved = example().pack.to("meta")
    tensors = [moved.source, moved.slot, moved.slot_ptr, moved.rank, moved.slots.ends]
    assert {each.device.type for each in [*tensors, moved.sources.node]} == {"meta"}
    assert moved.sources.counts == example().pack.sources.counts


@pytest.mark.parametrize(
    ("src", "dst", "relation", "message"),
    [
        ([4], [0], [0], "source 4"),
        ([0], [-1], [0], "destination -1"),
        ([0], [0], [2], "relation 2"),
        ([0, 1], [0], [0], "2 sources, 1 destinations"),
    ],
)
def test_what_is_no_edge_is_refused(
    src: list[int], dst: list[int], relation: list[int], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        pack_edges(np.array(src), np.array(dst), np.array(relation), 2, 4)
