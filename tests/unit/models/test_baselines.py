"""The rows that a model has to beat, against hand calculation and definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.baselines import (
    BaselineConfig,
    group_folds,
    neighbor_mean,
    ridge_solver,
    run_baselines,
    scale_rows,
    stretch,
)
from kgp.models.dataset import load_drug_responses
from kgp.models.kernels import minmax_kernel
from kgp.models.splits import drug_groups, scaffold_split

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot


def test_minmax_by_hand() -> None:
    # min sums 1 + 1 = 2, max sums 2 + 3 = 5; nothing in common; two empty molecules.
    one = np.array([[2.0, 1.0], [0.0, 0.0]], np.float32)
    other = np.array([[1.0, 3.0], [0.0, 0.0]], np.float32)
    np.testing.assert_allclose(minmax_kernel(one, other), [[0.4, 0], [0, 0]])


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_minmax_equals_its_definition(seed: int) -> None:
    one, other = np.random.default_rng(seed).poisson(0.7, (2, 6, 15)).astype(np.float32)
    smaller = np.minimum(one[:, None], other).sum(2)
    larger = np.maximum(one[:, None], other).sum(2)
    expected = np.divide(smaller, larger, out=np.zeros_like(smaller), where=larger > 0)
    np.testing.assert_allclose(minmax_kernel(one, other), expected, rtol=1e-6)


def test_neighbors_are_weighted_by_the_power_of_their_similarity() -> None:
    similar = np.array([[0.5, 1.0, 0.1]])
    responses = np.array([[8.0], [1.0], [100.0]], np.float32)
    # Two neighbours, weights 0.125 and 1: (0.125 · 8 + 1) / 1.125.
    assert neighbor_mean(similar, responses, 2, 3)[0, 0] == pytest.approx(2 / 1.125)


def test_without_any_similarity_all_neighbors_count_alike() -> None:
    responses = np.array([[1.0], [3.0]], np.float32)
    assert neighbor_mean(np.zeros((1, 2)), responses, 5, 3).tolist() == [[2.0]]


def test_ridge_solves_the_normal_equations() -> None:
    rng = np.random.default_rng(0)
    x, y, new = rng.normal(size=(9, 4)), rng.normal(size=(9, 2)), rng.normal(size=(3, 4))
    y32 = y.astype(np.float32)
    base = y32.mean(0)
    weights = np.linalg.solve(x.T @ x + 0.7 * np.eye(4), x.T @ (y32 - base))
    guess = ridge_solver(x @ x.T, y32)(0.7, new @ x.T)
    np.testing.assert_allclose(guess, base + new @ weights, rtol=1e-4)


def test_a_huge_penalty_gives_the_mean() -> None:
    y = np.array([[1.0], [3.0]], np.float32)
    assert ridge_solver(np.eye(2), y)(1e12, np.eye(2)) == pytest.approx(2)


def test_row_scaling_divides_by_the_root_of_the_norm() -> None:
    rows = np.array([[3.0, 4.0], [0.0, 0.0]], np.float32)
    expected = np.array([[3, 4], [0, 0]]) / np.sqrt(5)
    np.testing.assert_allclose(scale_rows(rows, "root_norm"), expected, rtol=1e-6)
    assert scale_rows(rows, "none") is rows
    with pytest.raises(BadInputError, match="root_norm"):
        scale_rows(rows, "norm")  # type: ignore[arg-type]  # wrong on purpose


def test_stretch_is_the_least_squares_factor() -> None:
    assert stretch(np.array([1.0, 1.0], np.float32), np.array([2.0, 4.0], np.float32)) == 3


def test_folds_keep_groups_together_and_are_even(drug_world: Snapshot) -> None:
    data = load_drug_responses(drug_world)
    rows = np.arange(len(data))
    folds = group_folds(data, rows, 3, 0)
    groups = drug_groups(data.molecules.scaffolds, data.molecules.blocks)
    assert all(len(set(folds[groups == group].tolist())) == 1 for group in np.unique(groups))
    assert np.ptp(np.bincount(folds)) <= np.bincount(groups).max()


def test_the_table_starts_with_the_mean_response(drug_world: Snapshot) -> None:
    data = load_drug_responses(drug_world)
    split = scaffold_split(data)
    rows = run_baselines(data, split)
    names = [row.model for row in rows]
    assert names == [
        "mean response",
        "ridge on fingerprints",
        "kNN Tanimoto",
        "kernel ridge Tanimoto",
    ]
    np.testing.assert_allclose(rows[0].values[0], data.responses[split.fit].mean(0), rtol=1e-5)
    assert all(row.values.shape == (len(split.test), len(data.genes)) for row in rows)
    assert all(np.isfinite(row.values).all() for row in rows)
    assert rows[2].parameters["share"] in BaselineConfig().shares
    assert rows[3].parameters["alpha"] in BaselineConfig().alphas


def test_test_responses_are_never_looked_at(drug_world: Snapshot) -> None:
    data = load_drug_responses(drug_world)
    split = scaffold_split(data)
    before = run_baselines(data, split)
    data.responses[split.test] = np.nan
    for one, other in zip(before, run_baselines(data, split), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
