from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.models.refinement.damage import observe
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import count_cells, make_objective, total_cost
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning_rules import SHORTEST, Reasoning
from kgp.models.refinement.sampling import MIXED, Sampled, r_hat, sample
from kgp.models.refinement.search import local_search
from tests.unit.models.refinement.worlds import network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective

CHEAP = EditPrior(add=2.0, remove=1.0, flip=1.5)
BLURRED = Rates(0.4, 0.1, 0.1, ((0.5, 0.15),))
"""Prices at which no network is sure."""


def objective(
    curated: SignedNetwork,
    labels: dict[int, list[int]],
    free: list[tuple[int, int]],
    how: Reasoning | None = None,
) -> Objective:
    """Price the labels of a few perturbed genes; only ``free`` pairs may change."""
    n, how = curated.n_genes, how or Reasoning(2)
    seen = observe(curated, np.array(list(labels), np.int32))
    seen.labels[:] = list(labels.values())
    every = {(i, j) for i in range(n) for j in range(n) if i != j}
    frozen = np.array(sorted(i * n + j for i, j in every - set(free)), np.int64)
    prior = Prior(CHEAP, replace(Knowledge.nothing(n), frozen=frozen))
    costs = BLURRED.outcome_costs(how.max_length)
    return make_objective(curated, count_cells(seen), costs, prior, how)


def enumerated(priced: Objective, free: list[tuple[int, int]]) -> np.ndarray:
    """Return the exact probability of -1, 0 and +1 of each free pair, over all networks."""
    curated = priced.original
    choices = list(product((-1, 0, 1), repeat=len(free)))
    energy = []
    for signs in choices:
        edges = curated.signs() | dict(zip(free, signs, strict=True))
        rows = np.array([(*pair, sign) for pair, sign in edges.items()])
        built = curated.with_edges(rows[:, 0], rows[:, 1], rows[:, 2].astype(np.int8))
        energy.append(total_cost(priced, built))
    weight = np.exp(min(energy) - np.array(energy))
    chosen = np.array(choices)
    each = [[weight[chosen[:, k] == sign].sum() for sign in (-1, 0, 1)] for k in range(len(free))]
    return np.array(each) / weight.sum()


# Three regulators that could explain one target together or in each other's place.
RIVALS = objective(
    network(5, (0, 1, 1), (0, 2, 1), (0, 4, -1)),
    {0: [0, 1, 1, 1, -1], 1: [0, 0, 0, 1, 0]},
    [(0, 3), (1, 3), (2, 3)],
)
# An edge to remove, one to turn round behind it, and one that could bridge both.
CHAIN = objective(
    network(4, (0, 1, 1), (1, 2, 1), (2, 3, 1)),
    {0: [0, 0, -1, 0], 1: [0, 0, -1, 0], 2: [0, 0, 0, 1]},
    [(0, 1), (1, 2), (0, 2)],
)
# Feedback, and the shortest walk decides.
LOOP = objective(
    network(3, (0, 1, 1), (1, 2, -1), (2, 0, 1)),
    {0: [0, 1, 1], 1: [-1, 0, 1]},
    [(0, 2), (1, 2), (1, 0)],
    Reasoning(3, "upto", SHORTEST),
)


@pytest.mark.parametrize(
    ("priced", "free"),
    [
        (RIVALS, [(0, 3), (1, 3), (2, 3)]),
        (CHAIN, [(0, 1), (1, 2), (0, 2)]),
        (LOOP, [(0, 2), (1, 2), (1, 0)]),
    ],
    ids=["rivals", "chain", "loop"],
)
def test_sampled_probabilities_are_those_of_all_networks_enumerated(
    priced: Objective, free: list[tuple[int, int]]
) -> None:
    drawn = sample(priced, local_search(priced), sweeps=6000, seed=1)
    pairs = list(zip(drawn.source.tolist(), drawn.target.tolist(), strict=True))
    found = drawn.probability[[pairs.index(pair) for pair in free]]
    expected = enumerated(priced, free)
    assert 0.02 < expected.max(axis=1).min() < 0.98
    np.testing.assert_allclose(found, expected, atol=0.015)
    assert drawn.r_hat < 1.01


def test_edits_change_places_within_a_column() -> None:
    assert sample(RIVALS, RIVALS.original, sweeps=50, seed=0).moved > 0


def test_frozen_pairs_are_never_drawn_otherwise() -> None:
    drawn = sample(RIVALS, local_search(RIVALS), sweeps=50, seed=0)
    frozen = (drawn.target != 3) & (drawn.original != 0)
    assert frozen.sum() == 3
    as_it_was = drawn.probability[np.flatnonzero(frozen), drawn.original[frozen] + 1]
    np.testing.assert_array_equal(as_it_was, 1)


def test_the_same_seed_samples_the_same_and_another_does_not() -> None:
    one, again, other = (sample(CHAIN, CHAIN.original, sweeps=40, seed=s) for s in (3, 3, 4))
    np.testing.assert_array_equal(one.probability, again.probability)
    assert (one.r_hat, one.moved) == (again.r_hat, again.moved)
    assert not np.array_equal(one.probability, other.probability)


@pytest.mark.parametrize("sweeps", [3, 10, 31])
def test_probabilities_sum_to_one_for_any_number_of_sweeps(sweeps: int) -> None:
    drawn = sample(CHAIN, CHAIN.original, sweeps=sweeps, seed=0)
    np.testing.assert_allclose(drawn.probability.sum(axis=1), 1)
    assert np.all(drawn.spread <= 1)


def test_r_hat_is_near_one_for_chains_of_one_distribution() -> None:
    draws = np.random.default_rng(0).normal(size=(2, 2000))
    assert r_hat(draws) == pytest.approx(1, abs=0.01)


def test_r_hat_is_large_for_chains_apart() -> None:
    draws = np.random.default_rng(0).normal(size=(2, 200))
    draws[1] += 10
    assert r_hat(draws) > 5


def test_r_hat_by_hand() -> None:
    # Variances 1 and 1, means 2 and 4: W = 1, B = 3 · 2; sqrt(2/3 + 2).
    assert r_hat(np.array([[1.0, 2, 3], [3, 4, 5]])) == pytest.approx(np.sqrt(2 / 3 + 2))


def test_r_hat_of_chains_that_stand_still() -> None:
    assert r_hat(np.zeros((2, 5))) == 1
    assert r_hat(np.array([[0.0, 0], [1, 1]])) == np.inf


def sampled(probability: list[float], spread: float = 0.0, original: int = 0) -> Sampled:
    """One edge 0 → 1 as two chains have drawn it."""
    ends = np.array([0], np.int32), np.array([1], np.int32), np.array([original], np.int8)
    return Sampled(*ends, np.array([probability]), np.array([spread]), 1.0, 0)


def sign(drawn: Sampled, confidence: float = 0.5, least_gain: float = 0.0) -> int:
    prior = Prior(EditPrior(add=2.0, remove=1.0, flip=3.0), Knowledge.nothing(2))
    return int(drawn.signs(prior, confidence, least_gain)[0])


def test_a_probable_sign_is_taken_and_an_improbable_one_not() -> None:
    assert sign(sampled([0.1, 0.2, 0.7])) == 1
    assert sign(sampled([0.1, 0.2, 0.7]), confidence=0.7) == 0
    assert sign(sampled([0.3, 0.4, 0.3], original=1)) == 1
    assert sign(sampled([0.1, 0.7, 0.2], original=1)) == 0


def test_what_chains_disagree_on_stays_as_it_was() -> None:
    assert sign(sampled([0.0, 0.1, 0.9], spread=MIXED)) == 1
    assert sign(sampled([0.0, 0.1, 0.9], spread=MIXED + 0.01)) == 0


def test_what_the_prior_says_by_itself_is_no_evidence() -> None:
    # Odds of 7 to 2 for an edge that costs 2 nats: the data raise them by log(3.5) + 2.
    gain = np.log(0.7 / 0.2) + 2
    drawn = sampled([0.1, 0.2, 0.7])
    assert sign(drawn, least_gain=gain - 0.01) == 1
    assert sign(drawn, least_gain=gain + 0.01) == 0
