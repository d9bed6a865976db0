from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.optimize import brentq

from kgp.errors import BadInputError
from kgp.models.refinement.steady_states import steady_states
from tests.unit.models.refinement.kinetics import kinetics

if TYPE_CHECKING:
    from kgp.models.refinement.kinetics import Mechanism


def levels(mechanism: Mechanism, gene: int, factor: float) -> list[float]:
    found = steady_states(mechanism, np.array([gene], np.int32), np.array([factor]))
    assert found.settled.all()
    return [float(level) for level in found.levels[0]]


def test_an_activator_s_target_follows_the_hill_curve() -> None:
    # w = 3/4, K = 1, h = 2: p(1) = 1/2, f(1) = 1 - 3/4 * 1/2 = 5/8; p(2) = 4/5, f(2) = 17/20.
    assert levels(kinetics(2, (0, 1, 1)), 0, 2.0) == pytest.approx([2, (17 / 20) / (5 / 8)])


def test_without_its_activator_a_gene_makes_one_part_in_the_fold_change() -> None:
    # w = 1 - 1/4: f(0) = 1/4 against f(1) = 5/8.
    assert levels(kinetics(2, (0, 1, 1)), 0, 0.0) == pytest.approx([0, (1 / 4) / (5 / 8)])


def test_without_its_repressor_a_gene_makes_all_it_can() -> None:
    assert levels(kinetics(2, (0, 1, -1)), 0, 0.0) == pytest.approx([0, 1 / (5 / 8)])


def test_two_regulators_multiply() -> None:
    both = kinetics(4, (3, 0, 1), (3, 1, 1), (0, 2, 1), (1, 2, 1))
    one = levels(both, 0, 0.0)[2]
    assert one == pytest.approx((1 / 4) / (5 / 8))
    # Without gene 3 both lose their activator and stand at 2/5, where p = 4/29.
    assert levels(both, 3, 0.0)[2] == pytest.approx(((1 - 0.75 * 25 / 29) / (5 / 8)) ** 2)


def test_any_of_two_activators_keeps_a_gene_on() -> None:
    # OR: g(1, 1) = 1 - (1 - 3/8)^2 = 39/64, g(0, 1) = 3/8 = 24/64.
    assert levels(kinetics(3, (0, 2, 1), (1, 2, 1), either=True), 0, 0.0)[2] == pytest.approx(
        24 / 39
    )


def test_basal_production_is_what_is_left_at_least() -> None:
    # f = 1/10 + 9/10 g: (1/10 + 9/40) / (1/10 + 9/16).
    found = levels(kinetics(2, (0, 1, 1), basal=0.1), 0, 0.0)[1]
    assert found == pytest.approx((1 / 10 + 9 / 40) / (1 / 10 + 9 / 16))


def test_a_chain_passes_the_change_on() -> None:
    middle = (1 / 4) / (5 / 8)
    bound = middle**2 / (1 + middle**2)
    end = (1 - 0.75 * (1 - bound)) / (5 / 8)
    assert levels(kinetics(3, (0, 1, 1), (1, 2, 1)), 0, 0.0) == pytest.approx([0, middle, end])


def test_mutual_repression_settles_where_both_curves_meet() -> None:
    def repressed(level: float) -> float:
        return (1 - 0.75 * level**2 / (1 + level**2)) / (5 / 8)

    # Gene 0 is made at half its rate: x = f(f(x)) / 2.
    expected = brentq(lambda level: 0.5 * repressed(repressed(level)) - level, 0, 2)
    found = levels(kinetics(2, (0, 1, -1), (1, 0, -1)), 0, 0.5)
    assert found == pytest.approx([expected, repressed(expected)], rel=1e-5)


def test_a_factor_without_ligand_passes_nothing_on() -> None:
    gated = replace(kinetics(2, (0, 1, 1)), active=np.array([False, True]))
    assert levels(gated, 0, 0.0) == [0.0, 1.0]


def test_a_power_softens_the_response() -> None:
    halved = replace(kinetics(2, (0, 1, 1)), power=np.array([1.0, 0.5]))
    assert levels(halved, 0, 0.0)[1] == pytest.approx(np.sqrt((1 / 4) / (5 / 8)))


def test_an_oscillator_is_reported_and_averaged() -> None:
    ring = kinetics(4, (0, 1, -1), (1, 2, -1), (2, 0, -1), (2, 3, 1), weight=0.999, hill=8)
    found = steady_states(ring, np.array([3], np.int32), np.array([0.0]))
    assert not found.untreated_settled
    assert found.settled.tolist() == [False]
    ringing = found.untreated[:3]
    assert ringing == pytest.approx(np.full(3, ringing.mean()), rel=0.1)


def test_stopping_one_repressor_stops_the_oscillation() -> None:
    ring = kinetics(3, (0, 1, -1), (1, 2, -1), (2, 0, -1), weight=0.999, hill=8)
    assert steady_states(ring, np.array([0], np.int32), np.array([0.0])).settled.all()


def test_untreated_cells_are_at_level_one_where_that_is_stable() -> None:
    loop = kinetics(3, (0, 1, 1), (1, 0, -1), (1, 2, -1))
    found = steady_states(loop, np.array([2], np.int32), np.array([0.0]))
    assert found.untreated == pytest.approx(np.ones(3), abs=1e-6)


def test_a_network_without_edges_changes_only_what_is_perturbed() -> None:
    assert levels(kinetics(3), 1, 4.0) == [1.0, 4.0, 1.0]


@pytest.mark.parametrize("factor", [-0.1, np.nan, np.inf])
def test_a_factor_that_is_no_amount_is_refused(factor: float) -> None:
    with pytest.raises(BadInputError, match="factor"):
        steady_states(kinetics(2), np.array([0], np.int32), np.array([factor]))


def test_hidden_regulators_cannot_be_perturbed() -> None:
    with pytest.raises(BadInputError, match="none of the 2 genes"):
        steady_states(kinetics(2, n_hidden=1), np.array([2], np.int32), np.array([0.0]))


def test_edges_out_of_order_are_refused() -> None:
    sorted_edges = kinetics(3, (0, 1, 1), (0, 2, 1))
    with pytest.raises(BadInputError, match="not sorted"):
        replace(sorted_edges, target=sorted_edges.target[::-1].copy())


def test_a_weight_of_one_is_refused() -> None:
    with pytest.raises(BadInputError, match="weight"):
        kinetics(2, (0, 1, 1), weight=1.0)
