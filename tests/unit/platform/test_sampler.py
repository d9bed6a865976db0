"""Laws of the sampler: what it draws exists, is drawn once, fairly and reproducibly."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from kgp.errors import BadInputError
from kgp.platform.sampler import FusedBlock, FusedNeighborSampler, SamplerConfig
from kgp.platform.snapshot import Adjacency, RelationType
from kgp.platform.snapshot.adjacency import build_adjacency
from kgp.platform.splitmix64 import splitmix64

if TYPE_CHECKING:
    from collections.abc import Sequence

NODES, RELATIONS = 60, 4
KINDS = [RelationType("Gene", f"R{n}", "Gene") for n in range(RELATIONS)]


def random_graph(seed: int = 0, edges: int = 900) -> Adjacency:
    rng = np.random.default_rng(seed)
    dst = (rng.random(edges) ** 2 * NODES).astype(np.int64)  # some hubs, some nodes without edges
    src, relation = rng.integers(0, NODES, edges), rng.integers(0, RELATIONS, edges)
    return build_adjacency(src, dst, relation, nodes=NODES)


GRAPH = random_graph()


def sample(
    seeds: Sequence[int], fan_outs: Sequence[int] = (3, 2), epoch: int = 0, **options: object
) -> FusedBlock:
    config = SamplerConfig(fan_outs, **options)  # type: ignore[arg-type]  # options of the test
    return FusedNeighborSampler(GRAPH, KINDS, config).sample(seeds, epoch)


def assert_equal(one: FusedBlock, other: FusedBlock) -> None:
    for name in FusedBlock.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
        assert np.asarray(getattr(one, name)).dtype == np.asarray(getattr(other, name)).dtype


seeds_lists = st.lists(st.integers(0, NODES - 1), min_size=1, max_size=12, unique=True)
backends = pytest.mark.parametrize("backend", ["numpy", "numba"])


@backends
@settings(max_examples=25)
@given(seeds=seeds_lists, fan_out=st.integers(-1, 9))
def test_every_drawn_edge_exists_and_none_twice(
    backend: str, seeds: list[int], fan_out: int
) -> None:
    block = sample(seeds, (fan_out, 2), backend=backend)
    slot = GRAPH.edge_slot()[block.position]
    np.testing.assert_array_equal(GRAPH.src[block.position], block.nodes[block.src])
    np.testing.assert_array_equal(GRAPH.slot_dst()[slot], block.nodes[block.dst])
    np.testing.assert_array_equal(GRAPH.slot_relation[slot], block.relation)
    assert len(np.unique(block.position)) == len(block.position)


@backends
@settings(max_examples=25)
@given(seeds=seeds_lists, fan_out=st.integers(0, 9))
def test_each_slot_gives_the_smaller_of_its_degree_and_the_fan_out(
    backend: str, seeds: list[int], fan_out: int
) -> None:
    block = sample(seeds, (fan_out,), backend=backend)
    drawn = np.bincount(GRAPH.edge_slot()[block.position], minlength=len(GRAPH.slot_relation))
    owned = np.isin(GRAPH.slot_dst(), seeds)
    np.testing.assert_array_equal(drawn, np.minimum(np.diff(GRAPH.slot_ptr), fan_out) * owned)


@backends
def test_seeds_come_first_nodes_are_distinct_and_counts_add_up(backend: str) -> None:
    block = sample([9, 4, 7], backend=backend)
    assert block.seeds.tolist() == [9, 4, 7]
    assert len(np.unique(block.nodes)) == len(block.nodes) == sum(block.node_counts)
    assert sum(block.edge_counts) == len(block.src)
    first_hop = block.dst[: block.edge_counts[0]]
    assert first_hop.max() < block.node_counts[0]
    assert block.dst.max() < sum(block.node_counts[:-1])


@settings(max_examples=40)
@given(
    seeds=seeds_lists,
    fan_outs=st.lists(st.integers(-1, 7), min_size=0, max_size=3),
    seed=st.integers(0, 2**63),
    epoch=st.integers(0, 1000),
)
def test_numpy_and_numba_agree_bit_for_bit(
    seeds: list[int], fan_outs: list[int], seed: int, epoch: int
) -> None:
    one = sample(seeds, fan_outs, epoch, seed=seed, backend="numpy")
    assert_equal(one, sample(seeds, fan_outs, epoch, seed=seed, backend="numba"))


def test_a_node_draws_the_same_neighbours_in_every_batch() -> None:
    alone, together = sample([5], (4,)), sample([11, 5, 2], (4,))
    of_five = together.position[together.nodes[together.dst] == 5]
    assert alone.position.tolist() == of_five.tolist()


def test_threads_draw_what_one_thread_draws() -> None:
    batches = [[n, n + 1, n + 2] for n in range(0, 57, 3)]
    sampler = FusedNeighborSampler(GRAPH, KINDS, SamplerConfig((4, 3)))
    with ThreadPoolExecutor(4) as threads:
        for one, other in zip(threads.map(sampler.sample, batches), batches, strict=True):
            assert_equal(one, sampler.sample(other))


def test_another_epoch_or_seed_draws_otherwise() -> None:
    first = sample(range(20), (2,))
    assert first.position.tolist() != sample(range(20), (2,), epoch=1).position.tolist()
    assert first.position.tolist() != sample(range(20), (2,), seed=1).position.tolist()


@backends
def test_every_neighbour_is_equally_likely(backend: str) -> None:
    """Chi-square over 40 slots of 12 neighbours, 5 drawn, 600 epochs, with a fixed seed.

    Draws without replacement are negatively correlated: the statistic is divided by the variance
    factor (n - k) / (n - 1) that makes it chi-square with n - 1 degrees of freedom.
    """
    slots, n, k, epochs = 40, 12, 5, 600
    src = np.tile(np.arange(slots, slots + n), slots)
    dst = np.repeat(np.arange(slots), n)
    graph = build_adjacency(src, dst, np.zeros(slots * n, int), nodes=slots + n)
    sampler = FusedNeighborSampler(graph, KINDS[:1], SamplerConfig((k,), seed=7, backend=backend))  # type: ignore[arg-type]  # a parametrised literal
    seen = np.zeros(slots * n)
    for epoch in range(epochs):
        seen[sampler.sample(range(slots), epoch).position] += 1
    expected = epochs * k / n
    statistic = ((seen - expected) ** 2 / expected).sum() * (n - 1) / (n - k)
    assert 0.005 < chi2.sf(statistic, slots * (n - 1)) < 0.995


@backends
def test_every_subset_is_equally_likely(backend: str) -> None:
    graph = build_adjacency(np.arange(1, 6), np.zeros(5, int), np.zeros(5, int), nodes=6)
    sampler = FusedNeighborSampler(graph, KINDS[:1], SamplerConfig((3,), seed=3, backend=backend))  # type: ignore[arg-type]  # a parametrised literal
    subsets = [tuple(sorted(sampler.sample([0], e).position.tolist())) for e in range(2000)]
    _, counts = np.unique(subsets, axis=0, return_counts=True)
    assert len(counts) == 10
    assert 0.005 < chi2.sf(((counts - 200) ** 2 / 200).sum(), 9) < 0.995


def test_the_mixing_function_is_splitmix64() -> None:
    # First two outputs of the reference implementation seeded with 1234567.
    states = np.array([1234567, (1234567 + 0x9E3779B97F4A7C15) % 2**64], np.uint64)
    assert splitmix64(states).tolist() == [6457827717110365317, 3203168211198807973]


def test_fan_outs_by_relation() -> None:
    config = SamplerConfig(({"R1": 2, "*": 0}, {"R2": -1}))
    block = FusedNeighborSampler(GRAPH, KINDS, config).sample(range(10))
    first, second = np.split(block.relation, [block.edge_counts[0]])
    assert set(first.tolist()) == {1}
    assert set(second.tolist()) == {2}


def test_hubs_are_not_followed_beyond_the_first_hop() -> None:
    capped, free = sample([0], (-1, -1), hub_cap=10), sample([0], (-1, -1))
    degree = np.diff(GRAPH.slot_ptr)[GRAPH.edge_slot()]
    second = capped.position[capped.edge_counts[0] :]
    assert capped.edge_counts[0] == free.edge_counts[0]
    assert degree[second].max() <= 10 < degree[free.position].max()


def test_a_seed_without_edges_stays_alone() -> None:
    graph = build_adjacency(np.array([1]), np.array([2]), np.array([0]), nodes=4)
    block = FusedNeighborSampler(graph, KINDS, SamplerConfig((2, 2))).sample([0])
    assert (block.nodes.tolist(), block.node_counts, len(block.src)) == ([0], (1, 0, 0), 0)


@pytest.mark.parametrize(
    ("seeds", "message"), [([60], "Seed 60"), ([-1], "Seed -1"), ([3, 3], "more than once")]
)
def test_bad_seeds_are_refused(seeds: list[int], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        sample(seeds)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fan_outs": [-2]}, "Fan-out -2"),
        ({"fan_outs": [{"R9": 1}]}, "Unknown relation"),
        ({"backend": "cuda"}, "back end"),
    ],
)
def test_bad_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        sample([1], **options)  # type: ignore[arg-type]  # wrong on purpose


def test_a_graph_too_large_for_its_keys_is_refused() -> None:
    one = np.array([0])
    with pytest.raises(BadInputError, match="too large"):
        build_adjacency(one, one, one, nodes=2**31)
