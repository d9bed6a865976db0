"""Loading as a user does who asks first, or who may not use everything."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

HEADER = "tf\ttarget\tmor\tpubmed_id\n"
KG = (
    "relation,display_relation,x_index,x_id,x_type,x_name,x_source,"
    "y_index,y_id,y_type,y_name,y_source\n"
    "protein_protein,ppi,0,7157,gene/protein,TP53,NCBI,1,4193,gene/protein,MDM2,NCBI\n"
)
WORLD = """\
[[load]]
source = "trrust"
files = ["net.tsv"]

[[load]]
source = "primekg"
files = ["kg.csv"]
options = { license = "CC-BY-NC-4.0" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.tsv").write_text(HEADER + "MYC\tCDK4\t1\t1\nMYC\tCDK6\tstrong\t1\n")
    (tmp_path / "kg.csv").write_text(KG)
    (tmp_path / "world.toml").write_text(WORLD)
    return tmp_path


def test_a_dry_run_says_what_would_come_in_and_what_would_be_dropped(
    run: Run, folder: Path
) -> None:
    before = sorted(folder.iterdir())
    done = run("load", "trrust", "net.tsv", "--dry-run")
    assert done.code == 0
    rows = {tuple(line.rsplit(maxsplit=1)) for line in done.out.splitlines() if line.strip()}
    assert {("rows in", "2"), ("rows kept", "1"), ("network trrust", "1")} <= rows
    assert "would be dropped, mode of regulation" in done.out
    assert "nothing was loaded: this was a dry run" in done.out
    assert sorted(path for path in folder.iterdir() if path.name != "logs") == before


def test_a_dry_run_as_json_holds_the_same(run: Run, folder: Path) -> None:
    found = run("load", "trrust", "net.tsv", "--dry-run", "--json").json
    assert (found["rows_in"], found["rows_kept"], found["rows_merged"]) == (2, 1, 0)
    assert found["content"]["networks"] == {"trrust": 1}
    assert found["content"]["relationships"] == {"REGULATES": 1}
    assert "published" not in found


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x1f\x8b broken", b"\xff\xfe\x00"])
def test_a_dry_run_of_a_bad_file_is_one_clear_error(run: Run, folder: Path, content: bytes) -> None:
    (folder / "bad.tsv").write_bytes(content)
    done = run("load", "trrust", "bad.tsv", "--dry-run", "--progress", "none")
    assert done.code == 3
    assert done.err.startswith("kgp: ")
    assert "Traceback" not in done.err
    assert not (folder / "kgp.duckdb").exists()


def test_above_the_drop_threshold_nothing_is_written(run: Run, folder: Path) -> None:
    done = run("load", "trrust", "net.tsv", "--max-dropped", "0.4")
    assert done.code == 3
    assert "1 of 2 rows would be dropped" in done.err
    assert "nothing was written" in done.err
    assert not (folder / "kgp.duckdb").exists()
    assert not (folder / "kgp.duckdb.staging").exists()
    assert run("load", "trrust", "net.tsv", "--max-dropped", "0.5").code == 0


def test_the_account_shows_every_count_and_examples(run: Run, folder: Path) -> None:
    done = run("load", "trrust", "net.tsv")
    table = [line for line in done.out.splitlines() if line[:1] != " " and line[-1:].isdigit()]
    labels = [line.rsplit(maxsplit=1)[0] for line in table]
    assert labels[:3] == ["rows in", "rows kept", "rows merged"]
    assert any(label.startswith("dropped: ") for label in labels)
    assert labels[-2:] == ["nodes", "relationships"]
    assert "such as MYC CDK6" in done.out


def test_a_source_that_may_not_be_used_is_refused_before_it_is_read(run: Run, folder: Path) -> None:
    given = ("primekg", "kg.csv", "--option", "license=CC-BY-NC-4.0", "--license", "commercial")
    done = run("load", *given)
    assert done.code == 3
    assert "licence CC-BY-NC-4.0 is not for commercial use; nothing was read" in done.err
    assert "Try: kgp load primekg … --license academic" in done.err
    assert not (folder / "kgp.duckdb").exists()
    assert run("load", *given[:-1], "academic").code == 0


def test_of_a_world_the_rest_is_loaded_and_what_was_left_out_is_said(
    run: Run, folder: Path
) -> None:
    done = run("load", "--world", "world.toml", "--license", "commercial")
    assert done.code == 0
    assert "Left out: world.toml, load 2 (line 5): PrimeKG: licence CC-BY-NC-4.0" in done.out
    assert [s["source"] for s in run("stats", "--json").json["sources"]] == ["trrust"]


def test_what_was_left_out_of_a_world_is_part_of_the_json(run: Run, folder: Path) -> None:
    reports = run("load", "--world", "world.toml", "--license", "commercial", "--json").json
    assert reports[0]["use"] == "commercial"
    assert (reports[1]["source"], reports[1]["license"]) == ("primekg", "CC-BY-NC-4.0")


def test_a_world_can_be_tried(run: Run, folder: Path) -> None:
    done = run("load", "--world", "world.toml", "--dry-run")
    assert done.code == 0
    assert done.out.count("this was a dry run") == 2
    assert not (folder / "kgp.duckdb").exists()


BAD = {
    "unknown use": (("trrust", "net.tsv", "--license", "comercial"), "Did you mean: commercial"),
    "unknown source": (("trust", "net.tsv", "--dry-run"), "Did you mean: trrust"),
    "options beside a world": (("--world", "world.toml", "--name", "x"), "--name cannot be given"),
    "files beside a world": (
        ("--world", "world.toml", "--option", "a=b"),
        "--option cannot be given beside --world",
    ),
    "guess of another source": (("trrust", "net.tsv", "--guess"), "for the source 'table'"),
    "layer of a source without": (("primekg", "kg.csv", "--layer", "x"), "Unknown option"),
    "map of a source without": (("primekg", "kg.csv", "--map", "x"), "Unknown role"),
}


@pytest.mark.parametrize(("given", "said"), BAD.values(), ids=BAD.keys())
def test_a_wrong_request_is_one_clear_error(
    run: Run, folder: Path, given: tuple[str, ...], said: str
) -> None:
    done = run("load", *given, "--progress", "none")
    assert done.code == 2
    assert said in done.err
    assert "\nTry: " in done.err
    assert not (folder / "kgp.duckdb").exists()


def test_the_layer_of_a_network_can_be_stated(run: Run, folder: Path) -> None:
    run("load", "trrust", "net.tsv", "--layer", "signalling")
    assert run("grn", "show", "trrust", "--json").json[0]["layer"] == "signalling"


def test_stats_report_orphans_hubs_duplicates_and_licences(run: Run, folder: Path) -> None:
    kg = KG + KG.splitlines()[1].replace(",1,4193,", ",1,4194,") + "\n"
    with gzip.open(folder / "kg.csv.gz", "wt") as file:
        file.write(kg)
    run("load", "primekg", "kg.csv.gz", "--option", "license=CC-BY-NC-4.0")
    run("load", "trrust", "net.tsv")
    found = run("stats", "--json").json
    (genes,) = found["summary"]["degrees"]
    assert genes["hubs"][0] == {"id": "ncbigene:7157", "name": "TP53", "degree": 2}
    assert found["summary"]["shared_names"][0]["examples"] == ["MDM2"]
    said = run("stats").out
    assert "CC-BY-NC-4.0" in said
    assert any(line.endswith("academic, commercial") for line in said.splitlines())
    assert all(len(line) <= 100 for line in said.splitlines())


def test_sources_fit_into_eighty_columns(run: Run, folder: Path) -> None:
    lines = run("sources").out.splitlines()
    assert [line for line in lines if len(line) > 79 and "http" not in line] == []
    assert any(line.startswith("bindingdb") and line.endswith("kgp fetch") for line in lines)
    assert any("to get it: Sign the licence" in line for line in lines)


def test_one_source_is_shown_in_full(run: Run, folder: Path) -> None:
    run("load", "trrust", "net.tsv", "--version", "2")
    said = run("sources", "trrust").out
    for part in ("CC-BY-SA-4.0 (use: academic, commercial)", "Han H et al.", "loaded   2"):
        assert part in said
    assert "$ kgp load trrust" in said
    assert run("sources", "trrust", "--json").json["loaded"] == ["2"]
    unknown = run("sources", "trust")
    assert unknown.code == 2
    assert "Did you mean: trrust" in unknown.err
