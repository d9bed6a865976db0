"""A store that cannot be used: exit code 4, one clear message, nothing lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Run


def _path(url: str) -> Path:
    return Path(url.partition(":")[2])


def test_there_is_no_store(run: Run) -> None:
    done = run("stats", "--store", "duckdb:nowhere.duckdb")
    assert done.code == 4
    assert "There is no store at nowhere.duckdb" in done.err
    assert "Try: kgp load SOURCE PATH --store duckdb:nowhere.duckdb" in done.err


def test_written_by_a_newer_version(run: Run, own_store: str) -> None:
    with duckdb.connect(str(_path(own_store))) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    done = run("stats", "--store", own_store)
    assert done.code == 4
    assert "has store format 99; this kgp reads format" in done.err
    assert "Try: pip install --upgrade kgp" in done.err


def test_held_by_another_process(run: Run, unchanged: str) -> None:
    hold = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('held', flush=True);"
        "sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(_path(unchanged))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        done = run("find", "TP53", "--store", unchanged)
        holder.communicate()
    assert done.code == 4
    assert f"(PID {holder.pid})" in done.err
    assert "One process at a time may open an embedded store" in done.err


@pytest.mark.parametrize("url", ["mysql://localhost", "kgp.duckdb", "duckdb:"])
def test_url_that_kgp_does_not_know(run: Run, url: str) -> None:
    done = run("stats", "--store", url)
    assert done.code == 2
    assert f"'{url}' is not the URL of a store" in done.err
    assert "Valid is duckdb:PATH" in done.err


def test_file_that_is_no_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kgp.duckdb").write_text("a text\n" * 1000)
    done = run("stats")
    assert done.code == 4
    assert "It is not a kgp store, it is damaged" in done.err
    assert (tmp_path / "kgp.duckdb").read_text() == "a text\n" * 1000


def test_database_of_another_program_is_left_alone(run: Run, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "kgp.duckdb")) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 42 AS answer")
    done = run("stats")
    assert done.code == 4
    assert "is a DuckDB file, but not a kgp store" in done.err
    with duckdb.connect(str(tmp_path / "kgp.duckdb")) as connection:
        assert connection.sql("SHOW TABLES").fetchall() == [("precious",)]


def test_damaged_store(run: Run, own_store: str) -> None:
    content = bytearray(_path(own_store).read_bytes())
    content[4096:12_288] = bytes(8192)
    _path(own_store).write_bytes(content)
    done = run("stats", "--store", own_store)
    assert done.code == 4
    assert "damaged" in done.err


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="has no /proc")
@pytest.mark.parametrize("command", ["load", "snapshot", "export"])
def test_folder_that_cannot_be_written(run: Run, store: str, built: Path, command: str) -> None:
    # Not even root can write into /proc, so permissions need not be changed.
    arguments = {
        "load": ("load", "trrust", built / "trrust_hs.tsv.gz", "--store", "duckdb:/proc/kgp.db"),
        "snapshot": ("snapshot", "/proc/out", "--store", store),
        "export": ("grn", "export", "trrust", "/proc/net.csv", "--store", store),
    }
    done = run(*arguments[command])
    assert done.code in (3, 4)
    assert "Cannot write" in done.err
    assert "/proc/" in done.err
    assert "Traceback" not in done.err
