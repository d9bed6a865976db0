from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.damage import add_noise, observe
from kgp.models.refinement.likelihood import (
    LEAST_RATES,
    Rates,
    estimate_rates,
    unit_costs,
)
from kgp.models.refinement.objective import count_cells, count_outcomes
from kgp.models.refinement.reasoning_rules import Reasoning
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


def test_cell_costs_are_logarithms_of_the_rates() -> None:
    costs = Rates(miss=0.3, opposite=0.1, false=0.2).cell_costs()
    assert costs[2].tolist() == pytest.approx([-math.log(p) for p in (0.1, 0.3, 0.6)])
    assert costs[1].tolist() == pytest.approx([-math.log(p) for p in (0.1, 0.8, 0.1)])
    assert costs[0].tolist() == costs[2][::-1].tolist()


def test_each_prediction_has_a_probability_of_one_in_all() -> None:
    assert np.exp(-Rates().cell_costs()).sum(axis=1) == pytest.approx([1, 1, 1])


def test_unit_costs_count_disagreements() -> None:
    assert unit_costs().tolist() == [[1, 0, 1], [1, 1, 0], [0, 1, 1]]
    assert unit_costs(2).tolist() == [[1, 0, 1], *2 * [[1, 1, 0], [0, 1, 1]]]


def test_longer_walks_have_rates_of_their_own_and_the_last_hold_on() -> None:
    rates = Rates(0.2, 0.1, 0.04, ((0.4, 0.15), (0.6, 0.2)))
    assert [rates.at(length) for length in (1, 2, 3, 4)] == [
        (0.2, 0.1),
        (0.4, 0.15),
        (0.6, 0.2),
        (0.6, 0.2),
    ]
    expected = [
        [0.02, 0.96, 0.02],
        [0.1, 0.2, 0.7],
        [0.7, 0.2, 0.1],
        [0.15, 0.4, 0.45],
        [0.45, 0.4, 0.15],
    ]
    np.testing.assert_allclose(np.exp(-rates.outcome_costs(2)), expected)


def outcomes(built: SignedNetwork, seen: Observations) -> np.ndarray:
    return count_outcomes(built, count_cells(seen), Reasoning(3))


def test_rates_are_counted_and_shrunk_towards_the_prior() -> None:
    # Predictions of gene 0: +1 on gene 1, 2 and 3; gene 3 was missed, gene 4 is false.
    star = network(6, (0, 1, 1), (0, 2, 1), (0, 3, 1))
    seen = observe(star, np.array([0], np.int32))
    seen.labels[0] = [0, 1, -1, 0, 1, 0]
    prior = Rates(miss=0.5, opposite=0.25, false=0.5)
    rates = estimate_rates(outcomes(star, seen), prior=prior, weight=2.0)
    assert rates.miss == pytest.approx((1 + 1) / (3 + 2))
    assert rates.opposite == pytest.approx((1 + 0.5) / (3 + 2))
    assert rates.false == pytest.approx((1 + 1) / (2 + 2))


def test_rates_of_longer_walks_are_shrunk_towards_those_of_walks_one_shorter() -> None:
    # By two edges ten cells: four missed, one turned; by three none.
    counted = np.zeros((7, 3))
    counted[3], counted[4] = [1, 2, 3], [2, 2, 0]
    prior = Rates(miss=0.5, opposite=0.25, false=0.5)
    rates = estimate_rates(counted, prior=prior, weight=10.0)
    second = (pytest.approx((4 + 5) / 20), pytest.approx((1 + 2.5) / 20))
    assert (rates.miss, rates.opposite) == (0.5, 0.25)
    assert rates.further == (second, second)


@pytest.mark.parametrize("label", [-1, 0, 1])
def test_even_responses_that_are_all_alike_have_rates(label: int) -> None:
    counted = np.zeros((7, 3))
    counted[1::2, label + 1] = counted[2::2, 1 - label] = counted[0, label + 1] = 1e7
    rates = estimate_rates(counted)
    assert np.isfinite(rates.outcome_costs(3)).all()


def test_the_rates_of_noise_are_found_again() -> None:
    true = random_network(80, 400, seed=0)
    seen = add_noise(observe(true, true.regulators), seed=1)
    assert estimate_rates(outcomes(true, seen)).miss == pytest.approx(0.3, abs=0.02)


def test_estimates_stay_above_the_floor() -> None:
    true = random_network(80, 400, seed=0)
    rates = estimate_rates(outcomes(true, observe(true, true.regulators)))
    assert rates.opposite >= LEAST_RATES.opposite
    assert rates.false >= LEAST_RATES.false


@pytest.mark.parametrize("pair", [(0.6, 0.4), (0.0, 0.1), (0.3, 1.0)])
def test_rates_of_longer_walks_are_checked_as_well(pair: tuple[float, float]) -> None:
    with pytest.raises(BadInputError):
        Rates(further=(pair,))


@pytest.mark.parametrize("rates", [(0.0, 0.1, 0.1), (0.3, 1.0, 0.1), (0.6, 0.4, 0.1)])
def test_rates_that_are_no_probabilities_are_refused(rates: tuple[float, float, float]) -> None:
    with pytest.raises(BadInputError):
        Rates(*rates)
