"""``kgp synthetic`` as a user types it: a world that loads with one command and says what it is."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import KGP, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

NAMES = ("trrust", "string", "gene-info")
CHOSEN = tuple(part for name in NAMES for part in ("--format", name))


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_world_loads_with_one_command_and_every_source_is_shown_as_synthetic(run: Run) -> None:
    written = run("synthetic", "world", "--seed", "3", "--json")
    assert written.code == 0
    loaded = run("load", "--world", written.json["world"], "--json")
    assert loaded.code == 0, loaded.err
    assert len(loaded.json) == len(written.json["files"])
    assert all(report["info"]["synthetic"] for report in loaded.json)
    assert {report["info"]["license"] for report in loaded.json} == {"CC0-1.0"}
    stats = run("stats")
    listed = stats.out.partition("Sources\n")[2].partition("\n\n")[0].splitlines()[2:]
    assert len(listed) == len(loaded.json)
    assert all("(synthetic)" in line for line in listed)


def test_the_sources_of_a_world_mean_the_same_genes(run: Run) -> None:
    names = ("gene-info", "hgnc", "uniprot", "trrust", "omnipath", "string", "primekg")
    chosen = [part for name in names for part in ("--format", name)]
    assert run("synthetic", "world", *chosen).code == 0
    assert run("load", "--world", "world/world.toml").code == 0
    counts = run("stats", "--json").json
    assert counts["nodes"]["Gene"] == 550


def test_one_seed_gives_the_same_bytes_whatever_else_is_written(run: Run, tmp_path: Path) -> None:
    assert run("synthetic", "one", "--seed", "5", *CHOSEN).code == 0
    assert run("synthetic", "again", "--seed", "5", *CHOSEN).code == 0
    assert run("synthetic", "alone", "--seed", "5", "--format", "trrust").code == 0
    assert run("synthetic", "other", "--seed", "6", *CHOSEN).code == 0
    one, alone = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "alone")
    assert bytes_of(tmp_path / "again") == one
    assert alone["regulons/trrust_hs.tsv.gz"] == one["regulons/trrust_hs.tsv.gz"]
    other = bytes_of(tmp_path / "other")
    assert set(other) == set(one)
    assert all(other[name] != one[name] for name in one)


def test_the_command_says_how_to_load_what_it_wrote(run: Run) -> None:
    done = run("synthetic", "world", *CHOSEN, "--progress", "log")
    assert "Load it with: kgp load --world world/world.toml" in done.out
    assert "write trrust  " in done.err


def test_a_world_replaces_another_only_when_forced(run: Run, tmp_path: Path) -> None:
    assert run("synthetic", "world", *CHOSEN).code == 0
    before = bytes_of(tmp_path / "world")
    refused = run("synthetic", "world", "--seed", "9", "--format", "trrust")
    assert refused.code == 3
    assert "kgp synthetic world --force" in refused.err
    assert bytes_of(tmp_path / "world") == before
    assert run("synthetic", "world", "--seed", "9", "--format", "trrust", "--force").code == 0
    assert set(bytes_of(tmp_path / "world")) == {
        "README.md",
        "world.toml",
        "regulons/trrust_hs.tsv.gz",
    }
    assert [path.name for path in tmp_path.glob(".world*")] == []


def test_a_folder_with_other_files_is_never_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    refused = run("synthetic", "mine", "--force")
    assert refused.code == 3
    assert "is no synthetic world" in refused.err
    assert bytes_of(tmp_path / "mine") == {"thesis.txt": b"years of work"}


def test_a_place_that_cannot_be_written_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in ("file", "file/world"):
        refused = run("synthetic", out)
        assert refused.code == 3
        assert out in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--size", "huge"), "Unknown size 'huge'"),
        (("--format", "trust"), "Did you mean: trrust"),
        (("--seed", "-1"), "Seed -1 is negative."),
    ],
)
def test_a_wrong_option_is_named(run: Run, arguments: tuple[str, str], message: str) -> None:
    refused = run("synthetic", "world", *arguments)
    assert refused.code == 2
    assert message in refused.err


def test_an_interrupted_world_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [str(KGP), "synthetic", "world", "--size", "primekg", "--format", "primekg"]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=clean_environment(tmp_path, covered=False),
        stderr=subprocess.PIPE,
    )
    while not list(tmp_path.glob(".world.partial-*/primekg/kg.csv.gz")):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate()
    assert process.returncode == 130, error
    assert not (tmp_path / "world").exists()
    assert list(tmp_path.glob(".world*")) == []
