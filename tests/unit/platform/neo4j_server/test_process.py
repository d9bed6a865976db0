"""The process of a server: a real one, and what a folder says of one that is gone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import psutil
import pytest

from kgp.api.neo4j_server import server_logs, server_status, start_server, stop_server
from kgp.errors import StoreBusyError, StoreError
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.settings import parse_memory
from kgp.testing.server import connected
from tests.neo4j_server import needs_neo4j

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder whose server was never started."""
    made = Home(tmp_path / "server")
    made.prepare()
    return made


def note(home: Home, pid: int, created: float, host: str | None = None) -> None:
    """Write down a process as if it had been started here."""
    record = process.ProcessRecord(pid, host or socket.gethostname(), created, 7691, 1024)
    home.process_file.write_text(json.dumps(asdict(record)))


def test_running_server_is_found_by_its_url(neo4j_home: Home) -> None:
    status = server_status(neo4j_home.folder)
    assert status.running
    assert status.store is not None
    with connected(status.store) as session:
        assert session.run("RETURN 1").single(strict=True).value() == 1


def test_second_start_leaves_the_server_as_it_is(neo4j_home: Home) -> None:
    before = server_status(neo4j_home.folder)
    again, fresh = start_server(neo4j_home.folder, memory="2g", port=1)
    assert not fresh
    assert again == before


def test_password_is_nowhere_but_in_its_file(neo4j_home: Home) -> None:
    password = neo4j_home.password_file.read_text("ascii")
    server = psutil.Process(server_status(neo4j_home.folder).pid)
    assert password not in " ".join([*server.cmdline(), *server.environ().values()])
    texts = [path for path in neo4j_home.folder.rglob("*") if path.suffix in {".log", ".conf"}]
    assert neo4j_home.log in texts
    assert not [path for path in texts if password in path.read_text("utf-8", "replace")]


def test_work_on_the_files_of_a_running_server_is_refused(neo4j_home: Home) -> None:
    with pytest.raises(StoreBusyError, match="is running") as refused:
        process.offline(neo4j_home).__enter__()
    assert refused.value.command.startswith("kgp neo4j stop")


def test_logs_end_with_what_the_server_said_last(neo4j_home: Home) -> None:
    assert "Started." in server_logs(neo4j_home.folder, 40)


def test_process_that_has_ended_is_noticed(home: Home) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        note(home, child.pid, psutil.Process(child.pid).create_time())
    assert process.running(home) is None
    assert "has ended without being stopped" in server_status(home.folder).note


def test_number_that_another_process_was_given_is_not_taken_for_the_server(home: Home) -> None:
    note(home, os.getpid(), psutil.Process().create_time() - 3600)
    assert process.running(home) is None


def test_stopping_what_has_ended_stops_nothing_else(home: Home) -> None:
    note(home, os.getpid(), psutil.Process().create_time() - 3600)
    stop_server(home.folder)
    assert not home.process_file.exists()


def test_server_of_another_machine_is_left_alone(home: Home) -> None:
    note(home, os.getpid(), psutil.Process().create_time(), "node-17")
    with pytest.raises(StoreBusyError, match="was started on node-17"):
        process.start(home, parse_memory("1g"))


def test_stopping_a_server_that_never_ran_makes_no_folder(tmp_path: Path) -> None:
    assert not stop_server(tmp_path / "none").running
    assert not (tmp_path / "none").exists()


def test_server_that_does_not_start_shows_the_end_of_its_log(home: Home) -> None:
    needs_neo4j()
    (home.folder / "data" / "databases").write_text("not a folder")
    with pytest.raises(StoreError, match="ended while it started") as failed:
        process.start(home, parse_memory("1g"))
    assert "data/databases" in failed.value.message
    assert not home.process_file.exists()
