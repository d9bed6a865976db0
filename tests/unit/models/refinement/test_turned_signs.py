"""Where many responses have the other sign: are they turned, or is the network wrong?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kgp.models.refinement.damage import flip_signs, observe
from kgp.models.refinement.description import description_length
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import total_cost
from kgp.models.refinement.refine import refine
from kgp.models.refinement.scores import direct_f1
from tests.unit.models.refinement.worlds import network, random_network


@pytest.mark.parametrize("share", [0.25, 0.4])
def test_signs_of_the_network_that_every_response_denies_are_turned_round(share: float) -> None:
    truth = random_network(60, 150, seed=3)
    everyone = np.unique(truth.source).astype(np.int32)
    damaged = flip_signs(truth, share, 1)
    refined = refine(damaged, observe(truth, everyone)).network
    assert direct_f1(truth, damaged) < 0.85
    assert direct_f1(truth, refined) > 0.95


def test_responses_turned_at_random_do_not_turn_the_network() -> None:
    truth = random_network(60, 150, seed=3)
    seen = observe(truth, np.unique(truth.source).astype(np.int32), max_length=1)
    turned = np.random.default_rng(2).random(seen.labels.shape) < 0.3
    labels = np.where(turned, -seen.labels, seen.labels).astype(np.int8)
    edits = refine(truth, replace(seen, labels=labels)).edits
    assert not [edit for edit in edits if edit.kind == "flipped"]


def test_opposite_rates_come_from_the_other_rates_and_leave_room_for_misses() -> None:
    missing = Rates(0.9, 0.02, 0.01, ((0.95, 0.03),))
    room = 0.995 - 0.2
    assert missing.turned_as(Rates(0.1, 0.2, 0.3)) == Rates(room, 0.2, 0.01, ((room, 0.2),))
    assert Rates(0.1, 0.2, 0.3).turned_as(missing) == Rates(0.1, 0.02, 0.3, ((0.1, 0.03),))


def test_the_description_adds_the_prior_of_all_edges_and_the_additions_it_expects() -> None:
    star = network(4, (0, 1, 1), (0, 2, 1))
    result = refine(star, observe(star, np.array([0], np.int32)))
    prior = result.objective.prior
    ends = star.source, star.target, star.sign
    signs = np.log(np.exp(-prior.costs(*ends)).sum(axis=1)).sum()
    structure = prior.structure
    assert structure is not None
    (by_source, by_target), (first, second) = structure.ends(), structure.missing
    # Gene 0 alone is perturbed, so what reaches a gene starts there or at its targets.
    reached = np.array([0, 1, 2])
    measured = np.flatnonzero((result.objective.cell_class != 0).any(axis=1))
    pairs = sum(
        np.exp(first * by_source[m] + second * by_target[j]) for m in reached for j in measured
    )
    expected = total_cost(result.objective, star) + signs + 2 * np.exp(-prior.kinds.add) * pairs
    assert description_length(result.objective, star) == pytest.approx(expected)
