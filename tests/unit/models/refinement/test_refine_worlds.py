"""Planted worlds: is a refined network nearer to the truth, and an undamaged one left alone?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.models.refinement.damage import add_noise, choose, damage, observe
from kgp.models.refinement.mechanism import MechanismSettings, draw_mechanism
from kgp.models.refinement.mechanism_responses import (
    KNOCK_OUT,
    OVER_EXPRESSION,
    Experiment,
    measure,
)
from kgp.models.refinement.refine import refine
from kgp.models.refinement.scores import direct_f1
from tests.unit.models.refinement.worlds import hub_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.result import Refinement

SEEDS = (0, 1, 2)


def right(true: SignedNetwork, result: Refinement) -> int:
    """Count the edits that give an edge its true sign."""
    signs = true.signs()
    return sum(edit.after == signs.get((edit.source, edit.target), 0) for edit in result.edits)


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_noisy_responses_of_few_regulators_bring_a_network_nearer_to_the_truth(
    share: float,
) -> None:
    nearer, correct, edits = [], 0, 0
    for seed in SEEDS:
        true = hub_network(300, 700, seed)
        damaged = damage(true, share, seed)
        seen = add_noise(observe(true, choose(true.regulators, 20, seed)), seed)
        result = refine(damaged, seen)
        nearer.append(direct_f1(true, result.network) - direct_f1(true, damaged))
        correct, edits = correct + right(true, result), edits + len(result.edits)
    assert np.mean(nearer) > 0
    assert correct > 2 * (edits - correct) > -1


@pytest.mark.parametrize("seed", SEEDS)
def test_an_undamaged_network_is_left_as_it_is_where_responses_are_clean(seed: int) -> None:
    true = hub_network(300, 700, seed)
    result = refine(true, observe(true, choose(true.regulators, 20, seed)))
    assert result.edits == ()
    assert result.network.signs() == true.signs()


@pytest.mark.parametrize(("factor", "most"), [(KNOCK_OUT, 0.03), (OVER_EXPRESSION, 0.05)])
def test_few_edges_of_an_undamaged_network_change_where_responses_come_from_a_mechanism(
    factor: float, most: float
) -> None:
    edits, edges = [], 0
    for seed in SEEDS:
        true = hub_network(600, 1200, seed)
        mechanism = draw_mechanism(true, MechanismSettings(seed=seed))
        perturbed = choose(true.regulators, 30, seed)
        shown = measure(mechanism, perturbed, true.genes, Experiment(factor=factor, seed=seed))
        edits += refine(true, shown.observations).edits
        edges += true.n_edges
    # Silent true edges look like wrong ones: this bounds the harm, it is no aim.
    assert len(edits) <= most * edges
