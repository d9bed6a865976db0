from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.report.content import (
    ChangeSummary,
    EdgeChange,
    Estimate,
    ReportContent,
    SourceSummary,
)
from kgp.report.markup import clean
from kgp.report.page import render
from tests.unit.report import made_up
from tests.unit.report.pages import Element, outline, read

WORDS_OF_OURS = {"confirmed", "contradicted", "silent", "untestable"}


@cache
def page() -> Element:
    return read(render(made_up.whole_report()))


@cache
def small_report() -> ReportContent:
    whole = made_up.whole_report()
    return replace(whole, embedding=made_up.embedding(6), changes=made_up.changes(12))


def prefixed(value: Any, prefix: str) -> Any:
    """Put ``prefix`` before every text in ``value``, wherever it stands."""
    if isinstance(value, str):
        return value if value in WORDS_OF_OURS else prefix + value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {f.name: prefixed(getattr(value, f.name), prefix) for f in fields(value)}
        return replace(value, **changed)
    if isinstance(value, dict):
        return {prefixed(k, prefix): prefixed(v, prefix) for k, v in value.items()}
    if isinstance(value, tuple):
        return tuple(prefixed(item, prefix) for item in value)
    return value


@cache
def outline_of_plain_words() -> list[tuple[str, tuple[str, ...]]]:
    return outline(render(prefixed(small_report(), "plain ")))


MARKUP = st.text(alphabet=st.sampled_from("<>&\"'/=;!-[]`abc \n\x00\x1b"), min_size=1)


@settings(max_examples=30)
@given(MARKUP | st.text(min_size=1))
def test_no_text_in_any_field_becomes_markup(text: str) -> None:
    hostile = prefixed(small_report(), text)
    html = render(hostile)
    assert outline(html) == outline_of_plain_words()
    assert read(html).first("h1").text == clean(hostile.title)


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '"><img src=x onerror=y>', "]]>"])
def test_an_attack_in_any_field_leaves_no_element_behind(attack: str) -> None:
    found = read(render(prefixed(small_report(), attack)))
    assert not found.all("script")
    assert not found.all("img")
    assert found.first("h1").text.startswith(attack)


def test_nothing_is_fetched_from_elsewhere() -> None:
    html = render(made_up.whole_report())
    tags = {tag for tag, _ in outline(html)}
    assert not tags & {"script", "img", "link", "iframe", "object", "use", "image"}
    assert "url(" not in html
    assert "@import" not in html


def test_the_same_figures_give_the_same_page() -> None:
    assert render(made_up.whole_report()) == render(made_up.whole_report())


def test_ids_are_unique_and_every_inner_link_finds_its_place() -> None:
    ids = [e.attributes["id"] for e in everything(page()) if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    inner = {a.attributes["href"][1:] for a in page().all("a") if a.attributes["href"][0] == "#"}
    assert inner <= set(ids)


def test_every_picture_is_named_and_captioned() -> None:
    figures = page().all("figure")
    assert len(figures) == 15
    for figure in figures:
        picture = figure.first("svg")
        assert picture.first("title").text
        assert picture.first("desc").text
        assert figure.first("figcaption").text


def test_every_table_head_has_a_scope() -> None:
    heads = page().all("th")
    assert heads
    assert {head.attributes["scope"] for head in heads} == {"col", "row"}


def test_the_page_speaks_english_and_fits_a_phone() -> None:
    assert page().first("html").attributes["lang"] == "en"
    assert "width=device-width" in page().first("meta", name="viewport").attributes["content"]


def test_the_title_is_the_heading_and_the_windows_name() -> None:
    assert page().first("title").text == page().first("h1").text == made_up.whole_report().title


@pytest.mark.parametrize(
    ("section", "command"),
    [
        ("sources", "kgp load SOURCE PATH"),
        ("graph", "kgp load SOURCE PATH"),
        ("embedding", "kgp embed"),
        ("models", "kgp train kg-gat"),
        ("audit", "kgp grn audit NETWORK"),
        ("refinement", "kgp refine NETWORK"),
        ("changes", "kgp refine NETWORK --write"),
        ("attention", "kgp train kg-gat"),
    ],
)
def test_a_section_that_was_not_computed_says_what_would(section: str, command: str) -> None:
    shown = read(render(made_up.empty_report())).first("section", id=section)
    assert shown.first("code").text == command
    assert not shown.all("figure")
    assert not shown.all("table")


def test_a_password_in_the_store_is_not_shown() -> None:
    html = render(replace(made_up.empty_report(), store="neo4j://reader:hunter2@host:7687"))
    assert "hunter2" not in html
    assert "neo4j://reader:***@host:7687" in html


def test_a_synthetic_source_carries_a_badge_and_a_real_one_does_not() -> None:
    rows = page().first("section", id="sources").first("tbody").all("tr")
    tagged = {row.first("th").text.split()[0]: "synthetic" in row.text for row in rows}
    assert tagged == {"bindingdb": False, "trrust": False, "lincs": False, "ecocyc": True}


def test_every_dropped_row_has_its_reason() -> None:
    text = page().first("section", id="sources").text
    assert "15,243 affinity above 1 µM" in text
    assert "17,398" in text


def test_a_licence_without_a_web_address_stays_text() -> None:
    source = SourceSummary("x", "1", "odd", 1, 1, 0, {}, licence_url="javascript:alert(1)")
    shown = read(render(replace(made_up.empty_report(), sources=(source,))))
    assert not shown.first("section", id="sources").all("a")
    assert not shown.all("details")


def test_the_mean_response_heads_the_model_table_and_models_end_it() -> None:
    rows = page().first("section", id="models").first("tbody").all("tr")
    names = [row.first("th").text.strip() for row in rows]
    assert "mean response" in names[0]
    assert names[-1] == "KG-GAT"


def test_a_planted_truth_is_called_one_with_its_damage_and_its_inverse_crime() -> None:
    text = page().first("p", class_="planted").text
    assert "Planted truth" in text
    assert "p = 0.4 of its edges, seed 7" in text
    assert "same walk model" in text
    assert "inverse crime" in text


def test_a_planted_truth_of_another_mechanism_is_not_called_an_inverse_crime() -> None:
    refinement = made_up.refinement()
    assert refinement.planted is not None
    other = replace(refinement, planted=replace(refinement.planted, same_mechanism=False))
    text = (
        read(render(replace(made_up.empty_report(), refinement=other)))
        .first("p", class_="planted")
        .text
    )
    assert "inverse crime" not in text
    assert "another mechanism" in text


def test_a_refinement_of_real_data_claims_no_truth() -> None:
    real = replace(made_up.refinement(), planted=None, n_right=None, version=None, scores=())
    shown = read(render(replace(made_up.empty_report(), refinement=real)))
    section = shown.first("section", id="refinement")
    assert "Planted" not in section.text
    assert "right edits" not in section.text
    assert "nothing was written" in section.text


def test_changed_edges_are_cut_at_fifty_with_the_rest_counted() -> None:
    section = page().first("section", id="changes")
    assert len(section.first("tbody").all("tr")) == 50
    assert "90 more in report.json" in section.text
    assert section.first("code").text == "kgp grn diff trrust 1 2"


def test_the_surest_change_comes_first() -> None:
    changes = tuple(
        EdgeChange(name, "x", None, 1, sure, (), ()) for name, sure in (("a", 0.6), ("b", 0.9))
    )
    content = replace(made_up.empty_report(), changes=ChangeSummary("n", 1, 2, changes))
    section = read(render(content)).first("section", id="changes")
    assert [row.first("th").text for row in section.first("tbody").all("tr")] == ["b", "a"]
    assert "Restores truth" not in section.text


def test_long_evidence_is_counted_and_shortened() -> None:
    change = EdgeChange("a", "x", None, 1, 0.9, ("e1", "e2", "e3", "e4"), ())
    content = replace(made_up.empty_report(), changes=ChangeSummary("n", 1, 2, (change,)))
    cell = (
        read(render(content)).first("section", id="changes").first("span", title="e1, e2, e3, e4")
    )
    assert (cell.first("b").text, cell.texts) == ("4", [": e1, e2 and 2 more"])


def test_versions_that_hold_the_same_edges_say_so() -> None:
    content = replace(made_up.empty_report(), changes=ChangeSummary("n", 1, 2, ()))
    section = read(render(content)).first("section", id="changes")
    assert "Versions 1 and 2 hold the same edges." in section.text
    assert not section.all("table")


def test_attention_is_called_no_explanation() -> None:
    text = page().first("section", id="attention").text
    assert "Attention is not an explanation" in text
    assert "was not in the training part" in text


def test_a_drug_of_the_training_part_is_called_one() -> None:
    content = replace(
        made_up.empty_report(), attention=replace(made_up.attention(), held_out=False)
    )
    assert "which was in the training part" in read(render(content)).text


def test_an_audit_without_verdicts_shows_no_empty_table() -> None:
    silent = replace(made_up.audit(), edges=())
    section = read(render(replace(made_up.empty_report(), audit=silent))).first(
        "section", id="audit"
    )
    assert not section.all("table")


def test_an_embedding_without_points_says_so() -> None:
    bare = replace(made_up.embedding(1), points=())
    section = read(render(replace(made_up.empty_report(), embedding=bare)))
    assert "No node has a vector yet." in section.first("section", id="embedding").text


def test_relation_types_beyond_the_bars_are_counted() -> None:
    many = replace(made_up.graph(), relationships={f"R{i:02}": 100 - i for i in range(23)})
    section = read(render(replace(made_up.empty_report(), graph=many))).first("section", id="graph")
    assert "3 further types with 237 in report.json." in section.text


def test_notes_that_are_empty_leave_no_paragraph() -> None:
    models = replace(made_up.models(), leakage_note="", interval_note="")
    section = read(render(replace(made_up.empty_report(), models=models)))
    assert "Leakage" not in section.first("section", id="models").text


def test_an_effect_of_unknown_size_sorts_last() -> None:
    audit = made_up.audit()
    edges = (replace(audit.edges[0], effect_z=None, regulator="UNKNOWN"), *audit.edges[1:5])
    content = replace(
        made_up.empty_report(), audit=replace(audit, edges=edges, sign_agreement=Estimate(0.5))
    )
    rows = read(render(content)).first("section", id="audit").first("tbody").all("tr")
    assert rows[-1].first("th").text == "UNKNOWN"


def everything(element: Element) -> list[Element]:
    return [e for child in element.children for e in (child, *everything(child))]


def test_an_audited_edge_shows_its_combined_effect_and_q() -> None:
    audit = made_up.audit()
    edge = replace(audit.edges[0], effect=Estimate(5.0, 4.0, 6.0), q_value=0.012)
    content = replace(made_up.empty_report(), audit=replace(audit, edges=(edge,)))
    row = read(render(content)).first("section", id="audit").first("tbody").first("tr")
    cells = [cell.text for cell in row.all("td")]
    assert "+5.0 [+4.0, +6.0]" in cells
    assert "0.012" in cells
