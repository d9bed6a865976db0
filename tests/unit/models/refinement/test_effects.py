"""Combining experiments: hand-worked numbers, and what must not matter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kgp.models.refinement.effects import combine_effects

INF = float("inf")


def combined(
    values: list[float], errors: list[float], groups: str, df: float = INF
) -> tuple[float, float, float, int]:
    """Combine experiments on one gene; ``groups`` has one letter each."""
    columns = np.array(values)[:, None], np.array(errors)[:, None]
    found = combine_effects(*columns, [df] * len(values), list(groups))
    return float(found.effect[0]), float(found.error[0]), float(found.df[0]), int(found.groups[0])


def test_repeats_against_the_same_controls_add_no_certainty() -> None:
    assert combined([1.0, 3.0], [0.5, 0.7], "aa", 4.0) == pytest.approx((2.0, 0.6, 4.0, 1))


def test_independent_groups_that_agree_are_weighted_by_their_precision() -> None:
    # Weights 1 / 1 and 1 / 4; Q = 0.2 is below its one degree of freedom, so nothing is between
    # groups: (1 * 2 + 0.25 * 3) / 1.25 and 1.25 ** -0.5.
    effect, error, _, groups = combined([2.0, 3.0], [1.0, 2.0], "ab")
    assert (effect, error, groups) == pytest.approx((2.2, 1.25**-0.5, 2))


def test_groups_that_disagree_widen_the_interval() -> None:
    # Q = (4 - 2)^2 + (0 - 2)^2 = 8, tau2 = (8 - 1) / (2 - 2 / 2) = 7, error = (2 / 8) ** -0.5.
    effect, error, _, _ = combined([4.0, 0.0], [1.0, 1.0], "ab")
    assert (effect, error) == pytest.approx((2.0, 2.0))


def test_degrees_of_freedom_follow_welch_and_satterthwaite() -> None:
    # Equal weights: (w + w)^2 / (w^2 / 3 + w^2 / 6) = 4 / (1 / 2) = 8.
    found = combine_effects([[1.0], [1.0]], [[1.0], [1.0]], [3.0, 6.0], ["a", "b"])
    assert found.df[0] == pytest.approx(8.0)


def test_false_positives_stay_near_their_level_where_controls_are_shared() -> None:
    random = np.random.default_rng(0)
    controls = random.normal(size=(2, 20_000)).mean(0)
    effects = [random.normal(size=(2, 20_000)).mean(0) - controls for _ in range(3)]
    errors = np.ones((3, 20_000))
    together, apart = (
        combine_effects(effects, errors, [INF] * 3, list(names)).p_values()
        for names in ("aaa", "abc")
    )
    assert (together < 0.05).mean() < 0.05
    assert (apart < 0.05).mean() > 0.1


def test_p_value_and_interval_are_those_of_t() -> None:
    found = combine_effects([[2.0]], [[0.8]], [5.0], ["a"])
    assert found.p_values()[0] == pytest.approx(2 * stats.t.sf(2.5, 5))
    assert found.reach()[0] == pytest.approx(stats.t.ppf(0.975, 5) * 0.8)


def test_cells_without_an_error_do_not_count() -> None:
    found = combine_effects(
        [[1.0, 1.0, np.nan], [9.0, 2.0, np.nan]],
        [[0.5, np.nan, 1.0], [np.nan, 0.0, 1.0]],
        [INF, INF],
        ["a", "b"],
    )
    assert found.effect[0] == 1.0
    assert np.isnan(found.effect[1:]).all()
    assert np.isnan(found.p_values()[1:]).all()
    assert found.groups.tolist() == [1, 0, 0]


def test_no_experiment_is_no_effect() -> None:
    found = combine_effects(np.zeros((0, 2)), np.zeros((0, 2)), [], [])
    assert np.isnan(found.effect).all()
    assert found.groups.tolist() == [0, 0]


EXPERIMENTS = st.lists(
    st.tuples(st.floats(-5, 5), st.floats(0.1, 3), st.sampled_from("abc")), min_size=1, max_size=6
)


@given(EXPERIMENTS)
def test_the_order_of_experiments_does_not_matter(rows: list[tuple[float, float, str]]) -> None:
    turned = rows[::-1]
    one, other = (
        combined([r[0] for r in each], [r[1] for r in each], "".join(r[2] for r in each), 7.0)
        for each in (rows, turned)
    )
    assert one == pytest.approx(other)


@given(EXPERIMENTS)
def test_turning_every_effect_turns_the_result(rows: list[tuple[float, float, str]]) -> None:
    values, errors = [r[0] for r in rows], [r[1] for r in rows]
    groups = "".join(r[2] for r in rows)
    effect, *about = combined(values, errors, groups)
    turned, *same = combined([-value for value in values], errors, groups)
    assert turned == pytest.approx(-effect)
    assert same == pytest.approx(about)


@given(EXPERIMENTS)
def test_the_effect_lies_between_the_smallest_and_the_largest(
    rows: list[tuple[float, float, str]],
) -> None:
    values = [r[0] for r in rows]
    effect, *_ = combined(values, [r[1] for r in rows], "".join(r[2] for r in rows))
    assert min(values) - 1e-9 <= effect <= max(values) + 1e-9
