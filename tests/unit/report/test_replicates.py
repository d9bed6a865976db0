from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.report.content.evidence import EdgeExperiments, Experiment
from kgp.report.plots.replicates import replicates_plot
from kgp.report.plots.replicates_rows import look_of_experiment
from tests.unit.report.drawings import classes, drawn, outside, overlapping, with_class

if TYPE_CHECKING:
    from kgp.report.content.evidence import ResponseLabel
    from tests.unit.report.pages import Element


def experiment(
    name: str, effect: float, label: ResponseLabel, direction: Literal[-1, 1] = 1
) -> Experiment:
    return Experiment(name, "c1", "K562, 24 h", direction, effect, effect - 1, effect + 1, label)


EDGE = EdgeExperiments(
    "trrust",
    "TP53",
    "CDKN1A",
    1,
    "confirmed",
    (
        experiment("own/a", 3.0, "up"),
        experiment("own/b", -3.0, "down", direction=-1),
        experiment("own/c", 3.0, "up", direction=-1),
        experiment("own/d", 0.1, "unchanged"),
        experiment("own/e", 1.2, "unknown"),
    ),
    "own",
    "log2 fold change",
)


def rows(page: Element) -> dict[str, Element]:
    """Row of each experiment by its short name."""
    return {
        text.text: row
        for row in with_class(page, "g", "experiment")
        for text in row.all("text")
        if len(text.text) == 1
    }


@pytest.mark.parametrize(
    ("place", "look"),
    [(0, "agrees"), (1, "agrees"), (2, "opposes"), (3, "unchanged"), (4, "undecided")],
)
def test_a_knock_out_turns_what_is_expected(place: int, look: str) -> None:
    assert look_of_experiment(EDGE, EDGE.experiments[place]) == look


def test_the_title_holds_the_verdict_and_the_numbers() -> None:
    title = drawn(replicates_plot(EDGE)).first("figcaption").first("b").text
    assert title == (
        "TP53 → CDKN1A (activation) in trrust: confirmed, 2 of 5 experiments for it, 1 against."
    )


def test_without_an_edge_nothing_is_expected() -> None:
    page = drawn(replicates_plot(replace(EDGE, sign=None)))
    assert "(no edge) in trrust: responds in 3 of 5 experiments" in page.first("figcaption").text
    assert with_class(page, "rect", "expected") == []


def test_the_expected_side_is_shaded_for_each_experiment() -> None:
    page = drawn(replicates_plot(EDGE))
    zero = float(with_class(page, "line", "zero")[0].attributes["x1"])
    starts = [float(band.attributes["x"]) for band in with_class(page, "rect", "expected")]
    assert sorted(start >= zero - 0.01 for start in starts) == [False, False, True, True, True]


def test_what_an_experiment_says_is_told_by_shape_too() -> None:
    found = rows(drawn(replicates_plot(EDGE)))
    assert len(found["a"].all("circle")) == 1
    assert len(found["c"].all("polygon")) == 1
    assert "ring" not in classes(found["d"].all("circle")[0])
    assert "ring" in classes(found["e"].all("circle")[0])


def test_an_interval_is_drawn_and_written() -> None:
    row = rows(drawn(replicates_plot(EDGE)))["a"]
    assert len(with_class(row, "line", "whisker")) == 1
    assert "+3.00 [+2.00, +4.00]" in row.text


def test_without_a_standard_error_there_is_no_line_and_the_caption_says_so() -> None:
    bare = replace(EDGE.experiments[0], low=None, high=None)
    page = drawn(replicates_plot(replace(EDGE, experiments=(bare, *EDGE.experiments[1:]))))
    assert with_class(rows(page)["a"], "line", "whisker") == []
    assert "without an interval: 1." in page.first("figcaption").text


def test_experiments_stand_in_groups_by_context_and_controls() -> None:
    other = replace(EDGE.experiments[0], signature="own/f", control_set="c2", context="HeLa")
    page = drawn(replicates_plot(replace(EDGE, experiments=(*EDGE.experiments, other))))
    headings = [text.text for text in with_class(page, "text", "group-name")]
    assert headings == ["HeLa, controls 2", "K562, 24 h, controls 1"]
    assert "2 sets of controls" in page.first("figcaption").text


def test_experiments_that_list_no_value_are_counted() -> None:
    none = replace(EDGE.experiments[3], signature="own/x", effect=None, low=None, high=None)
    page = drawn(replicates_plot(replace(EDGE, experiments=(*EDGE.experiments, none))))
    assert "Not drawn: 1 experiment without a value" in page.first("figcaption").text
    assert replicates_plot(replace(EDGE, experiments=(none,))) is None
    assert replicates_plot(replace(EDGE, experiments=())) is None


def test_of_many_experiments_the_most_precise_are_drawn() -> None:
    wide = replace(EDGE.experiments[0], signature="own/w", low=-90.0, high=90.0)
    many = tuple(experiment(f"own/n{i}", 1.0, "unknown") for i in range(40))
    page = drawn(replicates_plot(replace(EDGE, experiments=(wide, *many))))
    assert len(with_class(page, "g", "experiment")) == 40
    assert "w" not in rows(page)
    assert "Drawn: the 40 most precise of 41." in page.first("figcaption").text


NAMES = st.text(st.sampled_from("<W&il-_ 1"), max_size=40)
EXPERIMENTS = st.builds(
    Experiment,
    NAMES,
    st.sampled_from(["", "a", "b"]),
    NAMES,
    st.sampled_from((-1, 1)),
    st.floats(-50, 50),
    st.none() | st.floats(-90, -51),
    st.none() | st.floats(51, 90),
    st.sampled_from(("up", "down", "unchanged", "unknown")),
)


@settings(max_examples=40)
@given(st.lists(EXPERIMENTS, min_size=1, max_size=50))
def test_labels_never_overlap_and_nothing_leaves_the_picture(found: list[Experiment]) -> None:
    picture = drawn(replicates_plot(replace(EDGE, experiments=tuple(found)))).first("svg")
    written = [t for t in picture.all("text") if t.text != picture.all("title")[0].text]
    assert overlapping(written) == []
    assert outside(picture) == []
