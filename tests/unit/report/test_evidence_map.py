from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.report.content import AuditedEdge, Estimate
from kgp.report.content.evidence import EvidenceCell, EvidenceMap
from kgp.report.plots.evidence_cells import evidence_of, matrix
from kgp.report.plots.evidence_map import evidence_map
from tests.unit.report import made_up
from tests.unit.report.drawings import drawn, outside, overlapping, with_class

CELLS = (
    EvidenceCell("A", "x", 1, "confirmed", 8.0),
    EvidenceCell("A", "y", -1, "contradicted", -2.0),
    EvidenceCell("B", "x", -1, "silent", None),
    EvidenceCell("B", "y", 1, "untestable", None),
    EvidenceCell("C", "z", 1, "untestable", None),
)


def shown(*cells: EvidenceCell) -> EvidenceMap:
    return EvidenceMap("toy", "screen", cells, "z-score")


def test_every_verdict_looks_different() -> None:
    page = drawn(evidence_map(shown(*CELLS)))
    for verdict in ("confirmed", "contradicted", "silent", "untestable"):
        (cell,) = with_class(page.first("svg"), "g", f"{verdict}-cell")
        rects = [rect.attributes["class"] for rect in cell.all("rect")]
        expected = {
            "confirmed": ["confirmed"],
            "contradicted": ["contradicted", "cell-frame"],
            "silent": ["silent-fill"],
            "untestable": ["untested"],
        }
        assert rects == expected[verdict]


def test_a_silent_edge_has_no_colour_whatever_its_effect() -> None:
    page = drawn(evidence_map(shown(EvidenceCell("A", "x", 1, "silent", 0.9))))
    (cell,) = with_class(page.first("svg"), "g", "silent-cell")
    assert [rect.attributes["class"] for rect in cell.all("rect")] == ["silent-fill"]
    assert cell.first("title").text == "A → x (activation): silent, +0.9 z-score"


def test_what_holds_is_marked_and_the_legend_says_at_which_rate() -> None:
    cells = (EvidenceCell("A", "x", 1, "confirmed", 8.0, holds=True), *CELLS[1:])
    picture = drawn(evidence_map(EvidenceMap("toy", "screen", cells, "z-score", 0.05)))
    marked = [g for g in with_class(picture.first("svg"), "g", "cell") if "holds" in g.text]
    assert [len(with_class(g, "polygon", "holds-mark")) for g in marked] == [1]
    assert len(with_class(picture.first("svg"), "polygon", "holds-mark")) == 1
    assert "holds at a false discovery rate of 5.0 %" in picture.text
    assert "holds at" not in drawn(evidence_map(shown(*CELLS))).text


def test_the_combined_effect_is_shown_where_there_is_one() -> None:
    edge = AuditedEdge("A", "x", -1, "confirmed", -9.0, ("d",), Estimate(-2.0, -3.0, -1.0))
    audit = replace(made_up.audit(), edges=(edge, replace(edge, target="y", effect=None)))
    assert [cell.score for cell in evidence_of(audit).cells] == [2.0, 9.0]


def test_a_stronger_response_is_less_transparent() -> None:
    page = drawn(evidence_map(shown(*CELLS)))
    strength = {
        name: float(
            with_class(page, "g", f"{name}-cell")[0].all("rect")[0].attributes["fill-opacity"]
        )
        for name in ("confirmed", "contradicted")
    }
    assert strength["confirmed"] == 1
    assert 0.25 < strength["contradicted"] < 0.6


def test_one_extreme_response_does_not_bleach_the_others() -> None:
    cells = [EvidenceCell("A", f"t{i:02d}", 1, "confirmed", 3.0) for i in range(19)]
    page = drawn(evidence_map(shown(*cells, EvidenceCell("A", "huge", 1, "confirmed", 300.0))))
    assert {
        g.all("rect")[0].attributes["fill-opacity"]
        for g in with_class(page.first("svg"), "g", "confirmed-cell")
    } == {"1"}
    assert "≥ +3.0" in page.text


def test_a_cell_says_its_edge_sign_verdict_and_score_on_hover() -> None:
    titles = {title.text for title in drawn(evidence_map(shown(*CELLS))).all("title")}
    assert "A → y (repression): contradicted, −2.0 z-score" in titles
    assert "B → y (activation): untestable" in titles


def test_the_curated_sign_is_a_plus_or_a_minus() -> None:
    page = drawn(evidence_map(shown(*CELLS)))
    (plus,) = with_class(with_class(page, "g", "confirmed-cell")[0], "path", "cell-sign")
    (minus,) = with_class(with_class(page, "g", "silent-cell")[0], "path", "cell-sign")
    assert "V" in plus.attributes["d"]
    assert "V" not in minus.attributes["d"]


def test_regulators_without_a_tested_edge_are_left_out() -> None:
    assert matrix(shown(*CELLS)).rows == ("A", "B")
    assert evidence_map(shown(CELLS[-1])) is None
    assert evidence_map(shown()) is None


def test_regulators_and_targets_that_respond_come_first() -> None:
    silent = [EvidenceCell("hub", f"s{i}", 1, "silent", None) for i in range(50)]
    found = matrix(shown(*silent, *CELLS[:2]), most_rows=1, most_columns=1)
    assert (found.rows, found.columns) == (("A",), ("x",))


def test_what_is_left_out_is_said() -> None:
    cells = [
        EvidenceCell(f"R{i}", f"t{j}", 1, "silent", None) for i in range(35) for j in range(70)
    ]
    said = drawn(evidence_map(shown(*cells))).first("figcaption").text
    assert "Drawn: 30 of 35 regulators and 60 of 70 targets" in said
    assert "1,800 of 2,450 silent" in said


def test_a_regulators_counts_hold_its_edges_that_are_not_drawn() -> None:
    cells = [EvidenceCell("A", f"t{j:03d}", 1, "silent", None) for j in range(99)]
    found = matrix(shown(*cells))
    assert len(found.columns) == 60
    assert found.counts["A"]["silent"] == 99


def test_the_picture_does_not_depend_on_the_order_of_the_cells() -> None:
    cells = list(evidence_of(made_up.audit()).cells)
    once = matrix(shown(*cells))
    Random(1).shuffle(cells)
    again = matrix(shown(*cells))
    assert (once.rows, once.columns) == (again.rows, again.columns)


def test_the_score_of_an_audited_edge_is_its_response_in_the_curated_direction() -> None:
    audit = made_up.audit()
    scores = {(c.verdict, (c.score or 0) > 0) for c in evidence_of(audit).cells}
    assert scores == {("confirmed", True), ("contradicted", False)}


@pytest.mark.parametrize("name", ["<b>&", "W" * 60])
def test_names_of_sources_are_escaped_and_cut(name: str) -> None:
    page = drawn(evidence_map(shown(EvidenceCell(name, name, 1, "confirmed", 1.0))))
    assert not page.first("svg").all("b")
    assert name in {title.text for title in page.all("title")}


NAMES = st.text(st.sampled_from("WAil1-"), min_size=1, max_size=16)
CELL = st.builds(
    EvidenceCell,
    NAMES,
    NAMES,
    st.sampled_from((-1, 0, 1)),
    st.just("silent"),
    st.none(),
) | st.builds(
    EvidenceCell,
    NAMES,
    NAMES,
    st.sampled_from((-1, 1)),
    st.just("confirmed"),
    st.floats(0.1, 1e4),
)


@settings(max_examples=40)
@given(st.lists(CELL, min_size=1, max_size=150))
def test_labels_never_overlap_and_nothing_leaves_the_picture(cells: list[EvidenceCell]) -> None:
    picture = drawn(evidence_map(shown(*cells))).first("svg")
    assert overlapping(picture.all("text")) == []
    assert outside(picture) == []
