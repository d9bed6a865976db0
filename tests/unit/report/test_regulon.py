from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.report.content import ChangeSummary, EdgeChange, SignedEdge
from kgp.report.content.evidence import Regulon, RegulonEdge
from kgp.report.plots.regulon import regulon_plot
from kgp.report.plots.regulon_rows import blocks_of, most_changed
from tests.unit.report import made_up
from tests.unit.report.drawings import drawn, outside, overlapping, with_class

if TYPE_CHECKING:
    from kgp.report.content import EdgeState
    from tests.unit.report.pages import Element

STATES: tuple[EdgeState, ...] = (None, -1, 0, 1)
EVERY = tuple(
    RegulonEdge("A", f"{before} to {after}", before, after, None if before == after else 0.8)
    for before in STATES
    for after in STATES
    if (before, after) != (None, None)
)
"""Each way in which an edge can change or stay: 3 added, 3 removed, 6 flipped, 3 unchanged."""


def regulon(*edges: RegulonEdge) -> Regulon:
    return Regulon("toy", 1, 2, edges)


def kept(*targets: str, regulator: str = "A") -> tuple[RegulonEdge, ...]:
    return tuple(RegulonEdge(regulator, target, 1, 1) for target in targets)


def names(page: Element) -> list[str]:
    return [text.text for text in with_class(page, "text", "target-name")]


@pytest.mark.parametrize(
    ("kind", "sides"), [("added", 3), ("removed", 3), ("flipped", 12), ("unchanged", 6)]
)
def test_each_edge_is_drawn_on_the_sides_where_it_exists(kind: str, sides: int) -> None:
    page = drawn(regulon_plot(regulon(*EVERY)))
    edges = [g for g in with_class(page, "g", "drawn-edge") if kind in g.attributes["class"]]
    assert len(edges) == sides
    assert all(len(edge.all("path")) == 1 for edge in edges)


def test_the_head_tells_the_sign_on_that_side() -> None:
    picture = drawn(regulon_plot(regulon(*EVERY))).first("svg")
    # Of the 24 drawn edges 8 activate, 8 repress, 8 are dual: each state in 4 pairs on each side.
    arrows = [
        p for p in with_class(picture, "polygon", "head") if "open" not in p.attributes["class"]
    ]
    assert len(arrows) == 8
    assert len(with_class(picture, "line", "bar-head")) == 8
    assert len(with_class(picture, "polygon", "open")) == 8


def test_changes_carry_a_badge_beside_colour_and_line() -> None:
    page = drawn(regulon_plot(regulon(*EVERY)))
    badges = [text.text for text in with_class(page, "text", "badge-text")]
    assert {badge: badges.count(badge) for badge in badges} == {"+": 3, "×": 3, "⇄": 12}


def test_changes_stand_first_and_the_surest_on_top() -> None:
    edges = (
        *kept("z", "b"),
        RegulonEdge("A", "unsure", None, 1, 0.6),
        RegulonEdge("A", "sure", None, -1, 0.9),
        RegulonEdge("A", "gone", 1, None, 0.7),
    )
    assert names(drawn(regulon_plot(regulon(*edges)))) == ["sure", "unsure", "gone", "b", "z"]


def test_headings_and_caption_count_all_edges_also_those_not_drawn() -> None:
    added = tuple(RegulonEdge("A", f"new{i}", None, -1, 0.9) for i in range(10))
    page = drawn(regulon_plot(regulon(*added, *kept(*(f"t{i:03d}" for i in range(290))))))
    said = page.first("figcaption").text
    assert "300 edges: 10 added, 0 removed, 0 changed in sign, 290 unchanged. Drawn: 40" in said
    ticks = [text.text for text in with_class(page, "text", "tick")]
    assert "290 activated" in ticks
    assert "290 activated, 10 repressed" in ticks
    assert len(names(page)) == 40


def test_no_change_is_left_out_for_an_edge_that_stayed() -> None:
    added = tuple(RegulonEdge("A", f"new{i}", None, 1, 0.5) for i in range(35))
    (block,) = blocks_of(regulon(*kept(*(f"t{i}" for i in range(50))), *added))
    assert sum(edge.before is None for edge in block.drawn) == 35


def test_a_change_is_never_called_certain() -> None:
    page = drawn(regulon_plot(regulon(RegulonEdge("A", "b", None, 1, 1.0))))
    assert "> 0.99" in page.text
    assert "1.00" not in page.text


def test_a_target_of_its_own_is_a_row_like_any_other() -> None:
    assert names(drawn(regulon_plot(regulon(*kept("A"))))) == ["A"]


def test_at_most_four_regulators_are_drawn_and_the_rest_is_counted() -> None:
    edges = [edge for i in range(6) for edge in kept("x", "y", regulator=f"R{i}")]
    page = drawn(regulon_plot(regulon(*edges)))
    assert len(with_class(page, "rect", "gene")) == 8
    assert "Not drawn: 2 further regulators." in page.first("figcaption").text


def test_an_edge_in_neither_version_is_no_edge() -> None:
    assert regulon_plot(regulon()) is None
    assert regulon_plot(regulon(RegulonEdge("A", "b", None, None))) is None


def test_names_of_sources_are_escaped_and_kept_whole_on_hover() -> None:
    name = '<script>alert("x")</script>' * 3
    page = drawn(regulon_plot(regulon(RegulonEdge(name, name, 1, -1, 0.9))))
    assert not page.all("script")
    assert name in {title.text for title in page.all("title")}


NAMES = st.text(st.sampled_from("WMil1-转é "), min_size=1, max_size=25)
EDGES = st.builds(
    RegulonEdge,
    st.sampled_from(["A", "W" * 20, "β-catenin"]),
    NAMES,
    st.sampled_from(STATES),
    st.sampled_from(STATES),
    st.none() | st.floats(0, 1),
)


@settings(max_examples=40)
@given(st.lists(EDGES, min_size=1, max_size=120))
def test_names_never_overlap_and_nothing_leaves_the_picture(edges: list[RegulonEdge]) -> None:
    figure = regulon_plot(regulon(*edges))
    if figure is None:
        assert all((edge.before, edge.after) == (None, None) for edge in edges)
        return
    picture = drawn(figure).first("svg")
    written = [t for t in picture.all("text") if "badge-text" not in t.attributes["class"]]
    assert overlapping(written) == []
    assert outside(picture) == []


@pytest.mark.parametrize("n", [1, 2, 39, 40, 41, 300])
def test_a_regulon_of_any_size_fits(n: int) -> None:
    picture = drawn(regulon_plot(regulon(*kept(*(f"GENE{i}" for i in range(n)))))).first("svg")
    assert len(with_class(picture, "text", "target-name")) == min(n, 40)
    assert overlapping(picture.all("text")) == []
    assert outside(picture) == []


def test_of_a_summary_the_regulator_with_most_changes_is_shown_with_what_stayed() -> None:
    def change(regulator: str, target: str) -> EdgeChange:
        return EdgeChange(regulator, target, None, 1, 0.9, (), ())

    changes = (change("B", "x"), change("A", "x"), change("A", "y"))
    summary = ChangeSummary(
        "toy", 3, 4, changes, (SignedEdge("A", "z", -1), SignedEdge("B", "z", 1))
    )
    found = most_changed(summary)
    assert (found.network, found.from_version, found.to_version) == ("toy", 3, 4)
    assert [(e.target, e.before, e.after) for e in found.edges] == [
        ("x", None, 1), ("y", None, 1), ("z", -1, -1),
    ]  # fmt: skip


def test_a_summary_without_changes_has_no_regulon() -> None:
    assert regulon_plot(most_changed(replace(made_up.changes(1), changes=()))) is None
