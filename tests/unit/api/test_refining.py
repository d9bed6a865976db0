"""Refining stored networks: what is changed, what is kept of it, and that nothing is else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.refining import RefineOptions, refine
from kgp.api.runs import load_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import UsageError
from kgp.platform import grn
from kgp.platform.queries import run_query
from kgp.report.content import ChangeSummary, RefinementSummary
from tests.unit.api.worlds import GENES, NETWORK, REPEATS, RESPONSES, SCREEN, files_in, url_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgp.api.refining import RefineReport
    from kgp.platform.grn import EdgeDiff

AGAINST_SCREEN = RefineOptions(responses=SCREEN, force=True)
"""Forced: five tested edges are too few to be enriched."""
PLANTED = RefineOptions(planted=0.3, seed=1)


def fingerprint(url: str) -> str:
    with open_store(url) as graph:
        return graph.fingerprint()


def query(url: str, name: str, *arguments: str) -> list[dict[str, object]]:
    with open_store(url) as graph:
        return run_query(graph, name, arguments).to_pylist()


def changes_of(url: str, name: str) -> list[EdgeDiff]:
    with open_store(url) as graph:
        return grn.diff(graph, name, 1, 2)


@pytest.fixture(scope="module")
def dry(toy: str) -> RefineReport:
    return refine(toy, NETWORK, AGAINST_SCREEN)


def test_what_several_experiments_agree_on_is_changed(dry: RefineReport) -> None:
    found = {(c.regulator, c.target): (c.before, c.after) for c in dry.changes}
    # A→E is silent too, but it is signalling, and its kind of edge is never edited.
    assert found == {("C", "B"): (1, -1), ("A", "D"): (1, -1)} | {
        ("A", "G"): (None, 1),
        ("I", "F"): (None, 1),
        ("I", "G"): (None, -1),
    }


def test_every_change_names_its_experiments_with_the_perturbed_gene(dry: RefineReport) -> None:
    flip = next(c for c in dry.changes if (c.regulator, c.target) == ("A", "D"))
    assert sorted(flip.supports) == [f"screen:A{n} (A)" for n in range(REPEATS)]
    assert flip.contradicts == ()
    assert flip.right is None
    confidences = [c.confidence for c in dry.changes]
    assert confidences == sorted(confidences, reverse=True)


def test_the_summary_counts_and_stands_beside_doing_nothing(dry: RefineReport) -> None:
    summary = dry.summary
    assert (summary.n_regulators, summary.n_measured, summary.n_edits) == (4, 3, 5)
    assert (summary.n_right, summary.planted, summary.version) == (None, None, None)
    (score,) = summary.scores
    assert score.refined < score.nothing


def test_how_well_sampled_chains_agree_is_told_and_kept(toy: str, tmp_path: Path) -> None:
    sampled = replace(AGAINST_SCREEN, method="posterior", max_length=1)
    found = refine(toy, NETWORK, sampled, out=tmp_path)
    assert found.summary.r_hat is not None
    assert any("R-hat of the number of edits" in line for line in found.lines)
    assert load_result(RefinementSummary, tmp_path / "refine-toy.json") == found.summary


def test_real_data_are_read_as_an_audit_where_refining_does_not_help(dry: RefineReport) -> None:
    assert dry.lines[0].startswith("toy version 1 against screen: 3 of 4 regulators")
    assert dry.lines[1].startswith("Effects are taken to travel along direct edges only")
    # No regulator is the target of another one's experiments: there is nothing to transfer.
    assert dry.summary.held_out.n_clusters == len(RESPONSES)
    assert dry.summary.held_out.helps is False
    assert "changes by +0.0000" in dry.lines[-2]
    assert "read this as an audit" in dry.lines[-1]
    assert dry.version is None
    assert dry.closing.startswith("Nothing was written; add --write")


@pytest.mark.parametrize(
    ("name", "network", "options"),
    [("toy", NETWORK, AGAINST_SCREEN), ("random", "random", PLANTED)],
)
def test_without_write_nothing_is_written(
    copied: Callable[[str], str], tmp_path: Path, name: str, network: str, options: RefineOptions
) -> None:
    url = copied(name)
    graph, files = fingerprint(url), set(files_in(tmp_path))
    report = refine(url, network, options)
    assert report.changes
    assert fingerprint(url) == graph
    assert set(files_in(tmp_path)) == files


def test_a_folder_for_the_result_can_be_had_without_writing_to_the_graph(
    copied: Callable[[str], str], tmp_path: Path
) -> None:
    url = copied("toy")
    graph, out = fingerprint(url), tmp_path / "results"
    report = refine(url, NETWORK, AGAINST_SCREEN, out=out)
    assert fingerprint(url) == graph
    assert load_result(RefinementSummary, out / "refine-toy.json") == report.summary
    assert load_result(ChangeSummary, out / "changes-toy.json").to_version == 2
    assert not runs_root(url).exists()


@pytest.fixture(scope="module")
def written(stores: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, RefineReport]:
    """Written once; the tests only read it."""
    url = url_of(shutil.copy(stores / "toy.duckdb", tmp_path_factory.mktemp("written")))
    return url, refine(url, NETWORK, AGAINST_SCREEN, write=True)


def test_written_changes_are_version_two_each_with_its_evidence(
    written: tuple[str, RefineReport],
) -> None:
    url, report = written
    assert report.version == 2
    assert report.closing.endswith("kgp grn diff toy 1 2")
    found = {(d.src, d.dst): d for d in changes_of(url, NETWORK)}
    assert set(found) == {tuple(GENES[g] for g in pair) for pair in ("CB", "AD", "AG", "IF", "IG")}
    for change in found.values():
        kept = change.after.evidence if change.after else change.before.end_evidence
        assert kept["kind"] in {"added", "flipped"}
        assert kept["gain"] > 0
        assert len(kept["supporting"]) == kept["n_supporting"] == REPEATS
        assert kept["contradicting"] == []
        assert kept["planted"] is False
        assert 0.5 < change.confidence <= 1


def test_a_signalling_edge_is_kept_although_its_target_is_silent(
    written: tuple[str, RefineReport],
) -> None:
    url, _ = written
    with open_store(url) as graph:
        (row,) = graph.edge_history(NETWORK, GENES["A"], GENES["E"])
    assert (row["layer"], row["since"], row["until"], row["sign"]) == ("signalling", 1, None, 1)


def test_every_changed_edge_can_be_walked_to_the_signatures_behind_it(
    written: tuple[str, RefineReport],
) -> None:
    url, report = written
    for change in report.changes:
        rows = query(url, "evidence-for", change.regulator, change.target, NETWORK)
        assert {row["role"] for row in rows} == {"supports"}
        assert {row["version"] for row in rows} == {2}
        assert all(row["gain"] > 0 for row in rows)
        named = {f"screen:{change.regulator}{n}" for n in range(REPEATS)}
        assert {row["signature"] for row in rows} == named
        with open_store(url) as graph:
            assert {node["type"] for node in graph.nodes(sorted(named))} == {"Signature"}


def test_edges_without_a_sign_and_self_loops_are_kept(written: tuple[str, RefineReport]) -> None:
    url, _ = written
    with open_store(url) as graph:
        now = grn.edges(graph, NETWORK)
    assert (GENES["A"], GENES["A"], "transcriptional") in now
    assert now[GENES["B"], GENES["E"], "signalling"].effect == "unknown"


def test_the_results_are_saved_for_the_report(written: tuple[str, RefineReport]) -> None:
    url, report = written
    assert load_result(RefinementSummary, runs_root(url) / "refine-toy.json") == report.summary
    changes = load_result(ChangeSummary, runs_root(url) / "changes-toy.json")
    assert changes.changes == report.changes
    # The unchanged edges around the regulators that changed most.
    around = {(e.regulator, e.target): e.sign for e in changes.unchanged}
    assert around == {("A", "B"): 1, ("A", "C"): -1, ("A", "E"): 1, ("I", "H"): 1}


def test_the_version_says_how_it_was_made(written: tuple[str, RefineReport]) -> None:
    url, _ = written
    with open_store(url) as graph:
        version = graph.grn_versions(NETWORK)[-1]
    assert (version.method, version.parent, version.metrics["edits"]) == ("refine", 1, 5)
    assert version.parameters["responses"] == SCREEN
    assert (version.parameters["confidence"], version.parameters["max_length"]) == (0.5, 1)
    assert (version.metrics["forced"], version.metrics["held_out_helps"]) == (True, False)
    assert len(version.data_hash) == 32


def test_a_refined_network_is_refined_from_its_head(written: tuple[str, RefineReport]) -> None:
    url, _ = written
    again = refine(url, NETWORK, AGAINST_SCREEN)
    assert again.summary.parent_version == 2
    done = {("C", "B"), ("A", "D"), ("A", "G"), ("I", "F"), ("I", "G")}
    assert not done & {(c.regulator, c.target) for c in again.changes}


@pytest.mark.parametrize("options", [RefineOptions(), RefineOptions(SCREEN, planted=0.1)])
def test_exactly_one_of_responses_and_planted_truth_is_asked_for(options: RefineOptions) -> None:
    with pytest.raises(UsageError, match="Name what to refine against") as caught:
        refine(None, NETWORK, options)
    assert "kgp refine toy" in caught.value.command


def test_asking_for_more_confidence_changes_less(stores: Path) -> None:
    url, against = url_of(stores / "damaged.duckdb"), RefineOptions("obedient", force=True)
    likely, sure = (
        refine(url, "damaged", replace(against, confidence=least)) for least in (0.5, 0.9)
    )
    assert 0 < len(sure.changes) < len(likely.changes)
    assert min(c.confidence for c in sure.changes) >= 0.9
