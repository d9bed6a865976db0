"""What the benchmarks of refinement compute themselves."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.calibration import calibration_error, confidences, doubts, right_edits
from benchmarks.harness import Row
from benchmarks.judging import of_regulators

from kgp.models.refinement.damage import damage, flip_signs, observe
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from tests.unit.models.refinement.worlds import network, random_network


def test_edits_are_right_that_restore_the_true_sign() -> None:
    true = random_network(30, 60, seed=1)
    seen = observe(true, np.arange(30, dtype=np.int32))
    done = refine(flip_signs(true, 0.1, seed=2), seen)
    signs = true.signs()
    expected = [signs.get((edit.source, edit.target), 0) == edit.after for edit in done.edits]
    assert len(expected) > 0
    assert right_edits(true, done).tolist() == expected


def test_the_calibration_error_of_certain_edits_is_the_share_of_wrong_ones() -> None:
    true = random_network(30, 60, seed=1)
    seen = observe(true, np.arange(30, dtype=np.int32))
    done = refine(damage(true, 0.4, seed=2), seen, RefineConfig(weigh=False))
    assert {edit.confidence for edit in done.edits} == {1.0}
    # Held against a network without edges, removals alone are right.
    empty = network(30)
    removed = sum(edit.after == 0 for edit in done.edits)
    assert 0 < removed < len(done.edits)
    assert calibration_error(*confidences(empty, done)) == pytest.approx(
        1 - removed / len(done.edits)
    )


def test_the_edges_of_some_regulators_are_those_that_start_there() -> None:
    chain = network(3, (0, 1, 1), (1, 2, -1))
    assert of_regulators(chain, np.array([1], np.int32)).signs() == {(1, 2): -1}


def test_what_is_said_half_of_the_time_and_true_half_of_the_time_is_calibrated() -> None:
    said, true = np.full(4, 0.5), np.array([True, False, True, False])
    assert calibration_error(said, true) == 0.0
    # One bin is off by 0.4 for one of two statements, the other by 0.1.
    assert calibration_error(np.array([0.4, 0.9]), np.array([False, True])) == pytest.approx(0.25)


def test_wrong_edges_are_doubted_where_everything_was_measured() -> None:
    true = random_network(30, 60, seed=1)
    damaged, seen = damage(true, 0.4, seed=2), observe(true, np.arange(30, dtype=np.int32))
    stated, wrong = doubts(true, refine(damaged, seen))
    assert 0 < wrong.sum() < len(wrong)
    assert stated[wrong].mean() > 0.5 > stated[~wrong].mean()


def test_the_interval_of_two_repeats_is_student_s() -> None:
    row = Row.with_interval("any", [1.0, 3.0], "s")
    # The standard error is 1, and 12.706 the quantile of t with one degree of freedom.
    assert row.interval == pytest.approx((2 - 12.706, 2 + 12.706), abs=1e-3)
