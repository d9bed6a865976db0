from __future__ import annotations

import numpy as np
import pytest

from kgp.models.refinement.damage import add_noise, damage, observe
from kgp.models.refinement.layout import make_scratch
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import count_cells, make_objective
from kgp.models.refinement.posterior import edits_made
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.scales import Scales
from tests.unit.models.refinement.worlds import random_network


def scales(threads: int, seed: int = 3, n_genes: int = 40, n_edges: int = 110) -> Scales:
    """Lay out a network that is edited everywhere it was damaged."""
    true = random_network(n_genes, n_edges, seed)
    damaged = damage(true, 0.4, seed)
    seen = add_noise(observe(true, true.regulators), seed)
    prior = Prior(EditPrior(), Knowledge.nothing(n_genes))
    costs = Rates().outcome_costs(3)
    objective = make_objective(damaged, count_cells(seen), costs, prior, cap=2.0)
    return Scales.of(objective, true, make_scratch(objective, threads))


def assert_alike(one: Scales, other: Scales) -> None:
    """Check that two weigh all edits that are still made exactly alike."""
    edges = edits_made(one.states[0])
    for found, expected in zip(one.weigh(edges), other.weigh(edges), strict=True):
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_edits_weigh_the_same_in_any_number_of_threads(threads: int) -> None:
    alone, together = scales(1), scales(threads)
    assert len(together.states) == threads
    assert_alike(together, alone)
    for edge in edits_made(alone.states[0])[:20:5].tolist():
        alone.take_back(edge)
        together.take_back(edge)
        assert_alike(together, alone)


def test_weighing_leaves_the_network_and_its_walks_as_they_were() -> None:
    done, fresh = scales(2), scales(1).states[0]
    done.weigh(edits_made(fresh))
    for state in done.states:
        for name in ("sign", "counts", "lengths"):
            np.testing.assert_array_equal(getattr(state, name), getattr(fresh, name))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_remembered_is_what_would_be_weighed_again(seed: int) -> None:
    one, other = (scales(threads, seed, 150, 200) for threads in (2, 1))
    state, rng = one.states[0], np.random.default_rng(seed)
    assert_alike(one, other)
    for edge in rng.permutation(edits_made(state))[:4].tolist():
        one.take_back(edge)
        other.take_back(edge)
        other.weighed.clear()
        assert one.weighed
        assert_alike(one, other)
    left = one.objective.original.with_edges(state.source, state.target, state.sign)
    later, fresh = one.anew(left), Scales.of(one.objective, left, one.scratch)
    assert later.weighed
    for edge in rng.permutation(edits_made(later.states[0]))[:3].tolist():
        assert_alike(later, fresh)
        later.take_back(edge)
        fresh.take_back(edge)
        fresh.weighed.clear()
