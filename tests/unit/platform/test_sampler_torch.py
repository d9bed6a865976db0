"""The torch form draws what the others draw."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.platform.sampler import FusedBlock, FusedNeighborSampler, SamplerConfig
from kgp.platform.sampler.torch_form import TorchNeighborSampler
from kgp.platform.sampler.torch_streams import splitmix64 as splitmix64_of_torch
from kgp.platform.splitmix64 import splitmix64
from tests.unit.platform.test_sampler import GRAPH, KINDS, NODES


@settings(max_examples=80)
@given(
    seeds=st.lists(st.integers(0, NODES - 1), max_size=12, unique=True),
    fan_outs=st.lists(
        st.integers(-1, 7) | st.fixed_dictionaries({"R1": st.integers(-1, 9), "*": st.just(2)}),
        max_size=3,
    ),
    exclude=st.none() | st.lists(st.integers(-1, GRAPH.edges - 1), max_size=300).map(np.array),
    seed=st.integers(0, 2**63),
    epoch=st.integers(0, 1000),
    cap=st.none() | st.integers(0, 30),
)
def test_it_agrees_with_numpy(
    seeds: list[int],
    fan_outs: list[int | dict[str, int]],
    exclude: np.ndarray | None,
    seed: int,
    epoch: int,
    cap: int | None,
) -> None:
    config = SamplerConfig(fan_outs, seed=seed, hub_cap=cap, backend="numpy")
    one = FusedNeighborSampler(GRAPH, KINDS, config).sample(seeds, epoch, exclude=exclude)
    other = TorchNeighborSampler(GRAPH, KINDS, config).sample(seeds, epoch, exclude=exclude)
    assert one.node_counts == other.node_counts
    assert one.edge_counts == other.edge_counts
    for name in ("nodes", "src", "dst", "relation", "position"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_tensors_are_taken_and_given() -> None:
    sampler = TorchNeighborSampler(GRAPH, KINDS, SamplerConfig((3, 2)))
    block = sampler.sample(torch.tensor([4, 9]), exclude=torch.tensor([0, 5]))
    assert block.nodes[:2].tolist() == [4, 9]
    columns = set(FusedBlock.__slots__) - {"node_counts", "edge_counts"}
    assert {getattr(block, name).dtype for name in columns} == {torch.int64}


def test_the_mixing_function_has_the_bits_of_the_unsigned_one() -> None:
    states = np.random.default_rng(0).integers(0, 2**64, 1000, dtype=np.uint64)
    mixed = splitmix64_of_torch(torch.from_numpy(states.view(np.int64)))
    np.testing.assert_array_equal(mixed.numpy().view(np.uint64), splitmix64(states))


def test_bad_seeds_are_refused() -> None:
    sampler = TorchNeighborSampler(GRAPH, KINDS, SamplerConfig((3,)))
    with pytest.raises(BadInputError, match="Seed 60"):
        sampler.sample([60])
