"""Correlations and intervals, by hand and by law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.metrics import (
    bootstrap,
    centred_pearson,
    paired_bootstrap,
    pearson,
    score,
    top_pearson,
)


def test_pearson_by_hand() -> None:
    # (1, 2, 3) and (1, 3, 2): covariance 1/3 · ... r = 0.5; reversed r = -1; constant r = 0.
    one = np.array([[1.0, 2.0, 3.0]] * 3)
    other = np.array([[1.0, 3.0, 2.0], [3.0, 2.0, 1.0], [4.0, 4.0, 4.0]])
    np.testing.assert_allclose(pearson(one, other), [0.5, -1.0, 0.0], atol=1e-12)


def test_a_constant_that_is_not_exact_in_binary_correlates_zero() -> None:
    constant = np.full((1, 978), 0.1, np.float32)
    assert pearson(constant, np.arange(978.0)[None]).tolist() == [0.0]


@given(scale=st.floats(0.01, 100), shift=st.floats(-100, 100), seed=st.integers(0, 1000))
def test_pearson_does_not_see_scale_and_shift(scale: float, shift: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, 4, 30))
    np.testing.assert_allclose(pearson(one * scale + shift, other), pearson(one, other), atol=1e-9)


def test_top_pearson_looks_at_the_largest_true_responses_only() -> None:
    truth = np.array([[5.0, -4.0, 3.0, 0.1, 0.2]])
    predicted = np.array([[5.0, -4.0, 3.0, 99.0, -99.0]])
    assert top_pearson(predicted, truth, top=3) == pytest.approx(1)
    assert pearson(predicted, truth)[0] < 0.2


def test_centred_pearson_gives_the_mean_response_zero() -> None:
    rng = np.random.default_rng(0)
    mean, truth = rng.normal(size=20), rng.normal(size=(5, 20))
    assert centred_pearson(np.tile(mean, (5, 1)), truth, mean).tolist() == [0] * 5
    np.testing.assert_allclose(centred_pearson(mean + 3 * (truth - mean), truth, mean), 1)


def test_shapes_that_differ_are_refused() -> None:
    with pytest.raises(BadInputError, match="cannot be correlated"):
        pearson(np.zeros((1, 2)), np.zeros((1, 3)))


def test_the_interval_of_a_constant_has_no_width() -> None:
    interval = bootstrap(np.full(10, 0.25))
    assert (interval.mean, interval.low, interval.high) == (0.25, 0.25, 0.25)


def test_the_interval_is_that_of_the_mean() -> None:
    values = np.random.default_rng(1).normal(2, 1, 400)
    interval = bootstrap(values)
    # The normal approximation: mean ± 1.96 · sd / sqrt(400).
    half = 1.96 * values.std() / 20
    assert interval.low == pytest.approx(values.mean() - half, abs=0.02)
    assert interval.high == pytest.approx(values.mean() + half, abs=0.02)


def test_pairs_make_a_small_difference_certain() -> None:
    values = np.random.default_rng(2).normal(0, 10, 50)
    interval = paired_bootstrap({"all": values + 0.1}, {"all": values})["all"]
    assert interval.low == pytest.approx(0.1)
    assert interval.high == pytest.approx(0.1)


def test_score_names_its_metrics() -> None:
    truth = np.random.default_rng(3).normal(size=(3, 60))
    values = score(truth, truth, np.zeros(60))
    assert list(values) == ["top50", "all", "centred"]
    assert all(np.allclose(each, 1) for each in values.values())
