"""The commands on networks: audit, refine, and versions that are never rewritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

PLANTED = "trrust-planted"


def test_audit_puts_every_edge_into_one_verdict(built: Path) -> None:
    found = json.loads((built / "audit.out").read_text())
    assert found["counts"]["confirmed"] > 0
    assert found["counts"]["untestable"] > found["counts"]["silent"] > 0
    tested = [e for e in found["edges"] if e["verdict"] == "confirmed"]
    assert len(tested) == found["counts"]["confirmed"]


def test_audit_says_that_it_changes_nothing(run: Run, unchanged: str) -> None:
    arguments = ("--responses", "lincs-overexpression", "--store", unchanged, "--limit", "3")
    said = run("grn", "audit", "trrust", *arguments).out
    assert "trrust version 1 held against lincs-overexpression" in said
    assert "Nothing was changed: an audit reads only." in said


def test_refine_against_a_planted_truth_beats_doing_nothing(built: Path) -> None:
    found = json.loads((built / "refine.out").read_text())
    assert found["version"] == 2
    assert all(score["refined"] > score["nothing"] for score in found["summary"]["scores"])
    assert found["summary"]["planted"]["seed"] == 7
    assert len(found["changes"]) == found["summary"]["n_edits"]


def test_refine_writes_nothing_unless_told(run: Run, unchanged: str) -> None:
    planted = ("--planted", "0.05", "--max-length", "1", "--limit", "2")
    done = run("refine", "trrust", *planted, "--store", unchanged)
    assert done.code == 0
    assert done.out.startswith("PLANTED TRUTH: trrust damaged at p = 0.05 with seed 1")
    assert "add --write to keep this" in done.out


def test_log_shows_the_newest_version_first(run: Run, store: str) -> None:
    rows = run("grn", "log", PLANTED, "--store", store).out.splitlines()[3:5]
    assert [row.split()[:3] for row in rows] == [["2", "1", "refine"], ["1", "0", "import"]]
    versions = run("grn", "log", PLANTED, "--store", store, "--json").json
    assert [v["version"] for v in versions] == [1, 2]


def test_log_without_a_network_lists_the_networks(run: Run, store: str) -> None:
    assert PLANTED in run("grn", "log", "--store", store).out


def test_show_limits_its_rows_and_json_does_not(run: Run, store: str) -> None:
    some = run("grn", "show", "trrust", "--limit", "5", "--store", store)
    every = run("grn", "show", "trrust", "--store", store, "--json").json
    assert some.out.startswith(f"trrust: {len(every):,} edges")
    assert f"and {len(every) - 5:,} more" in some.err


def test_show_one_regulator(run: Run, store: str) -> None:
    found = run("grn", "show", "trrust", "--regulator", "MYC", "--store", store, "--json").json
    assert {edge["src"] for edge in found} == {"ncbigene:4609"}


def test_diff_holds_exactly_the_changed_edges(run: Run, store: str, built: Path) -> None:
    changes = json.loads((built / "refine.out").read_text())["changes"]
    found = run("grn", "diff", PLANTED, "1", "2", "--store", store, "--json").json
    assert len(found) == len(changes)
    assert (
        f"{len(found)} edges differ" in run("grn", "diff", PLANTED, "1", "2", "--store", store).out
    )


def test_explain_tells_what_changed_an_edge(run: Run, store: str, built: Path) -> None:
    change = json.loads((built / "refine.out").read_text())["changes"][0]
    ends = (change["regulator"], change["target"])
    said = run("grn", "explain", PLANTED, *ends, "--store", store).out
    assert said.startswith(f"{ends[0]} (ncbigene:")
    assert "version 2" in said
    assert run("grn", "explain", PLANTED, *ends, "--store", store, "--json").json["head"] == 2


def test_rollback_is_a_new_version_equal_to_the_old_one(run: Run, own_store: str) -> None:
    done = run("grn", "rollback", PLANTED, "1", "--store", own_store)
    assert done.out == f"{PLANTED} is at version 3, which equals version 1.\n"
    assert run("grn", "diff", PLANTED, "1", "3", "--store", own_store, "--json").json == []


def test_fork_starts_a_history_of_its_own(run: Run, own_store: str) -> None:
    arguments = ("grn", "fork", "trrust", "trrust-k562", "--context", "cell=K562")
    assert run(*arguments, "--store", own_store, "--json").json["version"] == 1
    listed = run("grn", "log", "--store", own_store, "--json").json
    fork = next(n for n in listed if n["name"] == "trrust-k562")
    assert (fork["forked_from"], fork["context"]) == ("trrust@1", "cell=K562")


def test_export_writes_every_edge_in_each_format(run: Run, store: str, tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        file = tmp_path / f"network.{ending}"
        done = run("grn", "export", "trrust", file, "--store", store, "--json")
        frame = pl.read_csv(file) if ending == "csv" else pl.read_parquet(file)
        assert frame.columns[:3] == ["source", "target", "weight"]
        assert len(frame) == done.json["edges"]


def test_export_writes_what_other_tools_read(run: Run, store: str, tmp_path: Path) -> None:
    for ending in ("sif", "graphml", "gmt"):
        file = tmp_path / f"network.{ending}"
        arguments = ("--version", "1", "--ids", "symbol", "--store", store)
        done = run("grn", "export", PLANTED, file, *arguments)
        assert done.code == 0
        assert "MYC" in file.read_text()
        assert f"edges of {PLANTED} version 1" in done.out


def test_a_fork_of_a_version_that_is_not_there_is_one_clear_error(run: Run, unchanged: str) -> None:
    arguments = ("grn", "fork", PLANTED, "fork", "--context", "cell=K562", "--version", "9")
    done = run(*arguments, "--store", unchanged)
    assert done.code == ExitCode.BAD_INPUT
    assert f"Network {PLANTED!r} has no version 9." in done.err
    assert "Valid are 1 to 2." in done.err


def test_changed_regulators_are_found_with_their_drugs(run: Run, store: str) -> None:
    found = run("query", "drugs-on-changed-regulators", PLANTED, "--store", store, "--json")
    assert found.code == 0
    assert all(row["changed_targets"] > 0 for row in found.json)
