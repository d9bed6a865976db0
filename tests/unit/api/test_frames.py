"""Audit and refinement of plain tables, on networks worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import kgp
from tests.unit.api import frame_worlds

if TYPE_CHECKING:
    from collections.abc import Callable

RATES = (0.3, 0.02, 0.005)
"""Miss, opposite and false rate of labels, given so that a few cells need not tell them."""


@pytest.fixture(scope="module")
def net() -> pl.DataFrame:
    return frame_worlds.network()


@pytest.fixture(scope="module")
def seen() -> pl.DataFrame:
    return frame_worlds.responses()


def test_audit_judges_every_signed_edge(net: pl.DataFrame, seen: pl.DataFrame) -> None:
    found = kgp.audit(net, seen).edges
    verdicts = {row[:2]: row[2] for row in found.select("source", "target", "verdict").rows()}
    assert verdicts == {
        ("a", "b"): "confirmed",
        ("a", "c"): "confirmed",
        ("b", "d"): "contradicted",
        ("c", "f"): "confirmed",
    }


def test_audit_names_responses_without_a_walk(net: pl.DataFrame, seen: pl.DataFrame) -> None:
    more = pl.concat([seen, pl.DataFrame({"perturbation": ["c"], "gene": ["g"], "response": [-1]})])
    missing = kgp.audit(net, more).missing
    assert missing.select("regulator", "gene", "sign").rows() == [("c", "g", -1)]


def test_audit_of_a_single_knock_out_is_an_audit(net: pl.DataFrame, seen: pl.DataFrame) -> None:
    found = kgp.audit(net, seen.filter(pl.col("perturbation") == "-b"))
    assert found.report.verdicts == {
        "confirmed": 0,
        "contradicted": 1,
        "silent": 0,
        "untestable": 3,
    }


def test_what_is_not_tested_is_counted(net: pl.DataFrame, seen: pl.DataFrame) -> None:
    given = kgp.audit(net, seen).report.given
    counts = (given.edges, given.self_loops, given.unsigned, given.repeated, given.conflicting)
    assert counts == (4, 1, 1, 1, 1)


def test_report_reads_as_text_and_as_a_table(net: pl.DataFrame, seen: pl.DataFrame) -> None:
    report = kgp.audit(net, seen).report
    assert "edges contradicted" in str(report)
    assert "<td>edges contradicted" in report._repr_html_().replace('<th scope="row">', "<td>")


def test_refined_network_keeps_what_no_response_can_change(
    net: pl.DataFrame, seen: pl.DataFrame
) -> None:
    """Self-loop, unsigned edge and both signs stay; a repeated edge keeps its largest weight."""
    refined = kgp.refine(net, seen)
    assert refined.edits.is_empty()
    assert sorted(refined.network.rows()) == sorted(
        row for row in frame_worlds.EDGES if row != ("b", "d", 1.0)
    )


def test_a_clean_planted_world_is_recovered() -> None:
    """All lost edges return; of the damage no more than a sixth stays."""
    truth, damaged, seen = frame_worlds.planted(max_length=1, repeats=2)
    refined = kgp.refine(damaged, seen, max_length=1).network
    pairs = ["source", "target", "weight"]
    lost, left = (
        truth.join(refined, on=pairs, how="anti"),
        refined.join(truth, on=pairs, how="anti"),
    )
    damage = len(truth.join(damaged, on=pairs, how="anti"))
    damage += len(damaged.join(truth, on=pairs, how="anti"))
    assert damage == 12
    assert lost.is_empty()
    assert len(left) <= damage / 6


def test_edits_lead_from_the_given_network_to_the_refined_one() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1)
    refined = kgp.refine(damaged, seen)
    before, after = (
        {(s, t): int(w) for s, t, w in table.rows()} for table in (damaged, refined.network)
    )
    edits = {
        (row["source"], row["target"]): (row["before"], row["after"])
        for row in refined.edits.iter_rows(named=True)
    }
    pairs = before.keys() | after.keys()
    changed = {p: (before.get(p, 0), after.get(p, 0)) for p in pairs}
    assert edits == {p: signs for p, signs in changed.items() if signs[0] != signs[1]}


def test_an_edit_names_the_perturbations_behind_it() -> None:
    _, damaged, seen = frame_worlds.planted(seed=2)
    edits = kgp.refine(damaged, seen).edits
    names = set(seen["perturbation"])
    assert edits["supporting"].list.len().min() >= 1
    assert set(edits["supporting"].explode()) <= names


def test_an_edge_without_a_sign_gets_one() -> None:
    truth, _, seen = frame_worlds.planted(seed=3, share=0.0)
    source, target, weight = truth.row(0)
    unsigned = truth.with_columns(
        weight=pl.when((pl.col("source") == source) & (pl.col("target") == target))
        .then(0.0)
        .otherwise("weight")
    )
    refined = kgp.refine(unsigned, seen)
    assert refined.edits.select("source", "target", "after", "kind").rows() == [
        (source, target, int(weight), "signed")
    ]
    assert refined.network.sort(pl.all()).equals(truth.sort(pl.all()))


def test_a_flipped_edge_keeps_the_size_of_its_weight() -> None:
    truth, _, seen = frame_worlds.planted(seed=4, share=0.0)
    source, target, weight = truth.row(0)
    wrong = truth.with_columns(
        weight=pl.when((pl.col("source") == source) & (pl.col("target") == target))
        .then(-2.5 * weight)
        .otherwise("weight")
    )
    refined = kgp.refine(wrong, seen)
    assert refined.edits["kind"].to_list() == ["flipped"]
    assert (source, target, 2.5 * weight) in refined.network.rows()


def test_no_more_than_the_largest_share_changes() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1)
    every = kgp.refine(damaged, seen).edits
    few = kgp.refine(damaged, seen, max_share=2 / len(damaged)).edits
    assert len(every) > 2
    assert len(few) == 2
    assert few["confidence"].min() >= every["confidence"].median()


def test_only_candidates_are_added() -> None:
    truth, damaged, seen = frame_worlds.planted(seed=1, max_length=1, repeats=2)
    lost = truth.join(damaged, on=["source", "target"], how="anti")
    chosen = lost.head(1).select("source", "target")
    edits = kgp.refine(damaged, seen, max_length=1, candidates=chosen).edits
    added = edits.filter(pl.col("kind") == "added").select("source", "target")
    assert added.equals(chosen)


def test_a_candidate_may_bring_a_gene_that_the_network_lacks() -> None:
    truth, _, seen = frame_worlds.planted(seed=3, share=0.0, max_length=1, repeats=2)
    regulates = pl.col("target").is_in(truth["source"].to_list())
    source, target, _ = truth.filter(~regulates).row(0)
    less = truth.filter(pl.col("target") != target)
    edits = kgp.refine(less, seen, max_length=1, candidates=[(source, target)]).edits
    assert edits.select("source", "target", "kind").rows() == [(source, target, "added")]


def test_repeats_add_up(net: pl.DataFrame) -> None:
    """One knock-out against an edge leaves it; eight of them do not."""
    once = frame_worlds.responses()
    often = frame_worlds.repeated(8)
    first, second = (kgp.refine(net, seen, rates=RATES) for seen in (once, often))
    assert (first.report.given.experiments, second.report.given.experiments) == (3, 24)
    assert first.edits.is_empty()
    assert ("b", "d") in second.edits.select("source", "target").rows()


def test_labels_of_no_confidence_weigh_nothing(net: pl.DataFrame) -> None:
    doubt = pl.when(pl.col("perturbation") == "-b").then(0.0).otherwise(1.0)
    often = frame_worlds.repeated(8).with_columns(confidence=doubt)
    assert kgp.refine(net, often, rates=RATES).edits.is_empty()


def test_what_holds_where_both_signs_meet_is_as_asked() -> None:
    """a activates b, and represses it through c; b rises all the same."""
    net = pl.DataFrame(
        {"source": ["a", "a", "c"], "target": ["b", "c", "b"], "weight": [1.0, 1.0, -1.0]}
    )
    once = {"perturbation": ["a", "a", "c"], "gene": ["b", "c", "a"], "response": [1, 1, 0]}
    seen = pl.concat(pl.DataFrame(once).with_columns(experiment=pl.lit(str(n))) for n in range(8))
    direct, cancelled = (
        kgp.refine(net, seen, conflict=rule, rates=RATES).edits for rule in ("shortest", "cancel")
    )
    assert direct.is_empty()
    assert cancelled.select("source", "target", "kind").rows() == [("c", "b", "removed")]


def test_silence_removes_less_where_true_edges_are_often_idle() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1)
    refined = (kgp.refine(damaged, seen, idle=share) for share in (0.0, 0.95))
    never, often = (each.report.removed for each in refined)
    assert never > often


def test_the_more_the_responses_must_say_the_fewer_edges_change() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1)
    free, some, none = (
        len(kgp.refine(damaged, seen, least_gain=nats).edits) for nats in (0, 4, 1e6)
    )
    assert free > some > none == 0


def test_an_edit_names_what_else_would_explain_its_responses() -> None:
    truth, damaged, seen = frame_worlds.planted(seed=1)
    edits = kgp.refine(damaged, seen).edits
    others = edits.select("alternatives").explode("alternatives").drop_nulls()
    others = others.unnest("alternatives")
    genes = {*truth["source"], *truth["target"]}
    assert not others.is_empty()
    assert {*others["source"], *others["target"]} <= genes
    assert others["weight"].is_between(0, 1).all()
    weights = edits["alternatives"].list.eval(pl.element().struct.field("weight")).to_list()
    assert weights == [sorted(each, reverse=True) for each in weights]


def test_how_well_sampled_chains_agree_is_told() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1, genes=12, edges=16)
    drawn, found = (kgp.refine(damaged, seen, method).report for method in ("posterior", "search"))
    assert any("R-hat of the number of edits" in warning for warning in drawn.warnings)
    assert not any("R-hat" in warning for warning in found.warnings)


def test_combinations_are_read_in_any_order() -> None:
    net = pl.DataFrame({"source": ["a", "b"], "target": ["c", "c"], "weight": [1.0, 1.0]})
    pair = pl.DataFrame({"perturbation": ["-b+-a", "a"], "gene": ["c", "c"], "response": [-1, 1]})
    report = kgp.audit(net, pair).report
    assert (report.given.perturbations, report.given.perturbed_regulators) == (2, 2)


def test_perturbations_of_genes_outside_the_network_are_left_out_and_named(
    net: pl.DataFrame, seen: pl.DataFrame
) -> None:
    rows = {"perturbation": ["-x", "a"], "gene": ["b", "x"], "response": [1, 0]}
    report = kgp.audit(net, pl.concat([seen, pl.DataFrame(rows)])).report
    assert report.given.outside == ("-x",)
    assert any("-x" in warning for warning in report.warnings)


KINDS: dict[str, tuple[Callable[[pl.DataFrame], object], type]] = {
    "polars": (lambda table: table, pl.DataFrame),
    "pandas": (lambda table: table.to_pandas(), pd.DataFrame),
    "pyarrow": (lambda table: table.to_arrow(), pa.Table),
    "columns": (lambda table: table.to_dict(as_series=False), dict),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_back_is_what_was_given(kind: str) -> None:
    _, damaged, seen = frame_worlds.planted(seed=1, genes=12, edges=16)
    turn, expected = KINDS[kind]
    refined, audited = (job(turn(damaged), turn(seen)) for job in (kgp.refine, kgp.audit))
    for table in (refined.network, refined.edits, audited.edges, audited.regulators):
        assert isinstance(table, expected)
    columns = {name: list(refined.edits[name]) for name in ("source", "target", "after")}
    if kind == "pyarrow":
        columns = {name: refined.edits[name].to_pylist() for name in columns}
    same = kgp.refine(damaged, seen).edits
    assert columns == {name: same[name].to_list() for name in columns}


def test_pandas_rows_are_read_whatever_their_index() -> None:
    _, damaged, seen = frame_worlds.planted(seed=1, genes=12, edges=16)
    shuffled = seen.to_pandas().assign(gene=lambda table: table["gene"].astype("category"))
    shuffled.index = [7] * len(shuffled)
    assert kgp.refine(damaged, shuffled).network.equals(kgp.refine(damaged, seen).network)


def test_whole_numbers_are_identifiers() -> None:
    net = pl.DataFrame({"source": [7157, 7157], "target": [1026, 4193], "weight": [1, 1]})
    seen = pl.DataFrame({"perturbation": ["-7157"], "gene": [1026], "response": [-1]})
    assert kgp.audit(net, seen).report.verdicts["confirmed"] == 1
