"""Every command once, as a user types it: what it says is what the graph holds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

DRUG = "drugbank:DB00675"


def test_load_accounts_for_every_row_of_a_world(built: Path) -> None:
    said = (built / "load.out").read_text()
    assert "TRRUST v2 2 (CC-BY-SA-4.0)" in said
    assert ["rows", "kept", "7,041"] in [line.split() for line in said.splitlines()]
    assert "Synthetic world in the EcoCyc format" in said


def test_load_reports_progress_on_standard_error(built: Path) -> None:
    steps = (built / "load.err").read_text().splitlines()
    assert [line.split()[:2] for line in steps if line.startswith("read")] == [
        ["read", name]
        for name in (
            "gene-info",
            "drugbank-vocabulary",
            "lincs-compounds",
            "bindingdb",
            "lincs",
            "lincs-overexpression",
            "trrust",
            "ecocyc-synthetic",
        )
    ]


def test_loading_the_same_file_again_adds_nothing(run: Run, unchanged: str, built: Path) -> None:
    file = built / "trrust_hs.tsv.gz"
    again = run("load", "trrust", file, "--version", "2", "--store", unchanged, "--json")
    assert again.code == 0
    assert again.json["published"]["repeated"] is True


def test_load_names_what_it_dropped(run: Run, tmp_path: Path) -> None:
    lines = ["format-version: 1.2", "", "[Term]", "id: GO:0000001", "name: inheritance"]
    lines += ["namespace: biological_process", "relationship: occurs_in GO:0000002", ""]
    (tmp_path / "tiny.obo").write_text("\n".join(lines))
    done = run("load", "go", "tiny.obo")
    assert done.code == 0
    assert "dropped: relation occurs_in is not followed" in done.out
    assert "such as GO:0000001 occurs_in GO:0000002" in done.out


def test_abort_removes_interrupted_loads(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kgp.duckdb.staging" / "abc").mkdir(parents=True)
    assert "Removed 1 interrupted load" in run("load", "--abort").out
    assert run("load", "--abort", "--json").json == {"removed": []}


def test_sources_lists_licence_and_command(run: Run) -> None:
    line = next(x for x in run("sources").out.splitlines() if x.startswith("trrust"))
    assert "CC-BY-SA-4.0" in line
    assert "kgp load trrust PATH" in run("sources", "trrust").out


def test_sources_tells_which_versions_are_loaded(run: Run, store: str) -> None:
    listed = {spec["name"]: spec["loaded"] for spec in run("sources", "--json").json}
    assert set(map(tuple, listed.values())) == {()}
    listed = {s["name"]: s["loaded"] for s in run("sources", "--store", store, "--json").json}
    stated = {
        record["source"] for record in run("stats", "--store", store, "--json").json["sources"]
    }
    assert {name for name, versions in listed.items() if versions} == stated & set(listed)
    assert listed["trrust"]


def test_find_prefers_the_literal_match(run: Run, store: str) -> None:
    found = run("find", "TP53", "--store", store, "--json").json
    assert found[0]["id"] == "ncbigene:7157"
    assert "ncbigene:7157" in run("find", "p53", "--store", store).out


def test_stats_counts_nodes_relationships_and_networks(run: Run, store: str) -> None:
    found = run("stats", "--store", store, "--json").json
    assert found["nodes"]["Drug"] > 500
    assert found["relationships"]["REGULATES"] > 7000
    assert [n["name"] for n in found["networks"]] == [
        "synthetic-bacterium",
        "trrust",
        "trrust-planted",
    ]
    assert f"Fingerprint {found['fingerprint']}" in run("stats", "--store", store).out


def test_embed_covers_drugs_and_says_which_have_no_structure(built: Path) -> None:
    (done,) = json.loads((built / "embed.out").read_text())
    assert done["vectors"]["node_type"] == "Drug"
    assert done["vectors"]["covered"] + done["missing"] + done["rejected"] == done["nodes"]


def test_embedding_twice_is_one_embedding(run: Run, unchanged: str) -> None:
    assert "there already" in run("embed", "morgan", "--store", unchanged).out


def test_snapshot_names_the_graph_it_was_made_of(run: Run, store: str, tmp_path: Path) -> None:
    first = run("snapshot", tmp_path / "out", "--store", store, "--json").json
    assert first["fingerprint"] == run("stats", "--store", store, "--json").json["fingerprint"]
    again = run("snapshot", tmp_path / "out", "--store", store)
    assert f"Snapshot {first['path']}" in again.out
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_query_lists_its_questions(run: Run) -> None:
    assert "targets-of" in run("query").out
    assert {"drugs-targeting", "regulators-of"} <= {q["name"] for q in run("query", "--json").json}


def test_query_answers_by_symbol(run: Run, store: str) -> None:
    found = run("query", "targets-of", "MYC", "trrust", "--store", store, "--json").json
    assert {"target": "CDK4", "effect": "activation"}.items() <= next(
        row for row in found if row["target"] == "CDK4"
    ).items()
    drugs = run("query", "drugs-targeting", "ESR1", "--store", store)
    assert "Tamoxifen" in drugs.out
    assert DRUG in drugs.out


def test_doctor_looks_at_extras_disk_and_store(run: Run, store: str) -> None:
    checks = {c["name"]: c for c in run("doctor", "--store", store, "--json").json}
    assert checks["store"]["state"] == "ok"
    assert checks["disk"]["found"].count("GB free") == 1
    assert "extra train" in run("doctor", "--store", store).out


def test_doctor_does_not_mind_that_there_is_no_store_yet(run: Run) -> None:
    done = run("doctor")
    assert done.code == 0
    assert "kgp load SOURCE PATH" in done.out


def test_version_is_that_of_the_package(run: Run) -> None:
    from kgp import __version__

    assert run("--version").out == f"kgp {__version__}\n"
