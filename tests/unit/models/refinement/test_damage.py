from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.damage import (
    add_noise,
    choose,
    damage,
    damage_hubs,
    drop_regulons,
    flip_signs,
    observe,
)
from tests.unit.models.refinement.worlds import network, networks, random_network

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.models.refinement.network import SignedNetwork

    Damage = Callable[[SignedNetwork, float, int], SignedNetwork]

EVERY_DAMAGE = (damage, flip_signs, drop_regulons, damage_hubs)
shares, seeds = st.floats(0, 1), st.integers(0, 9)


def sparse(n_genes: int = 12) -> st.SearchStrategy[SignedNetwork]:
    """Networks that leave room for spurious edges."""
    return st.integers(0, 99).map(lambda seed: random_network(n_genes, n_genes, seed))


def test_half_of_the_damage_is_removed_and_a_quarter_added_of_each_sign() -> None:
    true = random_network(60, 200, seed=0)
    before, after = true.signs(), damage(true, 0.4, seed=1).signs()
    added = [sign for pair, sign in after.items() if pair not in before]
    assert len(before.keys() - after.keys()) == 40
    assert sorted(added) == [-1] * 20 + [1] * 20
    assert all(after[pair] == sign for pair, sign in before.items() if pair in after)


@pytest.mark.parametrize("do", EVERY_DAMAGE)
def test_the_same_seed_does_the_same_damage(do: Damage) -> None:
    true = random_network(30, 60, seed=0)
    assert do(true, 0.5, 7).signs() == do(true, 0.5, 7).signs()
    assert do(true, 0.5, 7).signs() != do(true, 0.5, 8).signs()


@pytest.mark.parametrize("do", EVERY_DAMAGE)
def test_no_damage_changes_nothing(do: Damage) -> None:
    true = random_network(30, 60, seed=0)
    assert do(true, 0, 3).signs() == true.signs()


@pytest.mark.parametrize("do", EVERY_DAMAGE)
def test_a_network_without_edges_has_nothing_to_damage(do: Damage) -> None:
    assert do(network(3), 1.0, 0).n_edges == 0


@pytest.mark.parametrize("do", EVERY_DAMAGE)
@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_zero_to_one_is_refused(do: Damage, share: float) -> None:
    with pytest.raises(BadInputError, match="cannot be corrupted"):
        do(network(2, (0, 1, 1)), share, 0)


@given(networks(), shares, seeds)
def test_flipping_turns_its_share_and_nothing_else(
    true: SignedNetwork, share: float, seed: int
) -> None:
    turned = flip_signs(true, share, seed)
    assert turned.keys().tolist() == true.keys().tolist()
    assert (turned.sign != true.sign).sum() == round(share * true.n_edges)


@given(networks(), shares, seeds)
def test_dropped_regulons_are_gone_whole_and_the_others_whole(
    true: SignedNetwork, share: float, seed: int
) -> None:
    left = drop_regulons(true, share, seed)
    lost = set(true.regulators.tolist()) - set(left.regulators.tolist())
    assert len(lost) == round(share * len(true.regulators))
    kept = {pair: sign for pair, sign in true.signs().items() if pair[0] not in lost}
    assert left.signs() == kept


@given(sparse(), shares, seeds)
def test_damage_at_hubs_removes_and_adds_as_plain_damage_does(
    true: SignedNetwork, share: float, seed: int
) -> None:
    before, after = true.signs(), damage_hubs(true, share, seed).signs()
    added = [sign for pair, sign in after.items() if pair not in before]
    quarter = round(share * true.n_edges / 4)
    assert len(before.keys() - after.keys()) == round(share * true.n_edges / 2)
    assert (added.count(1), added.count(-1)) == (quarter, quarter)
    assert all(after[pair] == sign for pair, sign in before.items() if pair in after)


@given(sparse(), shares, seeds)
def test_damage_at_hubs_starts_new_edges_at_regulators(
    true: SignedNetwork, share: float, seed: int
) -> None:
    assert np.all(np.isin(damage_hubs(true, share, seed).regulators, true.regulators))


def test_hubs_lose_a_larger_share_of_their_edges() -> None:
    # One regulator of 100 genes, and 100 of one gene each; 50 edges are removed.
    hub = [(0, gene, 1) for gene in range(1, 101)]
    others = [(gene, gene + 100, 1) for gene in range(101, 201)]
    left = damage_hubs(network(301, *hub, *others), 0.5, seed=0)
    kept = ((left.source == 0) & (left.target <= 100)).sum()
    assert 100 - kept > 40


def test_a_full_network_has_no_room_for_damage() -> None:
    with pytest.raises(BadInputError, match="unconnected"):
        damage(network(3, *((i, j, 1) for i in range(3) for j in range(3) if i != j)), 1.0, 0)


def test_a_knock_out_shows_the_turned_responses() -> None:
    seen = observe(network(3, (0, 1, 1), (1, 2, 1)), np.array([0], np.int32), direction=-1)
    assert seen.labels.tolist() == [[0, -1, -1]]
    assert seen.signatures == ("planted:g:0",)


def test_noise_loses_and_invents_the_stated_shares() -> None:
    seen = observe(random_network(60, 300, seed=2), np.arange(20, dtype=np.int32))
    noisy, scored = add_noise(seen, 5), seen.scored()
    true = int((scored & (seen.labels != 0)).sum())
    lost = (seen.labels != 0) & (noisy.labels == 0)
    invented = (seen.labels == 0) & (noisy.labels != 0)
    assert (lost.sum(), invented.sum()) == (round(0.3 * true), round(0.1 * true))
    assert not np.any((lost | invented) & ~scored)


def test_no_more_genes_are_chosen_than_there_are() -> None:
    assert choose(np.array([4, 2, 9], np.int32), 5, seed=0).tolist() == [2, 4, 9]
