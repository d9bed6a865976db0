"""Ranks, folds and intervals of the benchmark of regulator activities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from benchmarks.activity import activities, bootstrap, folds_of, outranked
from benchmarks.activity_cases import Case

from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import network

if TYPE_CHECKING:
    from collections.abc import Sequence


def case(perturbed: Sequence[int], direction: Sequence[int], groups: Sequence[str]) -> Case:
    """Responses of five genes without any change."""
    n = len(perturbed)
    seen = Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        np.zeros((n, 5), np.int8),
        np.ones((n, 5), bool),
        tuple(f"s{i}" for i in range(n)),
    )
    whole = np.ones(5, bool)
    return Case("any", network(5, (0, 4, 1)), seen, np.zeros((n, 5)), whole, tuple(groups))


def test_a_regulator_outranks_the_less_active_and_half_of_its_equals() -> None:
    asked = case([0, 1, 4], [1, 1, 1], "abc")
    scores = np.array([[3.0, 1, 2, 9, 9], [3, 1, 1, 9, 9], [3, 1, 2, 9, 9]])
    found = outranked(scores, asked, np.array([0, 1, 2]))
    assert found[:2].tolist() == [1.0, 0.25]
    assert np.isnan(found[2])


def test_a_knocked_out_regulator_should_be_the_least_active() -> None:
    asked = case([0], [-1], "a")
    assert outranked(np.array([[-3.0, 1, 2, 0, 0]]), asked, np.array([0, 1, 2])).tolist() == [1.0]


def test_folds_keep_controls_together() -> None:
    fold = folds_of(case([0, 0, 1, 2], [1] * 4, "aabb"), 5, hold_regulators=False)
    assert fold[0] == fold[1] != fold[2] == fold[3]


def test_folds_of_regulators_keep_together_what_controls_or_regulators_link() -> None:
    # 0 and 1 share controls b, so all that either of them or a and c touch is one piece.
    fold = folds_of(case([0, 0, 1, 1, 2], [1] * 5, "abbcd"), 5, hold_regulators=True)
    assert len(set(fold[:4].tolist())) == 1
    assert fold[4] != fold[0]


def test_the_interval_of_what_never_differs_is_a_point() -> None:
    assert bootstrap(np.full(6, 0.7), np.array([0, 0, 1, 1, 2, 2], np.int32)) == pytest.approx(
        (0.7, 0.7)
    )


def test_one_regulator_alone_has_no_spread_over_regulators() -> None:
    values = np.array([0.0, 1.0])
    assert bootstrap(values, np.zeros(2, np.int32)) == pytest.approx((0.5, 0.5))


def test_activity_is_the_t_statistic_of_the_slope() -> None:
    pytest.importorskip("decoupler")
    # Weights 1, -1, 0, 0 on the responses 2, -1, 0, 1: slope 3/2,
    # residual sum of squares 1/2, t = (3/2) / sqrt((1/2 / 2) / 2) = 4.24.
    shown = network(5, (0, 1, 1), (0, 2, -1))
    measured = np.array([False, True, True, True, True])
    found = activities(shown, np.array([[9.0, 2, -1, 0, 1], [9, 0, 0, 0, 0]]), measured)
    weights, response = np.array([1.0, -1, 0, 0]), np.array([2.0, -1, 0, 1])
    slope = (weights * (response - 0.5)).sum() / 2
    residuals = response - 0.5 - slope * weights
    expected = slope / np.sqrt((residuals**2).sum() / 2 / 2)
    assert found[0, 0] == pytest.approx(expected)
    assert found[0, 1:].tolist() == [0.0] * 4
    # A response without any change says nothing of any regulator.
    assert found[1].tolist() == [0.0] * 5
