from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.metrics import Interval
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.scores import (
    direct_f1,
    macro_f1,
    macro_f1_of,
    matthews,
    response_f1,
    row_tables,
    ternary_counts,
)
from kgp.models.refinement.scores_bootstrap import (
    by_cluster,
    cluster_interval,
    difference_interval,
)
from tests.unit.models.refinement.worlds import network


def test_macro_f1_is_the_hand_worked_mean() -> None:
    truth = np.array([1, 1, -1, 0, 0, 0], np.int8)
    predicted = np.array([1, 0, -1, 0, 0, 1], np.int8)
    # +1: 2*1/(2+2) = 1/2; -1: 1; 0: 2*2/(3+3) = 2/3
    assert macro_f1(ternary_counts(truth, predicted)) == pytest.approx((0.5 + 1 + 2 / 3) / 3)


def test_a_class_that_never_occurs_is_left_out() -> None:
    counts = ternary_counts(np.array([1, 0], np.int8), np.array([1, 0], np.int8))
    assert macro_f1(counts) == 1.0


def test_a_network_is_scored_over_all_pairs() -> None:
    true, other = network(3, (0, 1, 1), (0, 2, -1)), network(3, (0, 1, 1), (1, 2, -1))
    dense = ternary_counts(true.to_matrix(), other.to_matrix())
    assert direct_f1(true, other) == macro_f1(dense)


def test_responses_are_scored_over_the_perturbed_rows() -> None:
    true, other = network(3, (0, 1, 1), (1, 2, 1)), network(3, (0, 1, 1))
    # truth of row 0: [0, 1, 1], prediction [0, 1, 0]: +1 has F1 2/3, 0 has 2/3
    assert response_f1(true, other, np.array([0], np.int32)) == pytest.approx(2 / 3)


def test_arrays_of_different_shape_are_refused() -> None:
    with pytest.raises(BadInputError, match="shape"):
        ternary_counts(np.zeros(2, np.int8), np.zeros(3, np.int8))


def test_many_tables_are_scored_at_once() -> None:
    tables = np.random.default_rng(0).integers(0, 3, size=(6, 3, 3))
    assert macro_f1_of(tables).tolist() == pytest.approx([macro_f1(each) for each in tables])
    assert np.isnan(macro_f1_of(np.zeros((1, 3, 3))))


def test_the_matthews_correlation_of_two_classes_is_the_known_one() -> None:
    table = np.zeros((3, 3))
    table[0, 0], table[0, 1], table[1, 0], table[1, 1] = 6, 2, 1, 3
    expected = (6 * 3 - 1 * 2) / np.sqrt(7 * 8 * 4 * 5)
    assert float(matthews(table)) == pytest.approx(expected)


def test_the_matthews_correlation_of_a_constant_prediction_is_zero() -> None:
    table = np.zeros((3, 3))
    table[:, 1] = 5, 100, 7
    assert float(matthews(table)) == 0


def test_cells_count_by_weight_and_perturbed_genes_do_not() -> None:
    seen = Observations(
        np.array([0], np.int32),
        np.array([-1], np.int8),
        np.array([[-1, 1, 0, 1]], np.int8),
        np.array([[True, True, True, False]]),
        ("s",),
        weight=np.array([[1, 0.5, 0.25, 1]], np.float32),
    )
    table = row_tables(seen, np.array([[-1, 1, -1, 1]], np.int8))[0]
    expected = np.zeros((3, 3))
    expected[2, 2], expected[1, 0] = 0.5, 0.25
    np.testing.assert_array_equal(table, expected)


def test_tables_and_predictions_of_other_genes_do_not_go_together() -> None:
    seen = Observations(
        np.array([0], np.int32),
        np.array([1], np.int8),
        np.zeros((1, 2), np.int8),
        np.ones((1, 2), bool),
        ("s",),
    )
    with pytest.raises(BadInputError, match="shape"):
        row_tables(seen, np.zeros((1, 3), np.int8))


def mean(sums: np.ndarray) -> np.ndarray:
    return sums[:, 0] / sums[:, 1]


def test_a_score_is_that_of_all_clusters_and_its_error_that_of_a_mean() -> None:
    values = np.random.default_rng(1).normal(size=400)
    clusters = np.stack([values, np.ones(400)], axis=1)
    interval, error = cluster_interval(clusters, mean)
    assert interval.mean == pytest.approx(values.mean())
    assert error == pytest.approx(values.std() / 20, rel=0.1)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_with_few_clusters_the_interval_of_a_mean_is_as_wide_as_students() -> None:
    rng = np.random.default_rng(5)
    ratios = []
    for seed in range(60):
        values = rng.normal(size=8)
        interval, _error = cluster_interval(np.stack([values, np.ones(8)], axis=1), mean, seed)
        student = 2 * 2.365 * values.std(ddof=1) / np.sqrt(8)
        ratios.append((interval.high - interval.low) / student)
    # Plain quantiles reach 0.77: both the spread and the tails of a small sample are too small.
    assert np.mean(ratios) == pytest.approx(0.97, abs=0.03)


def test_rows_of_one_cluster_widen_the_interval() -> None:
    values = np.repeat(np.random.default_rng(2).normal(size=20), 10)
    rows = np.stack([values, np.ones(200)], axis=1)
    alone = cluster_interval(rows, mean)[1]
    together = cluster_interval(by_cluster(rows, np.repeat(np.arange(20), 10)), mean)[1]
    assert together == pytest.approx(alone * np.sqrt(10), rel=0.15)


def test_a_paired_difference_is_surer_than_the_scores() -> None:
    rng = np.random.default_rng(3)
    base = rng.normal(size=100)
    one, other = (np.stack([base + shift, np.ones(100)], axis=1) for shift in (0.1, 0.0))
    difference, error = difference_interval(one, other, mean)
    assert (difference.mean, error) == (pytest.approx(0.1), pytest.approx(0, abs=1e-9))


def test_a_single_cluster_has_no_interval() -> None:
    interval, error = cluster_interval(np.array([[1.0, 2.0]]), mean)
    assert interval.mean == 0.5
    assert np.isnan([interval.low, interval.high, error]).all()
    assert isinstance(interval, Interval)
