"""What goes where: results on standard output, all else on standard error, secrets nowhere."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import KGP, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.e2e.conftest import Run

HEAVY = "torch duckdb pyarrow polars rdkit rich numba numpy pydantic platformdirs".split()

JSON = {
    "sources": ("sources",),
    "find": ("find", "TP53"),
    "stats": ("stats",),
    "embed": ("embed", "morgan"),
    "snapshot": ("snapshot", "out"),
    "query": ("query", "regulators-of", "MYC", "trrust"),
    "queries": ("query",),
    "doctor": ("doctor",),
    "grn audit": ("grn", "audit", "trrust", "--responses", "lincs-overexpression"),
    "grn log": ("grn", "log", "trrust"),
    "grn show": ("grn", "show", "trrust"),
    "grn diff": ("grn", "diff", "trrust-planted", "1", "2"),
    "grn explain": ("grn", "explain", "trrust", "MYC", "CDK4"),
    "grn export": ("grn", "export", "trrust", "net.tsv"),
}


@pytest.mark.parametrize("arguments", JSON.values(), ids=JSON.keys())
def test_json_is_one_document_and_progress_goes_elsewhere(
    run: Run, unchanged: str, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments, "--json", "--progress", "log", env={"KGP_STORE": unchanged})
    assert done.code == 0, done.err
    assert isinstance(done.json, dict | list)


def test_an_error_leaves_standard_output_empty_with_json_too(run: Run) -> None:
    done = run("stats", "--json")
    assert (done.code, done.out) == (4, "")


@pytest.mark.parametrize(
    ("mode", "expected"), [("log", "read trrust  1 rows"), ("none", ""), ("rich", "read trrust ━")]
)
def test_progress_modes(run: Run, tmp_path: Path, mode: str, expected: str) -> None:
    (tmp_path / "net.tsv").write_text("tf\ttarget\tmor\tpubmed_id\nMYC\tCDK4\t1\t1\n")
    done = run("load", "trrust", "net.tsv", "--progress", mode)
    assert done.code == 0
    assert done.err.startswith(expected)
    assert bool(done.err) is bool(expected)


def test_store_option_wins_over_the_environment(run: Run, store: str) -> None:
    assert run("find", "TP53", env={"KGP_STORE": store}).code == 0
    other = run("find", "TP53", "--store", "duckdb:other.duckdb", env={"KGP_STORE": store})
    assert "There is no store at other.duckdb" in other.err


def test_help_imports_nothing_heavy() -> None:
    ask = (
        "import sys; from kgp.cli import main; code = main(['--help']);"
        "print(*(m for m in sys.argv[1:] if m in sys.modules), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, *HEAVY], capture_output=True, text=True, check=True
    )
    assert "Commands:" in done.stdout
    assert done.stderr.split() == []


@pytest.mark.parametrize("command", [(), ("load",), ("grn",), ("grn", "audit"), ("refine",)])
def test_every_command_has_help(run: Run, command: tuple[str, ...]) -> None:
    done = run(*command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: {' '.join(('kgp', *command))}")


def test_traceback_only_with_debug(run: Run) -> None:
    plain, debug = run("stats"), run("stats", "--debug")
    assert "Traceback" not in plain.err
    assert "Traceback" in debug.err
    assert debug.err.endswith(plain.err)


def test_the_log_has_the_traceback(run: Run, tmp_path: Path) -> None:
    run("stats")
    assert "Traceback" in (tmp_path / "logs" / "kgp.log").read_text()


@pytest.mark.parametrize("command", ["stats", "doctor"])
def test_secrets_are_shown_nowhere(run: Run, tmp_path: Path, command: str) -> None:
    url = "neo4j+s://anna:pa55word@host?token=t0ken"
    for more in ((), ("--debug",), ("--json",)):
        done = run(command, "--store", url, *more)
        assert done.code in (2, 4)
        assert "pa55word" not in done.out + done.err
        assert "t0ken" not in done.out + done.err
    log = (tmp_path / "logs" / "kgp.log").read_text()
    assert "pa55word" not in log


def test_markup_and_terminal_escapes_of_a_source_do_no_harm(run: Run, tmp_path: Path) -> None:
    evil = "[bold red]red[/] \x1b[2J\x1b]0;title\x07 \x9b31m"
    term = ["[Term]", "id: GO:0000001", f"name: {evil}", "namespace: biological_process", ""]
    (tmp_path / "evil.obo").write_text("\n".join(["format-version: 1.2", "", *term]))
    assert run("load", "go", "evil.obo").code == 0
    for arguments in (("find", "go:0000001"), ("find", "bold red")):
        said = run(*arguments).out
        assert "[bold red]red[/]" in said
        assert not {"\x1b", "\x07", "\x9b"} & set(said)


def test_escapes_in_what_the_user_typed_do_no_harm(run: Run, store: str) -> None:
    assert "\x1b" not in run("find", "\x1b[2Jabc", "--store", store).err


def test_terminal_without_unicode(store: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(KGP), "grn", "explain", "trrust", "MYC", "CDK4", "--store", store],
        env=clean_environment(tmp_path, {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"MYC (ncbigene:4609) ? CDK4")
