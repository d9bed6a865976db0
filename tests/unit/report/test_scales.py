from __future__ import annotations

from itertools import pairwise
from math import inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.report.plots.scales import Scale, decades, linear, round_step, spread, tick_text

NUMBERS = st.floats(-1e6, 1e6)


def test_a_linear_scale_maps_its_ends_and_its_middle() -> None:
    scale = Scale(10, 20, 100, 200)
    assert [scale(10), scale(15), scale(20)] == [100, 150, 200]


def test_a_logarithmic_scale_gives_each_decade_the_same_room() -> None:
    scale = Scale(1, 1000, 0, 300, log=True)
    assert [round(scale(v), 9) for v in (1, 10, 100, 1000)] == [0, 100, 200, 300]


@pytest.mark.parametrize(("rough", "step"), [(0.3, 0.5), (1.0, 1), (1.2, 2), (7, 10), (450, 500)])
def test_steps_are_one_two_or_five_times_a_power_of_ten(rough: float, step: float) -> None:
    assert round_step(rough) == pytest.approx(step)


def test_ticks_stand_at_round_values_within_the_scale() -> None:
    assert Scale(-0.3, 1.1, 0, 1).ticks() == pytest.approx((0, 0.5, 1.0))
    assert Scale(1, 1000, 0, 1, log=True).ticks() == (1, 10, 100, 1000)


def test_ticks_over_many_decades_are_thinned() -> None:
    assert len(Scale(1e-12, 1e12, 0, 1, log=True).ticks()) <= 8


@given(st.lists(NUMBERS, min_size=1), st.booleans())
def test_a_fitted_scale_holds_every_value(values: list[float], zero: bool) -> None:
    scale = linear(values, 0, 100, zero=zero)
    assert scale.low < scale.high
    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    assert not zero or scale.low <= 0 <= scale.high


def test_values_that_are_not_finite_do_not_stretch_a_scale() -> None:
    assert linear([1, 2, nan, inf], 0, 1) == linear([1, 2], 0, 1)
    assert decades([1, 50, -3, nan], 0, 1) == Scale(1, 100, 0, 1, log=True)


def test_no_value_at_all_still_gives_a_scale() -> None:
    assert isfinite(linear([], 0, 1)(0))
    assert decades([], 0, 1) == Scale(1, 10, 0, 1, log=True)


@pytest.mark.parametrize(("value", "text"), [(1, "1"), (10, "10"), (1000, "10³"), (0.001, "10⁻³")])
def test_logarithmic_ticks_are_powers_of_ten(value: float, text: str) -> None:
    assert tick_text(Scale(0.001, 1000, 0, 1, log=True), value) == text


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [
        (Scale(0, 0.04, 0, 1), 0.01, "0.01"),
        (Scale(-10, 10, 0, 1), -5, "−5"),
        (Scale(0, 20_000, 0, 1), 5_000, "5,000"),
        (Scale(-1, 1, 0, 1), -0.0, "0.0"),
    ],
)
def test_linear_ticks_have_the_decimals_of_their_step(
    scale: Scale, value: float, text: str
) -> None:
    assert tick_text(scale, value) == text


@given(st.lists(st.floats(0, 500), max_size=12))
def test_labels_end_up_apart_in_their_order_and_around_their_mean(places: list[float]) -> None:
    moved = spread(places, 10)
    order = sorted(range(len(places)), key=lambda i: places[i])
    apart = [moved[b] - moved[a] for a, b in pairwise(order)]
    assert all(gap >= 10 - 1e-6 for gap in apart)
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6)


def test_labels_that_are_apart_already_stay_where_they_are() -> None:
    assert spread([50, 0, 20], 15) == [50, 0, 20]


def test_two_labels_at_one_place_move_half_the_gap_each() -> None:
    assert spread([7, 7], 4) == [5, 9]
