from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.damage import add_noise, choose, damage, observe
from tests.unit.models.refinement.worlds import network, random_network


def test_half_of_the_damage_is_removed_and_a_quarter_added_of_each_sign() -> None:
    true = random_network(60, 200, seed=0)
    before, after = true.signs(), damage(true, 0.4, seed=1).signs()
    added = [sign for pair, sign in after.items() if pair not in before]
    assert len(before.keys() - after.keys()) == 40
    assert sorted(added) == [-1] * 20 + [1] * 20
    assert all(after[pair] == sign for pair, sign in before.items() if pair in after)


def test_the_same_seed_does_the_same_damage() -> None:
    true = random_network(30, 60, seed=0)
    assert damage(true, 0.5, 7).signs() == damage(true, 0.5, 7).signs()
    assert damage(true, 0.5, 7).signs() != damage(true, 0.5, 8).signs()


def test_no_damage_changes_nothing() -> None:
    true = random_network(30, 60, seed=0)
    assert damage(true, 0, 3).signs() == true.signs()


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_outside_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(BadInputError, match="cannot be corrupted"):
        damage(network(2, (0, 1, 1)), share, 0)


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
