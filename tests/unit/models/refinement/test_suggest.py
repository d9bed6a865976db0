"""Suggestions: what a response tells, worked out by hand, and what follows for the ranking."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.suggest import OTHERS, SUGGESTED, settled
from hypothesis import given
from hypothesis import strategies as st

from kgp.models.refinement.damage import observe
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.prior import EditPrior, Knowledge
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.suggest import suggest
from kgp.models.refinement.suggest_beliefs import Beliefs, believe
from kgp.models.refinement.suggest_information import mutual_information
from tests.unit.models.refinement.worlds import network, random_network

DIRECT, TWO_STEPS = RefineConfig(max_length=1), RefineConfig(max_length=2)
FLAT = RefineConfig(prior=EditPrior(add=8, remove=0, flip=0), max_length=1)
"""An edge is absent, positive or negative with a third each."""


def by_gene(suggestions: tuple) -> dict:
    return {each.gene: each for each in suggestions}


def test_a_clear_channel_tells_the_whole_state() -> None:
    """Two equal states that always respond differently are one bit."""
    sure = np.eye(3)
    told = mutual_information(np.array([[0, 0.5, 0.5]]), np.array([[2, 0, 1]]), sure)
    assert told == pytest.approx([1.0])


def test_a_response_that_no_state_changes_tells_nothing() -> None:
    told = mutual_information(np.full((1, 3), 1 / 3), np.array([[1, 1, 1]]), np.eye(3))
    assert told == pytest.approx([0.0])


def test_a_missed_response_halves_what_is_told() -> None:
    """A present edge is seen half of the time: H(1/4) - H(1/2) / 2 = .311 bits."""
    channel = np.array([[1.0, 0.0], [0.5, 0.5]])
    channel = np.column_stack([np.zeros(2), channel])
    told = mutual_information(np.array([[0, 0.5, 0.5]]), np.array([[0, 0, 1]]), channel)
    assert told == pytest.approx([0.8112781 - 0.5])


@given(st.integers(0, 1000))
def test_information_is_at_most_what_is_unknown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    probability = rng.dirichlet([1, 1, 1], 5)
    predicted, channel = rng.integers(0, 3, (5, 3)), rng.dirichlet([1, 1, 1], 3)
    told = mutual_information(probability, predicted, channel)
    unknown = -(probability * np.log2(probability)).sum(axis=1)
    assert np.all((told >= 0) & (told <= unknown + 1e-12))


def test_without_responses_each_direct_edge_is_worth_the_same() -> None:
    found = by_gene(suggest(network(5, (0, 2, 1), (0, 3, 1), (0, 4, -1), (1, 2, 1)), config=DIRECT))
    assert found[0].direct == 3
    assert found[0].bits == pytest.approx(3 * found[1].bits)


def test_bits_of_a_direct_edge_are_those_worked_out_by_hand() -> None:
    """Labels of an edge that is -, absent or + with a third each, seen 68 % of the time."""
    (found,) = suggest(network(2, (0, 1, 1)), config=FLAT)
    rates = Rates()
    seen = 1 - rates.miss - rates.opposite
    rows = np.array(
        [
            [seen, rates.miss, rates.opposite],
            [rates.false / 2, 1 - rates.false, rates.false / 2],
            [rates.opposite, rates.miss, seen],
        ]
    )
    mix = rows.mean(axis=0)
    expected = -(mix * np.log2(mix)).sum() + (rows * np.log2(rows)).sum(axis=1).mean()
    assert found.bits == pytest.approx(expected)


def test_walks_test_edges_further_on() -> None:
    chain = network(3, (0, 1, 1), (1, 2, 1))
    near, far = (by_gene(suggest(chain, config=each))[0] for each in (DIRECT, TWO_STEPS))
    assert (near.direct, near.indirect) == (1, 0)
    assert (far.direct, far.indirect) == (1, 1)
    assert far.bits > near.bits


def test_an_indirect_edge_is_worth_less_than_a_direct_one() -> None:
    chain = network(3, (0, 1, 1), (1, 2, 1))
    found = by_gene(suggest(chain, config=TWO_STEPS))
    assert found[0].bits < 2 * found[1].bits


def test_an_edge_beside_another_one_into_its_cell_is_worth_less() -> None:
    """With two ways from 0 to 3, the loss of one changes nothing."""
    one = network(4, (0, 1, 1), (1, 3, 1))
    two = network(4, (0, 1, 1), (0, 2, 1), (1, 3, 1), (2, 3, 1))
    alone, doubled = (by_gene(suggest(each, config=TWO_STEPS))[0].bits for each in (one, two))
    direct = by_gene(suggest(one, config=DIRECT))[0].bits
    assert doubled - 2 * direct < alone - direct


def test_an_addition_into_a_linked_gene_is_weighed_with_what_it_carries_on() -> None:
    """An edge into 1, which carries 2, predicts that 2's target 3 moves as well.

    The response of 1 is worth 5.61 nats to an edge at 7; the silence of 3 takes 1.20 from it.
    """
    linked = replace(network(5, (0, 4, 1), (2, 3, 1)), links=np.array([[1, 2]], np.int32))
    costs = RefineConfig(max_length=2, rates=Rates(), idle=0, prior=EditPrior(add=7))
    silent = observe(linked, np.array([0], np.int32), max_length=2)
    silent.labels[0, 1] = 1
    unknown = replace(silent, measured=silent.measured & (np.arange(5) != 3))
    known = replace(Knowledge.nothing(5), allowed=np.array([1]))
    believed = [_additions_of(believe(linked, seen, costs, known)) for seen in (unknown, silent)]
    odds = np.exp([-7 + 5.61, -7 + 5.61 - 1.20])
    assert [each[0, 1] for each in believed] == pytest.approx(odds / (1 + odds), abs=0.001)


def _additions_of(found: Beliefs) -> dict[tuple[int, int], float]:
    """Pairs without an edge, and how probably each is an activation."""
    ends = zip(found.source.tolist(), found.target.tolist(), strict=True)
    pairs = zip(ends, found.stated, found.probability[:, 2].tolist(), strict=True)
    return {pair: chance for pair, stated, chance in pairs if not stated}


def test_what_was_perturbed_is_worth_less_and_is_counted() -> None:
    twins = network(6, *((regulator, target, 1) for regulator in (0, 1) for target in (2, 3, 4)))
    found = by_gene(suggest(twins, observe(twins, np.array([0], np.int32), max_length=1), DIRECT))
    assert (found[0].perturbed, found[1].perturbed) == (1, 0)
    assert found[0].bits < found[1].bits


def test_genes_that_nobody_measures_tell_nothing() -> None:
    pair = network(4, (0, 2, 1), (1, 3, 1))
    seen = observe(pair, np.array([0], np.int32), max_length=1)
    seen.measured[:, 3] = False
    found = by_gene(suggest(pair, seen, DIRECT))
    assert (found[1].bits, found[1].direct) == (0.0, 0)


def test_an_edge_that_responses_speak_against_is_doubted() -> None:
    pair = network(4, (0, 1, 1), (0, 2, 1))
    seen = observe(pair, np.array([0], np.int32), max_length=1)
    seen.labels[0, 2] = -1
    easily_flipped = replace(DIRECT, rates=Rates(), prior=EditPrior(flip=3.0))
    assert by_gene(suggest(pair, seen, easily_flipped))[0].doubted == 1


def test_the_same_input_gives_the_same_ranking() -> None:
    world = random_network(30, 40, seed=2)
    assert suggest(world) == suggest(world)


def test_every_regulator_is_ranked_once_the_most_telling_first() -> None:
    world = random_network(30, 40, seed=2)
    found = suggest(world)
    assert sorted(each.gene for each in found) == world.regulators.tolist()
    assert [each.bits for each in found] == sorted((each.bits for each in found), reverse=True)


def _two_additions() -> Beliefs:
    """An edge, and two additions into one target with .5 and .3 in all."""
    base = network(4, (0, 1, 1))
    probability = np.array([[0.0, 0.25, 0.75], [0.1, 0.5, 0.4], [0.3, 0.7, 0.0]])
    ends = (np.array([0, 0, 2], np.int32), np.array([1, 3, 3], np.int32))
    return Beliefs(base, *ends, probability, np.zeros(3, bool), 1, Rates(), Reasoning())


def test_draws_have_the_probabilities_that_are_believed() -> None:
    beliefs, rng = _two_additions(), np.random.default_rng(0)
    drawn = np.array([beliefs.draw(rng) for _ in range(4000)])
    for sign in (-1, 0, 1):
        share = (drawn == sign).mean(axis=0)
        assert share == pytest.approx(beliefs.probability[:, sign + 1], abs=0.03)


def test_of_the_additions_into_a_target_at_most_one_is_drawn() -> None:
    beliefs, rng = _two_additions(), np.random.default_rng(1)
    drawn = np.array([beliefs.draw(rng) for _ in range(500)])
    assert np.count_nonzero(drawn[:, 1:], axis=1).max() == 1


def test_a_suggested_perturbation_settles_more_than_others_on_average() -> None:
    worlds = [settled(random_network(150, 150, seed), 20, seed) for seed in range(8)]
    for which in range(2):
        mean = {way: np.mean([world[way][which] for world in worlds]) for way in worlds[0]}
        assert all(mean[SUGGESTED] > mean[other] for other in OTHERS)


def test_a_seed_changes_the_draws_and_little_else() -> None:
    world = random_network(60, 80, seed=3)
    seen = observe(world, world.regulators[:5])
    first, second = (
        by_gene(suggest(world, seen, replace(RefineConfig(), seed=seed))) for seed in (0, 1)
    )
    bits = np.array([[first[gene].bits, second[gene].bits] for gene in first])
    assert np.corrcoef(bits.T)[0, 1] > 0.9
