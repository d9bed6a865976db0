"""Principal components: their laws, and one world by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.platform.encoders.pca import principal_components


def test_points_on_a_line_by_hand() -> None:
    # Centred: (-1, -2), (0, 0), (1, 2) along (1, 2) / sqrt(5), whose larger loading is positive.
    found = principal_components(np.array([[0, 0], [1, 2], [2, 4]], np.float32), 2)
    np.testing.assert_allclose(found.scores[:, 0], [-np.sqrt(5), 0, np.sqrt(5)], atol=1e-6)
    assert found.scores.shape == (3, 1)
    assert found.explained == pytest.approx(1)


shapes = st.tuples(st.integers(2, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))


@given(shapes)
def test_all_components_keep_every_distance(shape: tuple[int, int, int]) -> None:
    rows, features, seed = shape
    values = np.random.default_rng(seed).normal(3, 2, (rows, features)).astype(np.float32)
    found = principal_components(values, 100)
    between = [np.linalg.norm(x[:, None] - x[None], axis=2) for x in (values, found.scores)]
    np.testing.assert_allclose(*between, atol=1e-3)
    assert found.explained == pytest.approx(1, abs=1e-6)


@given(shapes)
def test_components_are_uncorrelated_and_fall_in_variance(shape: tuple[int, int, int]) -> None:
    rows, features, seed = shape
    values = np.random.default_rng(seed).normal(size=(rows, features)).astype(np.float32)
    scores = principal_components(values, 4).scores.astype(float)
    product = scores.T @ scores
    np.testing.assert_allclose(product, np.diag(np.diag(product)), atol=1e-3)
    assert (np.diff(np.diag(product)) <= 1e-3).all()


def test_the_order_of_rows_changes_nothing_but_their_order() -> None:
    values = np.random.default_rng(0).normal(size=(20, 7)).astype(np.float32)
    turned = principal_components(values[::-1], 3).scores[::-1]
    np.testing.assert_allclose(turned, principal_components(values, 3).scores, atol=1e-5)


def test_rows_that_do_not_differ_have_no_component() -> None:
    assert principal_components(np.ones((5, 3), np.float32), 2).scores.shape == (5, 0)
