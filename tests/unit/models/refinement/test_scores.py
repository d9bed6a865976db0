from __future__ import annotations

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.scores import direct_f1, macro_f1, response_f1, ternary_counts
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
