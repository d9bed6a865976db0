"""Auditing, explaining and forking a network that is worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.api.networks import audit, explain_edge, fork_network
from kgp.api.refining import RefineOptions, refine
from kgp.api.runs import load_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import BadInputError, UsageError
from kgp.platform import grn
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
    refine(url, NETWORK, RefineOptions(SCREEN), write=True)
    now = audit(url, NETWORK, SCREEN, out=tmp_path / "now")
    assert now.counts["contradicted"] == 0
    assert audit(url, NETWORK, SCREEN, version=1, out=tmp_path / "then") == summary


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


def test_an_edge_is_explained_by_symbols_with_its_whole_history(
    copied: Callable[[str], str],
) -> None:
    url = copied("toy")
    refine(url, NETWORK, RefineOptions(SCREEN), write=True)
    found = explain_edge(url, NETWORK, "A", "D")
    assert (found.regulator, found.target) == (GENES["A"], GENES["D"])
    assert (found.regulator_name, found.target_name, found.head) == ("A", "D", 2)
    assert [(s["sign"], s["since"], s["until"]) for s in found.states] == [(1, 1, 2), (-1, 2, None)]
    assert found.states[0]["evidence"] == {"pubmed": ["1"]}
    assert found.states[0]["end_evidence"]["kind"] == "flipped"
    assert list(found.ends) == [2]
    assert found.ends[2].startswith("version 2 (refine, ")


def test_a_pair_without_an_edge_has_no_history(toy: str) -> None:
    assert explain_edge(toy, NETWORK, "G", GENES["A"]).states == []


def test_a_name_that_means_nothing_is_refused(toy: str) -> None:
    with pytest.raises(BadInputError, match="means no node"):
        explain_edge(toy, NETWORK, "A", "ZZZ")


def test_a_fork_is_the_same_network_under_its_own_name(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    version = fork_network(url, NETWORK, "toy-k562", "cell=K562")
    assert (version.version, version.parameters["context"]) == (1, "cell=K562")
    with open_store(url) as graph:
        ours, theirs = (grn.edges(graph, name) for name in (NETWORK, "toy-k562"))
    assert {k: e.sign for k, e in ours.items()} == {k: e.sign for k, e in theirs.items()}


def test_a_fork_begins_with_the_version_that_is_named(copied: Callable[[str], str]) -> None:
    url = copied("toy")
    with open_store(url) as graph:
        before = {key: edge.sign for key, edge in grn.edges(graph, NETWORK).items()}
        gone = grn.changed_edge(GENES["A"], GENES["C"], "transcriptional", 0, 0.5, {})
        grn.commit(graph, grn.new_version(NETWORK, 1, "refine", {}, "", {}), [gone])
    fork_network(url, NETWORK, "toy-old", "cell=K562", version=1)
    with open_store(url) as graph:
        assert {k: e.sign for k, e in grn.edges(graph, "toy-old").items()} == before
        assert graph.grns()[1].forked_from == f"{NETWORK}@1"


@pytest.mark.parametrize("version", [0, 2])
def test_a_fork_of_a_version_that_is_not_there_writes_nothing(toy: str, version: int) -> None:
    with open_store(toy) as graph:
        before = graph.fingerprint()
    with pytest.raises(BadInputError, match=f"has no version {version}.*\n.*1 to 1") as raised:
        fork_network(toy, NETWORK, "fork", "cell=K562", version=version)
    assert raised.value.command == f"kgp grn log {NETWORK}"
    with open_store(toy) as graph:
        assert graph.fingerprint() == before
        assert [record.name for record in graph.grns()] == [NETWORK]


@pytest.mark.parametrize("context", ["K562", "cell=", "=K562", ""])
def test_a_context_without_key_and_value_is_refused(toy: str, context: str) -> None:
    with pytest.raises(UsageError, match="is not KEY=VALUE"):
        fork_network(toy, NETWORK, "fork", context)
