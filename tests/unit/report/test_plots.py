from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.report.content import (
    ChangeSummary,
    DegreeDistribution,
    EdgeChange,
    EdgeState,
    EmbeddingPoint,
    Estimate,
    GeneResponse,
    ScoreChange,
    SignedEdge,
)
from kgp.report.plots.bars import bar_plot
from kgp.report.plots.degrees import degree_plot, survival
from kgp.report.plots.dumbbell import response_plot
from kgp.report.plots.heads import glyph
from kgp.report.plots.intervals import Whisker, interval_plot
from kgp.report.plots.layout import DrawnEdge, choose_edges, look_of, place
from kgp.report.plots.network import network_plot
from kgp.report.plots.scatter import embedding_plot
from kgp.report.plots.slope import slope_plot
from kgp.report.plots.stacked import Part, stacked_bar
from tests.unit.report import made_up
from tests.unit.report.drawings import drawn

if TYPE_CHECKING:
    from random import Random


def test_the_curve_counts_isolated_nodes_in_the_whole() -> None:
    distribution = DegreeDistribution("Gene", degrees=(2, 0, 1), n_nodes=(1, 5, 4))
    assert survival(distribution) == [(1, 0.5), (2, 0.1)]


def test_nothing_connected_gives_no_curve() -> None:
    assert survival(DegreeDistribution("Gene", (0,), (5,))) == []
    assert degree_plot([DegreeDistribution("Gene", (0,), (5,))]) is None


def test_a_single_degree_is_drawn() -> None:
    page = drawn(degree_plot([DegreeDistribution("Gene", (3,), (5,))]))
    assert len(page.first("svg").all("path")) == 1


def test_node_types_beyond_the_palette_are_counted_in_the_caption() -> None:
    many = [DegreeDistribution(f"T{i}", (1, 2), (9, i + 1)) for i in range(11)]
    page = drawn(degree_plot(many))
    assert len(page.first("ul").all("li")) == 8
    assert "3 further types in report.json" in page.first("figcaption").text


def test_every_point_of_a_map_has_its_name_on_hover() -> None:
    embedding = made_up.embedding(40)
    titles = {title.text for title in drawn(embedding_plot(embedding)).all("title")}
    assert {f"{p.name} ({p.category})" for p in embedding.points} <= titles


def test_categories_beyond_the_palette_share_one_mark() -> None:
    points = tuple(EmbeddingPoint(f"n{i}", i, i * i, f"class {i}") for i in range(12))
    page = drawn(embedding_plot(replace(made_up.embedding(1), points=points)))
    assert [item.text.strip() for item in page.first("ul").all("li")][-1] == "other"
    assert len(page.first("ul").all("li")) == 8


def test_points_that_are_not_finite_are_left_out() -> None:
    points = (EmbeddingPoint("a", 0, 1, "x"), EmbeddingPoint("b", nan, 1, "x"))
    page = drawn(embedding_plot(replace(made_up.embedding(1), points=points)))
    assert "1 node" in page.first("figcaption").text
    assert embedding_plot(replace(made_up.embedding(1), points=points[1:])) is None


def test_a_whisker_is_as_long_as_its_interval() -> None:
    rows = [
        Whisker("wide", Estimate(0.2, 0.1, 0.3), strong=True),
        Whisker("narrow", Estimate(0.2, 0.15, 0.25), strong=False),
        Whisker("none", Estimate(0.2), strong=False),
    ]
    page = drawn(interval_plot("k", "top-50 r", "mean", rows))
    lines = [e for e in page.all("line") if "whisker" in e.attributes["class"]]
    wide, narrow, none = (float(e.attributes["x2"]) - float(e.attributes["x1"]) for e in lines)
    assert wide == pytest.approx(2 * narrow, abs=0.05)
    assert none == 0


@pytest.mark.parametrize("value", [-0.2, 0.2])
def test_the_zero_line_stands_inside_whatever_side_the_differences_are_on(value: float) -> None:
    page = drawn(interval_plot("k", "r", "mean", [Whisker("m", Estimate(value), strong=True)]))
    zero = float(page.first("line", class_="zero").attributes["x1"])
    assert 232 < zero < 520


def test_bars_are_as_long_as_their_values() -> None:
    page = drawn(bar_plot("k", "Nodes", "", [("Gene", 40), ("Drug", 10), ("None", 0)]))
    widths = [float(bar.attributes["width"]) for bar in page.all("rect")]
    assert widths[0] == pytest.approx(4 * widths[1], abs=0.05)
    assert widths[2] == 1


def test_parts_of_a_stacked_bar_share_its_length() -> None:
    page = drawn(stacked_bar("k", "T", "", [Part("a", 30, "x"), Part("b", 10, "y")]))
    widths = [float(part.attributes["width"]) for part in page.all("rect")]
    assert widths == [525, 175]


def test_thin_parts_are_shown_again_magnified() -> None:
    parts = [Part("silent", 990, "silent"), Part("confirmed", 10, "confirmed", magnify=True)]
    widths = [
        float(part.attributes["width"])
        for part in drawn(stacked_bar("k", "T", "", parts)).all("rect")
    ]
    assert widths == [7, 693, 700]


def test_parts_that_fill_the_bar_are_not_magnified() -> None:
    parts = [Part("silent", 1, "silent"), Part("confirmed", 10, "confirmed", magnify=True)]
    assert len(drawn(stacked_bar("k", "T", "", parts)).all("rect")) == 2


def test_a_better_score_rises() -> None:
    page = drawn(slope_plot("k", "T", "", [ScoreChange("F1", 0.5, 0.9)]))
    slope = next(e for e in page.all("line") if "slope" in e.attributes["class"])
    assert float(slope.attributes["y2"]) < float(slope.attributes["y1"])


def test_a_gene_that_was_not_measured_has_one_mark() -> None:
    genes = [GeneResponse("A", 1.0, None), GeneResponse("B", 1.0, 2.0)]
    svg = drawn(response_plot("k", "T", "", "z", genes)).first("svg")
    assert (len(svg.all("circle")), len(svg.all("polygon"))) == (2, 1)


def test_plots_of_nothing_are_not_drawn() -> None:
    assert interval_plot("k", "T", "mean", []) is None
    assert bar_plot("k", "T", "", []) is None
    assert stacked_bar("k", "T", "", [Part("a", 0, "x")]) is None
    assert slope_plot("k", "T", "", []) is None
    assert response_plot("k", "T", "", "z", []) is None
    assert network_plot(ChangeSummary("n", 1, 2, ())) is None


@pytest.mark.parametrize(
    ("before", "after", "look"),
    [
        (None, 1, "added"),
        (-1, None, "removed"),
        (1, -1, "flipped"),
        (0, 1, "flipped"),
        (1, 1, "unchanged"),
        (None, None, "unchanged"),
    ],
)
def test_a_change_is_named_by_what_was_and_what_is(
    before: EdgeState, after: EdgeState, look: str
) -> None:
    assert look_of(before, after) == look


def change(regulator: str, target: str, confidence: float | None = 0.9) -> EdgeChange:
    return EdgeChange(regulator, target, None, 1, confidence, (), ())


def test_the_busiest_regulators_and_their_surest_changes_are_drawn() -> None:
    changes = (
        change("A", "x", 0.6), change("A", "y", 0.9), change("A", "z", None), change("B", "x"),
    )  # fmt: skip
    chosen = choose_edges(ChangeSummary("n", 1, 2, changes), n_regulators=1, n_changed=2)
    assert [(e.regulator, e.target) for e in chosen] == [("A", "y"), ("A", "x")]


def test_self_loops_are_not_drawn() -> None:
    same = (SignedEdge("A", "A", 1), SignedEdge("A", "b", 1))
    chosen = choose_edges(ChangeSummary("n", 1, 2, (change("A", "A"), change("A", "x")), same))
    assert [(e.target, e.look) for e in chosen] == [("x", "added"), ("b", "unchanged")]


@given(st.randoms(use_true_random=False))
def test_the_picture_does_not_depend_on_the_order_of_the_changes(random: Random) -> None:
    summary = made_up.changes(30)
    shuffled = list(summary.changes)
    random.shuffle(shuffled)
    assert choose_edges(replace(summary, changes=tuple(shuffled))) == choose_edges(summary)


def test_genes_stand_at_places_of_their_own() -> None:
    places = place(choose_edges(made_up.changes()))
    rounded = {(round(angle, 6), radius) for angle, radius in places.values()}
    assert len(rounded) == len(places)


def test_a_lone_regulator_stands_in_the_middle() -> None:
    places = place([DrawnEdge("A", "x", 1, "added"), DrawnEdge("A", "y", 1, "added")])
    assert places["A"][1] == 0
    assert places["x"][1] == places["y"][1] > 0


def test_changes_differ_by_line_and_badge_and_not_by_colour_alone() -> None:
    changes = (
        EdgeChange("A", "x", None, 1, 0.9, (), ()),
        EdgeChange("A", "y", -1, None, 0.9, (), ()),
        EdgeChange("A", "z", 1, 0, 0.9, (), ()),
    )
    page = drawn(network_plot(ChangeSummary("n", 1, 2, changes)))
    badges = {e.text for e in page.all("text") if "badge-text" in e.attributes["class"]}
    titles = {title.text for title in page.all("title")}
    assert badges == {"+", "×", "⇄"}
    assert {
        "A activates x: added", "A represses y: removed", "A regulates z: flipped",
    } <= titles  # fmt: skip


@pytest.mark.parametrize(
    ("state", "name"),
    [(1, "activation"), (-1, "repression"), (0, "dual or unknown"), (None, "no edge")],
)
def test_a_sign_has_a_name_for_those_who_do_not_see_it(state: EdgeState, name: str) -> None:
    assert drawn(glyph(state)).first("title").text == name
