"""Edges that are left out: exactly they, and what remains stays uniform."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from kgp.errors import BadInputError
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig
from kgp.platform.snapshot.adjacency import build_adjacency
from tests.unit.platform.test_sampler import GRAPH, KINDS, NODES, assert_equal

if TYPE_CHECKING:
    from kgp.platform.sampler import FusedBlock

BACKENDS = ("numpy", "numba")
backends = pytest.mark.parametrize("backend", BACKENDS)
seeds_lists = st.lists(st.integers(0, NODES - 1), min_size=1, max_size=12, unique=True)
# A share of a slot's edges, up to all of them, and -1, which is no edge.
exclusions = st.lists(st.integers(-1, GRAPH.edges - 1), max_size=400).map(
    lambda positions: np.array(positions, np.int64)
)


def sample(
    seeds: list[int], exclude: np.ndarray | None, fan_outs: tuple[int, ...], **options: object
) -> FusedBlock:
    config = SamplerConfig(fan_outs, **options)  # type: ignore[arg-type]  # options of the test
    return FusedNeighborSampler(GRAPH, KINDS, config).sample(seeds, exclude=exclude)


@backends
@settings(max_examples=40)
@given(seeds=seeds_lists, exclude=exclusions, fan_out=st.integers(-1, 9))
def test_no_excluded_edge_is_drawn_and_each_slot_gives_what_remains(
    backend: str, seeds: list[int], exclude: np.ndarray, fan_out: int
) -> None:
    block = sample(seeds, exclude, (fan_out,), backend=backend)
    allowed = ~np.isin(np.arange(GRAPH.edges), exclude)
    assert allowed[block.position].all()
    assert len(np.unique(block.position)) == len(block.position)
    slots = len(GRAPH.slot_relation)
    remaining = np.bincount(GRAPH.edge_slot()[allowed], minlength=slots)
    wanted = remaining if fan_out < 0 else np.minimum(remaining, fan_out)
    drawn = np.bincount(GRAPH.edge_slot()[block.position], minlength=slots)
    np.testing.assert_array_equal(drawn, wanted * np.isin(GRAPH.slot_dst(), seeds))


@settings(max_examples=60)
@given(
    seeds=seeds_lists,
    exclude=exclusions,
    fan_outs=st.tuples(st.integers(-1, 7), st.integers(0, 7)),
    cap=st.none() | st.integers(0, 30),
)
def test_numpy_and_numba_agree_bit_for_bit(
    seeds: list[int], exclude: np.ndarray, fan_outs: tuple[int, int], cap: int | None
) -> None:
    one, other = (
        sample(seeds, exclude, fan_outs, hub_cap=cap, backend=backend) for backend in BACKENDS
    )
    assert_equal(one, other)


@backends
@settings(max_examples=30)
@given(seeds=seeds_lists, exclude=exclusions)
def test_it_draws_what_a_graph_without_the_edges_would_give(
    backend: str, seeds: list[int], exclude: np.ndarray
) -> None:
    """The graph keeps its slots (each has one edge that stays), so that the stream is the same."""
    slot = GRAPH.edge_slot()
    last_of_slot = GRAPH.slot_ptr[1:] - 1
    kept = ~np.isin(np.arange(GRAPH.edges), exclude)
    kept[last_of_slot] = True
    less = build_adjacency(
        GRAPH.src[kept], GRAPH.slot_dst()[slot[kept]], GRAPH.slot_relation[slot[kept]], nodes=NODES
    )
    config = SamplerConfig((4, 3), backend=backend)  # type: ignore[arg-type]  # a parametrised literal
    expected = FusedNeighborSampler(less, KINDS, config).sample(seeds)
    found = sample(seeds, np.flatnonzero(~kept), (4, 3), backend=backend)
    np.testing.assert_array_equal(found.position, np.flatnonzero(kept)[expected.position])
    np.testing.assert_array_equal(found.nodes, expected.nodes)


@backends
def test_slots_without_excluded_edges_draw_as_ever(backend: str) -> None:
    exclude = np.flatnonzero(GRAPH.slot_dst()[GRAPH.edge_slot()] == 3)
    with_it, without = (sample([3, 5], chosen, (4,), backend=backend) for chosen in (exclude, None))
    of_five = [b.position[b.nodes[b.dst] == 5].tolist() for b in (with_it, without)]
    assert of_five[0] == of_five[1]
    assert not (with_it.nodes[with_it.dst] == 3).any()


@backends
def test_every_subset_of_what_remains_is_equally_likely(backend: str) -> None:
    """Seven in-edges, of which the first, fourth and last are excluded; two are drawn."""
    graph = build_adjacency(np.arange(1, 8), np.zeros(7, int), np.zeros(7, int), nodes=8)
    sampler = FusedNeighborSampler(graph, KINDS[:1], SamplerConfig((2,), seed=5, backend=backend))  # type: ignore[arg-type]  # a parametrised literal
    exclude = np.array([6, 0, 3])
    drawn = [
        tuple(sorted(sampler.sample([0], epoch, exclude=exclude).position.tolist()))
        for epoch in range(1800)
    ]
    subsets, counts = np.unique(drawn, axis=0, return_counts=True)
    assert [tuple(row) for row in subsets.tolist()] == list(combinations([1, 2, 4, 5], 2))
    assert 0.005 < chi2.sf(((counts - 300) ** 2 / 300).sum(), 5) < 0.995


@backends
def test_what_remains_of_many_slots_is_equally_likely(backend: str) -> None:
    """Chi-square over 40 slots of 15 neighbours, a random 3 excluded and 5 drawn, 600 epochs."""
    slots, size, n, k, epochs = 40, 15, 12, 5, 600
    src = np.tile(np.arange(slots, slots + size), slots)
    dst = np.repeat(np.arange(slots), size)
    graph = build_adjacency(src, dst, np.zeros(slots * size, int), nodes=slots + size)
    sampler = FusedNeighborSampler(graph, KINDS[:1], SamplerConfig((k,), seed=8, backend=backend))  # type: ignore[arg-type]  # a parametrised literal
    rng = np.random.default_rng(2)
    exclude = np.concatenate([s * size + rng.permutation(size)[: size - n] for s in range(slots)])
    seen = np.zeros(slots * size)
    for epoch in range(epochs):
        seen[sampler.sample(range(slots), epoch, exclude=exclude).position] += 1
    assert seen[exclude].sum() == 0
    expected = epochs * k / n
    allowed = np.delete(seen, exclude)
    statistic = ((allowed - expected) ** 2 / expected).sum() * (n - 1) / (n - k)
    assert 0.005 < chi2.sf(statistic, slots * (n - 1)) < 0.995


def test_a_position_that_is_no_edge_is_refused() -> None:
    with pytest.raises(BadInputError, match="Position 900 is not an edge"):
        sample([1], np.array([3, 900]), (2,))
