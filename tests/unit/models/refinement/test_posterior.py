from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kgp.models.refinement.damage import observe
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import count_cells, make_objective
from kgp.models.refinement.posterior import DOUBT, Alternative, local_posterior
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.scan import WORTH_LISTING
from tests.unit.models.refinement.priced_worlds import World, all_moves, apply, worlds
from tests.unit.models.refinement.worlds import network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.posterior import Weight

# Gene 0 activates 1 and 2 alike; whether 1 or 2 regulates 3 cannot be told from gene 0.
TWINS = network(5, (0, 1, 1), (0, 2, 1), (0, 4, 1))
BY_FIRST = network(5, (0, 1, 1), (0, 2, 1), (0, 4, 1), (1, 3, 1))


def objective(
    curated: SignedNetwork,
    true: SignedNetwork,
    perturbed: list[int],
    *,
    times: int = 4,
    longest: int = 2,
    **known: object,
) -> Objective:
    """Price what ``times`` repeats of each perturbation of the true network show."""
    seen = observe(true, np.repeat(np.array(perturbed, np.int32), times), max_length=longest)
    knowledge = replace(Knowledge.nothing(true.n_genes), **known)  # type: ignore[arg-type]  # any
    costs, prior = Rates().outcome_costs(longest), Prior(EditPrior(), knowledge)
    return make_objective(curated, count_cells(seen), costs, prior, Reasoning(longest))


def keys(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(sorted(i * 5 + j for i, j in pairs), np.int64)


def test_two_explanations_that_cannot_be_told_apart_share_the_weight() -> None:
    only = objective(TWINS, BY_FIRST, [0], allowed=keys((1, 3), (2, 3)))
    _, kept, left = local_posterior(only, BY_FIRST, threshold=0.4)
    assert not left
    assert kept[1, 3].confidence == pytest.approx((1 - DOUBT) / 2, abs=0.01)
    # Without the edit, the other would be all but sure.
    assert kept[1, 3].alternatives == (Alternative(2, 3, 1, pytest.approx(1, abs=0.01)),)


def test_none_of_several_explanations_is_kept_where_each_holds_too_little() -> None:
    # Beside 1 and 2, gene 0 itself or 4 may regulate 3.
    found, kept, left = local_posterior(objective(TWINS, BY_FIRST, [0]), BY_FIRST)
    assert (kept, found.signs()) == ({}, TWINS.signs())
    assert left[1, 3].confidence == pytest.approx((1 - DOUBT) / 4, abs=0.01)
    assert {(each.source, each.target) for each in left[1, 3].alternatives} == {
        (0, 3),
        (2, 3),
        (4, 3),
    }


def test_an_edit_that_nothing_else_explains_is_nearly_sure() -> None:
    clear = objective(TWINS, BY_FIRST, [0, 1])
    _, kept, _ = local_posterior(clear, BY_FIRST)
    assert 0.95 < kept[1, 3].confidence <= 1 - DOUBT


def test_a_flip_is_weighed_against_the_removal_of_the_same_edge() -> None:
    # Seen twice: 0 represses 1, curated as activation; all else says nothing.
    curated, true = network(2, (0, 1, 1)), network(2, (0, 1, -1))
    prices = objective(curated, true, [0], times=2, longest=1)
    _, kept, _ = local_posterior(prices, true)
    cells = prices.class_cost[prices.cell_class[1, 0]]
    weights = {sign: np.exp(-cells[outcome] - cost) for sign, outcome, cost in OF_THE_EDGE}
    expected = (1 - DOUBT) * weights[-1] / sum(weights.values())
    assert kept[0, 1].confidence == pytest.approx(expected)


OF_THE_EDGE = ((-1, 2, 5.0), (0, 0, 2.0), (1, 1, 0.0))
"""Sign, outcome and cost of each state of an edge that was curated as activating."""


def test_frozen_and_forbidden_pairs_are_no_alternatives() -> None:
    limits = {"frozen": keys((2, 3)), "sources": np.array([False, True, True, True, True])}
    limited = objective(TWINS, BY_FIRST, [0], **limits)
    _, _, left = local_posterior(limited, BY_FIRST, threshold=0.9)
    assert [(each.source, each.target) for each in left[1, 3].alternatives] == [(4, 3)]


def test_what_the_data_do_not_say_clearly_enough_is_taken_back() -> None:
    once = objective(TWINS, BY_FIRST, [0, 1], times=1)
    assert local_posterior(once, BY_FIRST, least_gain=3.0)[1]
    found, kept, left = local_posterior(once, BY_FIRST, least_gain=50.0)
    assert (kept, list(left), found.signs()) == ({}, [(1, 3)], TWINS.signs())


def test_each_explanation_counts_once_among_rejected_edits_of_one_target() -> None:
    # Both twins were added, which together cost more than one; neither can be preferred.
    both = apply(BY_FIRST, np.array([2, 3, 0, 1]))
    only = objective(TWINS, BY_FIRST, [0], allowed=keys((1, 3), (2, 3)))
    _, _, left = local_posterior(only, both, threshold=0.99)
    last = list(left.values())[-1]
    assert last.confidence == pytest.approx((1 - DOUBT) / 2, abs=0.01)
    assert len(last.alternatives) == 1


def alternatives(world: World, move: np.ndarray) -> list[np.ndarray]:
    """Edits that stand beside ``move``: into its target if they gain there, and removals."""
    built, (source, target, before, after) = world.built, move.tolist()
    cells, found = world.cells(built)[:, target], []
    for other in all_moves(built):
        gain = cells - world.cells(apply(built, other))[:, target]
        if other[1] == target and (gain.sum() > 1e-9 or other[2]):
            # Regulators are not listed for the sake of cells that gain less.
            assume(other[2] or gain.max() >= WORTH_LISTING)
            found.append(other)
        elif other[0] == source and other[2] and other[3] == 0:
            found.append(other)
    return [each for each in found if each.tolist() != [source, target, before, after]]


@settings(max_examples=25, suppress_health_check=[HealthCheck.filter_too_much])
@given(worlds(), st.integers(0, 999))
def test_a_single_edit_weighs_what_exact_energies_say(world: World, seed: int) -> None:
    built = world.built
    ends = np.setdiff1d(np.arange(built.n_genes), [*built.regulators, *built.links[:, 0]])
    moves = all_moves(built)
    moves = moves[np.isin(moves[:, 1], ends)]
    assume(len(moves) > 0)
    move = np.random.default_rng(seed).choice(moves)
    others = alternatives(world, move)
    apart = [world.cost(apply(built, each)) for each in others] + [world.cost(built)]
    # The same pair cannot have two signs at once.
    company = [each for each in others if each[:2].tolist() != move[:2].tolist()]
    together = [world.cost(apply(built, move, *each)) for each in [[], *([a] for a in company)]]
    with_it, without = (np.exp(min(apart) - np.array(each)).sum() for each in (together, apart))
    edited, low = apply(built, move), -np.inf
    _, kept, left = local_posterior(world.objective, edited, threshold=-1, least_gain=low, passes=1)
    weight: Weight = kept[move[0], move[1]]
    assert not left
    assert weight.confidence == pytest.approx((1 - DOUBT) * with_it / (with_it + without), abs=1e-5)
