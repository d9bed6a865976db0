from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.models.refinement import learning
from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.learning import (
    CHOICE_SPREAD,
    COST_SPREAD,
    SLOPE_SPREAD,
    learn,
    weigh_edges,
)
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import count_cells, make_objective
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.search import local_search
from kgp.models.refinement.structure import Structure
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

START = EditPrior()
NONE = np.zeros(0, np.int32)


def test_degrees_do_not_count_the_edge_itself() -> None:
    built = network(4, (0, 1, 1), (0, 2, -1), (3, 1, 1))
    plain = replace(Structure.of(built, NONE), centre=(0.0, 0.0))
    ends = np.array([0, 1], np.int32), np.array([1, 2], np.int32)
    found = plain.features(*ends, np.array([1, 0], np.int8))
    np.testing.assert_allclose(np.exp(found) - 0.5, [[1, 1], [0, 1]], atol=1e-12)


def test_features_have_mean_zero_over_the_edges() -> None:
    built = random_network(30, 60, seed=0)
    found = Structure.of(built, NONE).features(built.source, built.target, built.sign)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-12)


def test_a_perturbed_regulator_has_a_base_and_a_slope_of_its_own() -> None:
    built = network(3, (0, 1, 1), (1, 2, 1))
    structure = Structure.of(built, np.array([0], np.int32))
    found = structure.signs_of_error(built.source, built.target, built.sign)
    assert found[0].tolist() == [*found[0, :2], 1, found[0, 0]]
    assert found[1].tolist() == [*found[1, :2], 0, 0]


def test_without_weight_degrees_change_no_cost() -> None:
    built = random_network(30, 60, seed=0)
    wrong, missing = Structure.of(built, NONE).costs(built.source, built.target, built.sign)
    assert not wrong.any()
    assert not missing.any()


def test_a_network_without_edges_has_a_structure() -> None:
    assert Structure.of(network(3), NONE).cheapest() == 0


def learned(
    true: SignedNetwork, curated: SignedNetwork, times: int = 1
) -> tuple[Prior, learning.WeighedEdges]:
    """Learn from the complete responses of the true network."""
    seen = observe(true, true.regulators)
    structure = Structure.of(curated, seen.perturbed)
    prior = Prior(START, Knowledge.nothing(true.n_genes), structure)
    costs = Rates(0.05, 0.01, 0.005).outcome_costs(3)
    objective = make_objective(curated, count_cells(seen), costs, prior)
    tested = weigh_edges(objective, local_search(objective))
    for _ in range(times):
        prior = learn(prior, tested, START)
    return prior, tested


def test_a_network_that_the_responses_bear_out_gets_dear_edits_and_a_damaged_one_cheap() -> None:
    true = random_network(80, 240, seed=1)
    sound, _ = learned(true, true)
    spoilt, _ = learned(true, damage(true, 0.4, seed=2))
    assert spoilt.kinds.remove < START.remove < sound.kinds.remove
    assert spoilt.kinds.add < sound.kinds.add


def test_an_edge_is_wrong_as_probably_as_its_energies_say() -> None:
    # Taken away, the edge 0 → 1 costs the cells 3 nats more, turned round 6 more.
    edge = np.array([0], np.int32), np.array([1], np.int32), np.array([1], np.int8)
    tested = learning.WeighedEdges(*edge, np.array([[6.0, 3.0, 0.0]]), NONE, NONE)
    prior = Prior(EditPrior(8, 2, 5), Knowledge.nothing(2))
    weights = np.exp([-11, -5, 0])
    np.testing.assert_allclose(tested.probabilities(prior)[0], weights / weights.sum())


def test_responses_that_say_nothing_teach_nothing() -> None:
    built = random_network(30, 60, seed=0)
    structure = Structure.of(built, built.regulators[:3])
    silent = learning.WeighedEdges(
        built.source, built.target, built.sign, np.zeros((built.n_edges, 3)), NONE, NONE
    )
    assert not silent.spoken.any()
    prior = learn(Prior(START, Knowledge.nothing(30), structure), silent, START)
    assert prior.structure is not None
    assert prior.structure.wrong == (0, 0, 0, 0)
    np.testing.assert_allclose(prior.structure.missing, 0, atol=1e-3)
    assert prior.kinds.remove == pytest.approx(START.remove)
    # What is expected of a pair is shared by two signs.
    assert prior.kinds.add == pytest.approx(START.add + np.log(2), abs=1e-3)


def test_costs_of_removals_are_learned_to_their_mode() -> None:
    true = random_network(60, 200, seed=3)
    prior, tested = learned(true, damage(true, 0.3, seed=4), times=4)
    assert prior.structure is not None
    spoken = tested.spoken
    edges = tested.source[spoken], tested.target[spoken], tested.original[spoken]
    x = np.column_stack([np.ones(spoken.sum()), prior.structure.signs_of_error(*edges)])
    theta = np.array([prior.kinds.remove, *prior.structure.wrong])
    right = 1 / (1 + np.exp(-(x @ theta)))
    there = 1 - tested.probabilities(prior)[spoken, 1]
    spread = np.array([COST_SPREAD, *[SLOPE_SPREAD] * 2, *[CHOICE_SPREAD] * 2])
    uphill = x.T @ (there - right) - (theta - [START.remove, 0, 0, 0, 0]) / spread**2
    held = np.array([False, *(theta[1:3] == 0), False, False])
    np.testing.assert_allclose(uphill[~held], 0, atol=0.02)
    assert np.all(uphill[held] < 0)
    assert held.sum() < 2


def test_what_is_silent_among_many_regulators_is_not_learned_to_be_wrong() -> None:
    # Edges into gene 0, which has many regulators, seem wrong, those into others right.
    built = network(30, *((i, 0, 1) for i in range(1, 16)), *((i, i + 14, 1) for i in range(1, 16)))
    data = np.zeros((built.n_edges, 3))
    data[:, 1] = np.where(built.target == 0, -3.0, 3.0)
    data[:, 0] = 9.0
    ends = built.source, built.target, built.sign
    tested = learning.WeighedEdges(*ends, data, NONE, NONE)
    prior = Prior(START, Knowledge.nothing(30), Structure.of(built, NONE))
    structure = learn(prior, tested, START).structure
    assert structure is not None
    assert structure.wrong[1] == 0
    turned = learning.WeighedEdges(*ends, data * [[1, -1, 1]], NONE, NONE)
    other = learn(prior, turned, START).structure
    assert other is not None
    assert other.wrong[1] > 0.1


def test_flips_cost_what_makes_as_many_expected_as_found_however_sure_single_signs_are() -> None:
    built = random_network(30, 60, seed=3)
    each = np.arange(built.n_edges)
    data = np.full((built.n_edges, 3), 6.0)
    data[each, built.sign + 1] = 0
    # The responses ask to turn one edge of ten round.
    data[each, 1 - built.sign] = np.where(each % 10 == 0, -4.0, 6.0)
    tested = learning.WeighedEdges(built.source, built.target, built.sign, data, NONE, NONE)
    sure = np.random.default_rng(0).normal(0, 2, built.n_edges)
    prior = Prior(START, replace(Knowledge.nothing(30), signed=built.keys(), sign=sure))
    for _ in range(4):
        prior = learn(prior, tested, START)
    flipped = tested.probabilities(prior)[each, 1 - built.sign].sum()
    expected = (1 / (1 + np.exp(prior.kinds.flip + sure))).sum()
    doubted, edges = learning.FLIPS_BEFORE
    expected += edges / (1 + np.exp(prior.kinds.flip))
    assert 3 < flipped < 7
    assert expected == pytest.approx(flipped + doubted, abs=0.02)


def test_costs_of_additions_are_learned_to_their_mode() -> None:
    true = random_network(60, 200, seed=3)
    prior, tested = learned(true, damage(true, 0.3, seed=4), times=4)
    assert prior.structure is not None
    added = tested.original == 0
    assert added.any()
    edges = tested.source[added], tested.target[added], tested.original[added]
    x = np.column_stack([np.ones(added.sum()), prior.structure.features(*edges)])
    found = (1 - tested.probabilities(prior)[added, 1]) @ x
    by_source, by_target = prior.structure.ends()
    slopes = prior.structure.missing
    per_source = np.exp(slopes[0] * by_source[tested.reached])
    per_target = np.exp(slopes[1] * by_target[tested.measured])
    base = np.log(2) - prior.kinds.add
    each = np.exp(base) * np.outer(per_source, per_target)
    expected = [
        each.sum(),
        (each * by_source[tested.reached][:, None]).sum(),
        (each * by_target[tested.measured][None]).sum(),
    ]
    spread = np.array([COST_SPREAD, SLOPE_SPREAD, SLOPE_SPREAD])
    drawn = (np.array([base, *slopes]) - [-START.add, 0, 0]) / spread**2
    np.testing.assert_allclose(found - expected, drawn, atol=0.05)


def test_without_degrees_only_the_three_costs_are_learned() -> None:
    true = random_network(40, 100, seed=1)
    _, tested = learned(true, true)
    prior = learn(Prior(START, Knowledge.nothing(40)), tested, START)
    assert prior.structure is None
    assert prior.kinds.remove > START.remove
    assert prior.kinds.flip > 0
