"""Files that kgp cannot use: one clear message, exit code 3, the graph as it was."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Completed, Run

HEADER = "tf\ttarget\tmor\tpubmed_id\n"


class Refused(Protocol):
    """Loads what must be refused."""

    def __call__(self, *arguments: str | Path) -> Completed: ...


@pytest.fixture
def refused(run: Run, unchanged: str) -> Refused:
    """Load files that must be refused; return what was said."""

    def load(*arguments: str | Path) -> Completed:
        done = run("load", *arguments, "--store", unchanged, "--progress", "none")
        assert done.code == 3, done.err
        assert done.out == ""
        assert done.err.startswith("kgp: ")
        assert "Traceback" not in done.err
        assert "\nTry: " in done.err
        assert not list(Path(unchanged.partition(":")[2] + ".staging").glob("*"))
        return done

    return load


def test_missing_file(refused: Refused) -> None:
    said = refused("trrust", "nowhere.tsv").err
    assert "nowhere.tsv does not exist" in said
    assert "Try: kgp load trrust PATH" in said


def test_folder_in_place_of_a_file(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "holds no file that trrust reads" in refused("trrust", "folder").err


def test_wrong_column(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "net.tsv").write_text(HEADER.replace("mor", "effect") + "MYC\tCDK4\t1\t1\n")
    said = refused("trrust", "net.tsv").err
    assert "has no column 'mor'; it has: tf, target, effect, pubmed_id" in said
    assert "Expected are the columns tf, target, mor" in said


def test_truncated_gzip(refused: Refused, tmp_path: Path, built: Path) -> None:
    whole = (built / "trrust_hs.tsv.gz").read_bytes()
    (tmp_path / "cut.tsv.gz").write_bytes(whole[: len(whole) // 2])
    said = refused("trrust", "cut.tsv.gz", "--name", "cut").err
    assert "cut.tsv.gz ends early or is damaged" in said
    assert "the download was probably cut off" in said


@pytest.mark.parametrize("content", ["", HEADER], ids=["no byte", "header only"])
def test_empty_source(refused: Refused, tmp_path: Path, content: str) -> None:
    with gzip.open(tmp_path / "net.tsv.gz", "wt") as file:
        file.write(content)
    said = refused("trrust", "net.tsv.gz", "--name", "empty").err
    assert "net.tsv.gz" in said
    assert "empty" in said or "no rows" in said


def test_sign_that_is_no_number(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "net.tsv").write_text(HEADER + "MYC\tCDK4\tstrong\t1\n")
    said = refused("trrust", "net.tsv", "--name", "odd").err
    assert "1 of 1 rows would be dropped" in said
    assert "mode of regulation is not -1, 0 or 1: 1 (such as MYC CDK4" in said


def test_more_dropped_than_allowed(refused: Refused, tmp_path: Path) -> None:
    rows = "MYC\tCDK4\t1\t1\nMYC\tCDK6\tstrong\t1\n"
    (tmp_path / "net.tsv").write_text(HEADER + rows)
    said = refused("trrust", "net.tsv", "--name", "odd", "--max-dropped", "0.4").err
    assert "1 of 2 rows would be dropped" in said
    assert "At most 40% may be dropped; nothing was written" in said


def test_name_that_is_taken(refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "net.tsv").write_text(HEADER + "MYC\tCDK4\t1\t1\n")
    said = refused("trrust", "net.tsv").err
    assert "a network called 'trrust' already" in said
    assert "--name trrust-2" in said


def test_gene_that_nothing_resolves_keeps_its_own_identifier(
    run: Run, own_store: str, tmp_path: Path
) -> None:
    (tmp_path / "net.tsv").write_text(HEADER + "NOSUCHGENE\tCDK4\t1\t1\n")
    run("load", "trrust", "net.tsv", "--name", "odd", "--store", own_store)
    (edge,) = run("grn", "show", "odd", "--store", own_store, "--json").json
    assert (edge["src"], edge["dst"]) == ("hgnc.symbol:NOSUCHGENE", "ncbigene:1019")


def test_gzip_is_known_by_its_content_not_its_name(
    run: Run, own_store: str, tmp_path: Path
) -> None:
    (tmp_path / "net.tsv.gz").write_text(HEADER + "MYC\tCDK4\t1\t1\n")
    done = run("load", "trrust", "net.tsv.gz", "--name", "odd", "--store", own_store, "--json")
    assert done.json["rows_kept"] == 1


WORLDS = {
    "not TOML": ('[[load]]\nsource = "go\n', "is not TOML", "line 2"),
    "field missing": ('\n[[load]]\nsource = "go"\n', "load 1 (line 2), field 'files'", "required"),
    "field too many": (
        '[[load]]\nsource = "go"\nfiles = ["x"]\nfile = 1\n',
        "load 1 (line 1), field 'file'",
        "Extra inputs",
    ),
    "nothing in it": ("", "field 'load'", "required"),
    "no file": ('[[load]]\nsource = "go"\nfiles = ["x.obo"]\n', "load 1 (line 1)", "not exist"),
}


@pytest.mark.parametrize(("text", "place", "problem"), WORLDS.values(), ids=WORLDS.keys())
def test_bad_world_file(
    refused: Refused, tmp_path: Path, text: str, place: str, problem: str
) -> None:
    (tmp_path / "world.toml").write_text(text)
    said = refused("--world", "world.toml").err
    assert said.startswith("kgp: world.toml")
    assert place in said
    assert problem in said


def test_world_with_a_wrong_option_loads_nothing_at_all(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net.tsv").write_text(HEADER + "MYC\tCDK4\t1\t1\n")
    good = '[[load]]\nsource = "trrust"\nfiles = ["net.tsv"]\n'
    (tmp_path / "world.toml").write_text(f"{good}{good}options = {{ colour = 1 }}\n")
    done = run("load", "--world", "world.toml")
    assert done.code == 2
    assert "world.toml, load 2 (line 4): Unknown option of trrust 'colour'" in done.err
    assert not (tmp_path / "kgp.duckdb").exists()


def test_audit_of_a_network_that_the_data_do_not_meet(run: Run, unchanged: str) -> None:
    names = ("synthetic-bacterium", "--responses", "lincs-overexpression")
    done = run("grn", "audit", *names, "--store", unchanged)
    assert done.code == 3
    assert "'lincs-overexpression' measures 0 of the " in done.err
    assert "(0.0%; at least 5% must be shared)" in done.err


def test_damaged_snapshot(run: Run, store: str, tmp_path: Path) -> None:
    path = tmp_path / run("snapshot", "out", "--store", store, "--json").json["path"]
    largest = max(path.iterdir(), key=lambda file: file.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-4])
    done = run("snapshot", "out", "--store", store)
    assert done.code == 3
    assert largest.name in done.err
