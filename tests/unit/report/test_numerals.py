from __future__ import annotations

from math import inf, nan

import pytest

from kgp.report import numerals
from kgp.report.content import Estimate


@pytest.mark.parametrize(
    ("value", "written"), [(4_050_249, "4,050,249"), (-1_200, "−1,200"), (None, "–"), (nan, "–")]
)
def test_counts_have_thousands_separators(value: float | None, written: str) -> None:
    assert numerals.count(value) == written


@pytest.mark.parametrize(("value", "written"), [(0.72249, "0.722"), (-0.012, "−0.012"), (inf, "–")])
def test_figures_have_fixed_decimals(value: float, written: str) -> None:
    assert numerals.figure(value) == written


@pytest.mark.parametrize(("value", "written"), [(0.037, "+0.037"), (-0.012, "−0.012"), (None, "–")])
def test_differences_have_a_sign(value: float | None, written: str) -> None:
    assert numerals.signed(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.5234, "52 %"),
        (0.019, "1.9 %"),
        (0.0025, "0.25 %"),
        (0.00001, "< 0.01 %"),
        (-0.00001, "> −0.01 %"),
        (0.998, "> 99 %"),
        (None, "–"),
    ],
)
def test_shares_keep_two_significant_digits(value: float | None, written: str) -> None:
    assert numerals.share(value) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.04, "0.04"), (3e-12, "3 × 10⁻¹²"), (0.0, "< 10⁻³⁰⁰"), (None, "–")],
)
def test_small_p_values_are_powers_of_ten(value: float | None, written: str) -> None:
    assert numerals.p_value(value) == written


def test_an_interval_stands_in_brackets() -> None:
    interval = Estimate(-0.012, -0.02, -0.005)
    assert numerals.estimate(interval, difference=True) == "−0.012 [−0.020, −0.005]"


def test_an_estimate_without_interval_stands_alone() -> None:
    assert numerals.estimate(Estimate(0.5)) == "0.500"
    assert numerals.estimate(None) == "–"


@pytest.mark.parametrize(
    ("value", "written"), [(0.42, "0.42 s"), (14.2, "14 s"), (200.0, "3 min 20 s")]
)
def test_seconds_become_minutes_where_they_are_many(value: float, written: str) -> None:
    assert numerals.seconds(value) == written


@pytest.mark.parametrize(
    ("n", "written"), [(1, "1 entity"), (0, "0 entities"), (1_200, "1,200 entities")]
)
def test_nouns_agree_with_their_number(n: int, written: str) -> None:
    assert numerals.plural(n, "entity", "entities") == written


def test_a_sentence_begins_with_a_capital_and_keeps_the_rest() -> None:
    assert numerals.sentence("direct macro-F1") == "Direct macro-F1"
    assert numerals.sentence("") == ""
