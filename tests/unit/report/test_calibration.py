from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.report.calibrate import calibrate, calibration_of
from kgp.report.content.evidence import Calibration, CalibrationBin
from kgp.report.plots.calibration import calibration_plot, wilson
from tests.unit.report import made_up
from tests.unit.report.drawings import drawn, outside, overlapping, with_class

SAID = [(0.55, True), (0.55, False), (0.95, True), (0.95, True), (0.95, True), (1.0, False)]


def test_predictions_are_counted_in_their_bins() -> None:
    found = {(b.low, b.high): (b.n, b.right) for b in calibrate("t", SAID).bins if b.n}
    assert found == {(0.5, 0.6): (2, 1), (0.9, 1.0): (4, 3)}


def test_the_error_is_the_mean_gap_over_predictions() -> None:
    # Two at .55 of which half are right, four at mean .9625 of which three quarters are.
    expected = (2 * abs(0.5 - 0.55) + 4 * abs(0.75 - 0.9625)) / 6
    assert calibrate("t", SAID).expected_error == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans())))
def test_every_prediction_is_in_one_bin_and_no_error_exceeds_one(
    said: list[tuple[float, bool]],
) -> None:
    found = calibrate("t", said)
    assert sum(each.n for each in found.bins) == len(said)
    assert sum(each.right for each in found.bins) == sum(right for _, right in said)
    assert 0 <= found.expected_error <= 1


def test_changes_without_a_known_truth_say_nothing() -> None:
    summary = made_up.changes(20)
    unknown = tuple(replace(change, right=None) for change in summary.changes)
    assert sum(b.n for b in calibration_of(summary).bins) == 20
    assert calibration_plot(calibration_of(replace(summary, changes=unknown))) is None


def test_wilsons_interval_of_eight_in_ten() -> None:
    # (8 + z²/2 ± z sqrt(1.6 + z²/4)) / (10 + z²) with z = 1.95996.
    assert wilson(8, 10) == pytest.approx((0.4901625, 0.9433178), abs=1e-6)


def test_each_bin_with_predictions_has_a_point_an_interval_and_a_count() -> None:
    page = drawn(calibration_plot(calibrate("t", SAID)))
    bins = with_class(page, "g", "bin")
    assert len(bins) == 2
    assert all(len(with_class(each, "line", "whisker")) == 1 for each in bins)
    ticks = [text.text for text in with_class(page, "text", "tick")]
    assert {"2", "4"} <= set(ticks)


def test_a_perfect_bin_lies_on_the_diagonal() -> None:
    page = drawn(calibration_plot(Calibration("t", (CalibrationBin(0.7, 0.8, 0.75, 4, 3),), 0)))
    (line,) = with_class(page, "line", "diagonal")
    mark = with_class(page, "g", "bin")[0].all("circle")[0].attributes
    left, bottom = float(line.attributes["x1"]), float(line.attributes["y1"])
    assert float(mark["cx"]) - left == pytest.approx(bottom - float(mark["cy"]), abs=0.05)


def test_the_caption_holds_the_error_and_the_numbers() -> None:
    said = drawn(calibration_plot(calibrate("Edits", SAID))).first("figcaption").text
    assert "Expected calibration error 0.158: 4 of 6 right (67 %), mean confidence 0.82." in said


def test_nothing_said_gives_no_curve() -> None:
    assert calibration_plot(calibrate("t", [])) is None


@pytest.mark.parametrize("n_bins", [1, 10, 20])
def test_counts_stay_apart_and_inside_however_narrow_the_bins(n_bins: int) -> None:
    said = [(i / 4000, i % 3 > 0) for i in range(4000)] + [(0.999, True)] * 12_000
    picture = drawn(calibration_plot(calibrate("t", said, n_bins))).first("svg")
    assert overlapping(picture.all("text")) == []
    assert outside(picture) == []
