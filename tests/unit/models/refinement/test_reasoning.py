from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.reasoning import Lengths, reach, responses, walk_counts
from tests.unit.models.refinement.worlds import network, networks

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork


def enumerate_walks(built: SignedNetwork, lengths: list[int]) -> np.ndarray:
    """Count walks by writing every one of them down: [n, n, 2], start, end, sign."""
    n, sign = built.n_genes, built.to_matrix()
    counts = np.zeros((n, n, 2), dtype=int)
    for length in lengths:
        for walk in product(range(n), repeat=length + 1):
            value = int(np.prod([sign[a, b] for a, b in pairwise(walk)]))
            if value:
                counts[walk[0], walk[-1], 0 if value > 0 else 1] += 1
    return counts


@settings(max_examples=40, deadline=None)
@given(networks(4), st.integers(1, 4), st.sampled_from(["upto", "exact"]))
def test_walks_are_those_of_brute_force(
    built: SignedNetwork, longest: int, lengths: Lengths
) -> None:
    everyone = np.arange(built.n_genes, dtype=np.int32)
    expected = enumerate_walks(
        built, [longest] if lengths == "exact" else list(range(1, longest + 1))
    )
    counted = walk_counts(built, everyone, max_length=longest, lengths=lengths)
    np.testing.assert_array_equal(counted.transpose(1, 0, 2), expected)
    predicted = responses(built, everyone, max_length=longest, lengths=lengths)
    np.testing.assert_array_equal(
        predicted, (expected[..., 0] > 0).astype(int) - (expected[..., 1] > 0)
    )


@settings(max_examples=40, deadline=None)
@given(networks(4), st.integers(1, 3), st.sampled_from(["upto", "exact"]))
def test_a_new_edge_can_start_where_walks_one_shorter_end(
    built: SignedNetwork, longest: int, lengths: Lengths
) -> None:
    everyone = np.arange(built.n_genes, dtype=np.int32)
    shorter = [longest - 1] if lengths == "exact" else list(range(longest))
    expected = enumerate_walks(built, [length for length in shorter if length])
    if 0 in shorter:
        expected[everyone, everyone, 0] += 1
    bits = (expected[..., 0] > 0) + 2 * (expected[..., 1] > 0)
    found = reach(built, everyone, max_length=longest, lengths=lengths).toarray()
    np.testing.assert_array_equal(found, bits)


def test_a_knock_out_turns_the_sign() -> None:
    chain = network(3, (0, 1, 1), (1, 2, -1))
    assert responses(chain, [0, 0], [1, -1]).tolist() == [[0, 1, -1], [0, -1, 1]]


def test_walks_of_both_signs_cancel() -> None:
    loop = network(3, (0, 1, 1), (1, 2, -1), (0, 2, 1))
    assert responses(loop, 0, max_length=2).tolist() == [[0, 1, 0]]
    assert responses(loop, 0, max_length=1).tolist() == [[0, 1, 1]]


def test_walks_without_an_edge_are_refused() -> None:
    with pytest.raises(BadInputError, match="length 0"):
        responses(network(2), 0, max_length=0)
