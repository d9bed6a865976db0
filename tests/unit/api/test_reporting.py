"""The report of a store and its runs; what is missing names the command that makes it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from kgp.api.auditing import audit
from kgp.api.refining import RefineOptions, refine
from kgp.api.reporting import write_report
from kgp.api.runs import save_result
from kgp.api.stores import open_store, runs_root
from kgp.api.trained_run import Origin
from kgp.errors import BadInputError, UsageError
from tests.unit.api.worlds import NETWORK, SCREEN, write_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.api.conftest import Trained

MISSING = ("embedding", "models", "audit", "refinement", "changes", "attention")


def figures(url: str, out: Path, **choice: Any) -> tuple[str, dict[str, Any]]:
    """Write a report; return the page and the figures beside it."""
    written = write_report(url, out, **choice)
    assert (written.html, written.json) == (out, out.with_suffix(".json"))
    return written.html.read_text("utf-8"), json.loads(written.json.read_text("utf-8"))


def test_a_store_without_runs_says_which_command_makes_each_missing_section(
    toy: str, tmp_path: Path
) -> None:
    page, found = figures(toy, tmp_path / "new" / "report.html", runs=tmp_path / "none")
    assert all(found[name] is None for name in MISSING)
    commands = re.findall(
        r"Not computed\. <code>([^<]*)</code>", re.sub(r"\s+<code", " <code", page)
    )
    assert len(commands) == len(MISSING)
    for command in ("kgp embed", "kgp train", "kgp grn audit", "kgp refine"):
        assert any(known.startswith(command) for known in commands)


def test_an_empty_store_still_has_a_page(tmp_path: Path) -> None:
    url = write_store(tmp_path / "empty.duckdb", [])
    page, found = figures(url, tmp_path / "report.html")
    assert "Not computed." in page
    assert found["graph"] == {"nodes": {}, "relationships": {}, "degrees": []}
    assert found["sources"] == []


def test_the_graph_is_counted_as_in_stats(toy: str, tmp_path: Path) -> None:
    _, found = figures(toy, tmp_path / "report.html", runs=tmp_path)
    with open_store(toy) as graph:
        counts = graph.counts()
        assert found["fingerprint"] == graph.fingerprint()
    assert found["graph"]["nodes"] == counts.nodes
    assert found["graph"]["relationships"] == counts.relationships
    assert found["store"] == toy


def test_degrees_count_both_ends_and_isolated_nodes_but_no_signatures(
    toy: str, tmp_path: Path
) -> None:
    _, found = figures(toy, tmp_path / "report.html", runs=tmp_path)
    (genes,) = found["graph"]["degrees"]
    assert genes["node_type"] == "Gene"
    # PERTURBS 4 each on A, C, H, I; REGULATES: A 4 out and its loop twice, B 2 in 1 out, C 1 in
    # 1 out, D 1, E 2, F 1, G 1, H 1, I 1. So A 10, B 3, C 6, D 1, E 2, F 1, G 1, H 5, I 5.
    assert genes["degrees"] == [1, 2, 3, 5, 6, 10]
    assert genes["n_nodes"] == [3, 1, 1, 2, 1, 1]


def test_each_source_accounts_for_its_rows(toy: str, tmp_path: Path) -> None:
    _, found = figures(toy, tmp_path / "report.html", runs=tmp_path)
    assert [source["name"] for source in found["sources"]] == ["Gene-Info", "Screen", "Trrust"]
    for source in found["sources"]:
        dropped = sum(source["dropped"].values())
        assert source["rows_in"] == source["kept"] + source["merged"] + dropped
        assert source["synthetic"]
    assert found["sources"][2]["licence"] == "CC-BY-SA-4.0"


def test_saved_results_are_shown_with_the_same_figures(
    copied: Callable[[str], str], tmp_path: Path
) -> None:
    url = copied("toy")
    summary = audit(url, NETWORK, SCREEN)
    report = refine(url, NETWORK, RefineOptions(SCREEN, force=True), write=True)
    page, found = figures(url, tmp_path / "report.html")
    assert found["audit"]["counts"] == summary.counts
    assert found["refinement"]["n_edits"] == report.summary.n_edits
    assert len(found["changes"]["changes"]) == len(report.changes)
    assert page.count("Not computed.") == 3


def test_a_trained_run_adds_the_table_and_the_attention(trained: Trained, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    page, found = figures(trained.url, out, runs=trained.runs, drug="drug 7")
    assert found["models"]["reference"] == "mean response"
    assert found["attention"]["drug"] == "drug 7"
    assert "drug 7" in page


def test_an_unknown_drug_is_refused_and_no_page_is_written(
    trained: Trained, tmp_path: Path
) -> None:
    with pytest.raises(BadInputError, match="'drug 777' means no node"):
        write_report(trained.url, tmp_path / "r.html", runs=trained.runs, drug="drug 777")
    assert not list(tmp_path.iterdir())


def test_a_damaged_result_is_named_instead_of_left_out(toy: str, tmp_path: Path) -> None:
    save_result(tmp_path, "audit-toy", Origin("not", "an audit"))
    with pytest.raises(BadInputError, match=r"audit-toy\.json is no AuditSummary"):
        write_report(toy, tmp_path / "report.html", runs=tmp_path)


def test_a_page_needs_the_ending_of_a_page(toy: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is no \.html file") as caught:
        write_report(toy, tmp_path / "report.pdf")
    assert caught.value.command == f"kgp report {tmp_path / 'report.html'}"


def test_the_results_beside_the_store_are_taken_by_default(
    copied: Callable[[str], str], tmp_path: Path
) -> None:
    url = copied("toy")
    audit(url, NETWORK, SCREEN)
    assert (runs_root(url) / "audit-toy.json").exists()
    assert figures(url, tmp_path / "report.html")[1]["audit"]["network"] == NETWORK
