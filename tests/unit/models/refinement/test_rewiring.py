from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kgp.models.refinement.rewiring import rewire
from tests.unit.models.refinement.worlds import network, networks, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork


def degrees(of: SignedNetwork) -> list[list[int]]:
    """Activated and repressed targets, and regulators, of each gene."""
    ends = (of.source[of.sign > 0], of.source[of.sign < 0], of.target)
    return [np.bincount(end, minlength=of.n_genes).tolist() for end in ends]


@given(networks(max_genes=7), st.integers(0, 99))
def test_rewiring_keeps_degrees_and_signs_and_makes_no_self_loops(
    true: SignedNetwork, seed: int
) -> None:
    random = rewire(true, seed)
    assert degrees(random) == degrees(true)
    # SignedNetwork refuses self-loops and pairs that are stated twice.
    assert random.n_edges == true.n_edges


def test_little_of_a_sparse_network_is_left() -> None:
    true = random_network(300, 600, seed=1)
    same = set(rewire(true, seed=2).signs()) & set(true.signs())
    assert len(same) < 60


def test_the_same_seed_rewires_the_same_way() -> None:
    true = random_network(40, 80, seed=1)
    assert rewire(true, 5).signs() == rewire(true, 5).signs()
    assert rewire(true, 5).signs() != rewire(true, 6).signs()


def test_a_star_has_only_one_wiring() -> None:
    star = network(5, (0, 1, 1), (0, 2, -1), (0, 3, 1), (0, 4, -1))
    assert rewire(star, 0).keys().tolist() == star.keys().tolist()
