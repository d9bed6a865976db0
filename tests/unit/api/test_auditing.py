"""An audit in a store: a world that is worked out by hand, its files, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from kgp.api.audit_files import select_edges, write_audit
from kgp.api.auditing import AuditOptions, audit, find_regulator, read_where
from kgp.api.runs import load_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import BadInputError, UsageError
from kgp.platform.grn import changed_edge, new_version
from kgp.report.content import AuditSummary
from kgp.testing import SourceBuilder
from kgp.testing.loads import source_info
from tests.unit.api.worlds import GENES, NETWORK, SCREEN, gene_table, screen, write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def summary(toy: str, tmp_path_factory: pytest.TempPathFactory) -> AuditSummary:
    return audit(toy, NETWORK, SCREEN, out=tmp_path_factory.mktemp("audit"))


def test_every_signed_edge_gets_one_verdict(summary: AuditSummary) -> None:
    counts = {"confirmed": 2, "contradicted": 2, "silent": 1, "untestable": 2}
    assert summary.counts == counts


def test_testable_edges_are_listed_with_the_strongest_response_first(
    summary: AuditSummary,
) -> None:
    listed = [(e.regulator, e.target, e.sign, e.verdict, e.effect_z) for e in summary.edges]
    assert listed == [
        ("A", "B", 1, "confirmed", 10.0),
        ("A", "C", -1, "confirmed", -8.0),
        ("A", "D", 1, "contradicted", -6.0),
        # A knock-out under which the target rises speaks for repression.
        ("C", "B", 1, "contradicted", -6.0),
        ("A", "E", 1, "silent", None),
    ]
    assert {edge.datasets for edge in summary.edges} == {(SCREEN,)}


def test_enrichment_and_agreement_follow_from_the_counts(summary: AuditSummary) -> None:
    # Perturbed regulators A, C, I and measured genes A to G, no gene with itself: 19 pairs. Five
    # are edges, four of which respond, two with the right sign; of the 14 others three respond.
    assert summary.enrichment is not None
    assert summary.enrichment.edge_rate == pytest.approx(4 / 5)
    assert summary.enrichment.background_rate == pytest.approx(3 / 14)
    assert summary.enrichment.fold.value == pytest.approx((4 / 5) / (3 / 14))
    # At least 4 of the 7 responding among the 5 edges: (C(7,4) C(12,1) + C(7,5)) / C(19,5).
    assert summary.enrichment.p_value == pytest.approx((35 * 12 + 21) / 11628)
    assert summary.sign_agreement is not None
    assert summary.sign_agreement.value == 0.5


def test_an_audit_is_saved_beside_the_store_and_leaves_the_graph_alone(
    copied: Callable[[str], str],
) -> None:
    url = copied("toy")
    with open_store(url) as graph:
        before = graph.fingerprint()
    found = audit(url, NETWORK, SCREEN)
    assert load_result(AuditSummary, runs_root(url) / f"audit-{NETWORK}.json") == found
    with open_store(url) as graph:
        assert graph.fingerprint() == before


def test_an_older_version_is_audited_as_it_was(
    copied: Callable[[str], str], summary: AuditSummary, tmp_path: Path
) -> None:
    url = copied("toy")
    with open_store(url) as graph:
        turned = changed_edge(GENES["A"], GENES["D"], "transcriptional", -1, 0.9, {})
        graph.commit_version(new_version(NETWORK, 1, "refine", {}, "", {}), [turned])
    now = audit(url, NETWORK, SCREEN, out=tmp_path / "now")
    assert (now.version, now.counts["confirmed"], now.counts["contradicted"]) == (2, 3, 1)
    assert audit(url, NETWORK, SCREEN, AuditOptions(1), out=tmp_path / "then") == summary


def test_where_nothing_can_be_tested_no_rate_is_claimed(tmp_path: Path) -> None:
    only = SourceBuilder(source_info("trrust"))
    only.regulates("untested", GENES["F"], GENES["G"], 1)
    only.regulates("untested", GENES["B"], GENES["C"], 1)
    only.regulates("untested", GENES["D"], GENES["A"], 1)
    url = write_store(tmp_path / "one.duckdb", [gene_table(), only.loader(), screen()])
    found = audit(url, "untested", SCREEN)
    assert found.counts["untestable"] == 3
    assert (found.enrichment, found.sign_agreement, found.edges) == (None, None, ())


@pytest.mark.parametrize(("name", "responses"), [("tow", SCREEN), (NETWORK, "scream")])
def test_an_unknown_name_is_answered_with_the_known_ones(
    toy: str, tmp_path: Path, name: str, responses: str
) -> None:
    with pytest.raises(BadInputError, match=r"Did you mean: (toy|screen)"):
        audit(toy, name, responses, out=tmp_path)
    assert not list(tmp_path.iterdir())


def test_repeats_without_a_study_or_controls_are_independent(summary: AuditSummary) -> None:
    assert (summary.signatures, summary.independent) == (16, 16)
    assert summary.edges[0].independent == 4


def test_z_scores_are_combined_with_error_one(summary: AuditSummary) -> None:
    # A moves B by 10, 5, 5, 5: Q = 18.75, tau2 = (18.75 - 3) / (4 - 1) = 5.25, so the error is
    # sqrt(6.25 / 4) = 1.25 and the interval 6.25 +- 1.96 * 1.25.
    effect = summary.edges[0].effect
    assert effect is not None
    assert effect.value == pytest.approx(6.25)
    assert (effect.low, effect.high) == pytest.approx((3.80, 8.70), abs=0.005)
    assert summary.edges[0].holds


def test_a_knock_out_counts_as_the_opposite(summary: AuditSummary) -> None:
    edge = next(e for e in summary.edges if (e.regulator, e.target) == ("C", "B"))
    assert edge.effect is not None
    assert edge.effect.value == pytest.approx(-3.75)
    assert (edge.agreeing, edge.opposing, edge.sign) == (0, 4, 1)


def test_responses_without_a_path_are_told_with_their_effects(summary: AuditSummary) -> None:
    found = [(m.regulator, m.target, m.sign, m.experiments) for m in summary.missing]
    assert found == [("A", "G", 1, 4), ("I", "F", 1, 4), ("I", "G", -1, 4)]
    assert summary.missing_total == 3
    assert summary.missing[0].effect is not None
    assert summary.missing[0].effect.value == pytest.approx(7.5)


def test_regulators_that_were_perturbed_are_summed_up(summary: AuditSummary) -> None:
    rows = {
        r.regulator: (r.confirmed, r.contradicted, r.silent, r.untestable, r.responding, r.missing)
        for r in summary.regulators
    }
    assert rows == {"A": (2, 1, 1, 0, 4, 1), "C": (0, 1, 0, 0, 1, 0), "I": (0, 0, 0, 1, 2, 2)}


def test_a_network_of_seven_edges_is_too_small_to_be_called_enriched(
    summary: AuditSummary,
) -> None:
    assert summary.enrichment is not None
    assert summary.enrichment.is_enriched is False
    assert any("say nothing about this network" in remark for remark in summary.remarks)


def test_edges_are_chosen_and_ordered(toy: str, summary: AuditSummary) -> None:
    regulator = find_regulator(toy, "A")
    against = select_edges(summary, regulator=regulator, verdict="contradicted")
    assert [(e.regulator, e.target) for e in against.edges] == [("A", "D")]
    assert {r.regulator for r in against.regulators} == {"A"}
    assert {m.regulator for m in against.missing} == {"A"}
    assert against.counts == summary.counts
    named = [e.regulator for e in select_edges(summary, sort="regulator").edges]
    assert named == sorted(named)
    certain = [e.q_value or 0 for e in select_edges(summary, sort="q").edges]
    assert certain == sorted(certain)


@pytest.mark.parametrize("choice", [{"verdict": "right"}, {"sort": "size"}])
def test_an_unknown_choice_is_refused(summary: AuditSummary, choice: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="Unknown"):
        select_edges(summary, **choice)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_edges_are_written_as_a_table(tmp_path: Path, summary: AuditSummary, ending: str) -> None:
    path = tmp_path / f"audit.{ending}"
    write_audit(path, summary)
    table = pl.read_csv(path) if ending == "csv" else pl.read_parquet(path)
    assert table["verdict"].to_list() == [edge.verdict for edge in summary.edges]
    first = table.row(0, named=True)
    assert (first["regulator_id"], first["target_id"]) == (GENES["A"], GENES["B"])
    assert first["effect"] == pytest.approx(6.25)
    assert first["effect_low"] < first["effect"] < first["effect_high"]


def test_all_of_an_audit_is_written_as_json(tmp_path: Path, summary: AuditSummary) -> None:
    write_audit(tmp_path / "audit.json", summary)
    assert load_result(AuditSummary, tmp_path / "audit.json") == summary
    assert json.loads((tmp_path / "audit.json").read_text())["missing_total"] == 3


def test_another_ending_is_refused(tmp_path: Path, summary: AuditSummary) -> None:
    with pytest.raises(UsageError, match=r"Valid are \.csv, \.parquet, \.json"):
        write_audit(tmp_path / "audit.xlsx", summary)


def test_a_context_is_key_and_value() -> None:
    assert read_where(["medium=M9", "cell = K562"], "toy") == {"medium": "M9", "cell": "K562"}


@pytest.mark.parametrize("given", [["M9"], ["=M9"], ["medium="], ["medium=M9", "medium=LB"]])
def test_another_context_is_refused(given: list[str]) -> None:
    with pytest.raises(UsageError, match=r"is not KEY=VALUE|comes twice"):
        read_where(given, "toy")


@pytest.mark.parametrize("rate", [0.0, 1.0, -1.0])
def test_a_false_discovery_rate_lies_between_zero_and_one(
    toy: str, tmp_path: Path, rate: float
) -> None:
    with pytest.raises(UsageError, match="false discovery rate"):
        audit(toy, NETWORK, SCREEN, AuditOptions(alpha=rate), out=tmp_path)
