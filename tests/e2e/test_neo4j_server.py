"""``kgp neo4j`` on a real server: a life from its first start to a damaged file.

Starting and stopping takes seconds, so one life is lived once, and each test looks at a part of it.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kgp.testing.server import connected
from tests.e2e.conftest import Completed, run_kgp
from tests.neo4j_server import MEMORY, needs_neo4j

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Run

EDGES = 2_000
FILL = "UNWIND range(1, $n) AS i MERGE (a:A {i: i}) MERGE (b:A {i: i + 1}) CREATE (a)-[:B]->(b)"
COUNT = "MATCH (a:A)-[r:B]->(b:A) RETURN count(r) AS n, sum(a.i * b.i) AS products"


@dataclass(frozen=True, slots=True)
class Life:
    """What each command said, by its name, and where the server lies."""

    folder: Path
    home: Path
    dump: Path
    said: dict[str, Completed]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A server that was started, filled, stopped, checked and dumped."""
    needs_neo4j()
    folder = tmp_path_factory.mktemp("life")
    home, dump = folder / "server", folder / "graph.dump"
    said = {"install": run_kgp(folder, "neo4j", "install", "--json")}
    try:
        said["start"] = neo4j(folder, "start", home, "--memory", MEMORY, "--progress", "log")
        said["status"] = neo4j(folder, "status", home, "--json")
        with connected(said["status"].json["store"]) as session:
            session.run(FILL, n=EDGES).consume()
        said["dump while running"] = neo4j(folder, "dump", home, dump)
    finally:
        said["stop"] = neo4j(folder, "stop", home)
    said["status afterwards"] = neo4j(folder, "status", home, "--json")
    said["check"] = neo4j(folder, "check", home)
    said["dump"] = neo4j(folder, "dump", home, dump, "--json")
    yield Life(folder, home, dump, said)
    shutil.rmtree(folder)


@pytest.fixture
def damaged(life: Life, tmp_path: Path) -> Path:
    """A copy of the server's folder with eight damaged bytes in a record of a relationship."""
    home = Path(shutil.copytree(life.home, tmp_path / "damaged"))
    file = home / "data" / "databases" / "neo4j" / "neostore.relationshipstore.db"
    with file.open("r+b") as store:
        store.seek(8192 + 34 * 700 + 5)
        store.write(b"\x5a\xa5\x5a\xa5\x5a\xa5\x5a\xa5")
    return home


def neo4j(folder: Path, command: str, home: Path, *more: str | Path) -> Completed:
    return run_kgp(folder, "neo4j", command, "--home", home, *more)


def test_every_step_of_a_life_succeeds(life: Life) -> None:
    failed = {name: done.err for name, done in life.said.items() if done.code != 0}
    assert set(failed) == {"dump while running"}


def test_status_has_the_url_that_store_takes(life: Life) -> None:
    status = life.said["status"].json
    assert status["running"]
    assert status["store"] == (
        f"neo4j://127.0.0.1:{status['port']}?password_file={life.home / 'password'}"
    )


def test_start_says_the_url_too(life: Life) -> None:
    assert f"--store '{life.said['status'].json['store']}'" in life.said["start"].out


def test_password_is_never_printed(life: Life) -> None:
    password = (life.home / "password").read_text("ascii")
    assert not [name for name, done in life.said.items() if password in done.out + done.err]


def test_stopped_server_says_so(life: Life) -> None:
    status = life.said["status afterwards"].json
    assert not status["running"]
    assert status["store"] is None


def test_dump_of_a_running_server_is_refused_with_the_command_that_stops_it(life: Life) -> None:
    done = life.said["dump while running"]
    assert done.code == 4
    assert f"Try: kgp neo4j stop --home {life.home}" in done.err


def test_sound_graph_is_said_to_be_consistent(life: Life) -> None:
    assert life.said["check"].out == "The graph is consistent.\n"


def test_dump_says_its_size(life: Life) -> None:
    assert life.said["dump"].json == {"file": str(life.dump), "bytes": life.dump.stat().st_size}


def test_dump_replaces_no_file(life: Life) -> None:
    before = life.dump.read_bytes()
    done = neo4j(life.folder, "dump", life.home, life.dump)
    assert done.code == 3
    assert "replaces nothing" in done.err
    assert life.dump.read_bytes() == before


def test_damaged_bytes_are_reported(damaged: Path, life: Life) -> None:
    done = neo4j(life.folder, "check", damaged)
    assert done.code == 4
    assert "neo4j-admin database check" in done.err
    assert "Inconsistencies" in done.err


def test_restoring_over_a_graph_is_refused(life: Life) -> None:
    before = content(life.home / "data")
    done = neo4j(life.folder, "restore", life.home, life.dump)
    assert done.code == 3
    assert "There is a graph" in done.err
    assert f"Try: kgp neo4j restore {life.dump} --home {life.home} --overwrite" in done.err
    assert content(life.home / "data") == before


def test_file_that_is_no_dump_is_refused_and_the_graph_kept(life: Life, tmp_path: Path) -> None:
    before = content(life.home / "data")
    (tmp_path / "no.dump").write_text("something else")
    done = neo4j(life.folder, "restore", life.home, tmp_path / "no.dump", "--overwrite")
    assert done.code == 4
    assert "neo4j-admin database load" in done.err
    assert content(life.home / "data") == before


def test_damaged_graph_is_whole_again_after_restoring_its_dump(damaged: Path, life: Life) -> None:
    assert neo4j(life.folder, "restore", damaged, life.dump, "--overwrite").code == 0
    try:
        started = neo4j(life.folder, "start", damaged, "--memory", MEMORY, "--json")
        with connected(started.json["store"]) as session:
            found = session.run(COUNT).single(strict=True).data()
    finally:
        neo4j(life.folder, "stop", damaged)
    products = sum(i * (i + 1) for i in range(1, EDGES + 1))
    assert found == {"n": EDGES, "products": products}


def test_server_without_a_graph_cannot_be_checked(run: Run, tmp_path: Path) -> None:
    done = run("neo4j", "check", "--home", tmp_path / "none")
    assert done.code == 4
    assert f"kgp neo4j start --home {tmp_path / 'none'}" in done.err


def test_missing_java_is_said_with_the_command_that_installs_it(run: Run, tmp_path: Path) -> None:
    nothing = {"PATH": str(tmp_path), "JAVA_HOME": "", "XDG_DATA_HOME": str(tmp_path / "data")}
    done = run("neo4j", "start", "--home", tmp_path / "server", env=nothing)
    assert done.code == 3
    assert "Try: sudo apt-get install openjdk-17-jre-headless" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("memory", ["12", "100m", "much"])
def test_memory_that_cannot_be_is_refused_before_anything_is_made(
    memory: str, run: Run, tmp_path: Path
) -> None:
    done = run("neo4j", "start", "--home", tmp_path / "server", "--memory", memory)
    assert done.code == 2
    assert "no amount of memory" in done.err
    assert not (tmp_path / "server").exists()


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).digest() for path in files}
