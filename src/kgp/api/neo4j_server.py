"""A Neo4j server of the user's own: install, start, stop, look at, check, dump, restore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import KgpError
from kgp.platform.neo4j_server import class_archive, database, jars, process, ready
from kgp.platform.neo4j_server.home import open_home
from kgp.platform.neo4j_server.settings import (
    DEFAULT_MEMORY,
    VERSION,
    parse_memory,
)
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.platform.neo4j_server.home import Home
    from kgp.platform.neo4j_server.process import ProcessRecord
    from kgp.progress import Progress


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How a server is.

    Args:
        running: whether its process runs.
        home: its folder.
        version: the release that kgp runs.
        installed: whether the jars of that release are there.
        store: the URL that ``--store`` takes, while it runs.
        pid: number of its process.
        port: port of Bolt, of this or the last start.
        memory: MiB that it may use in all.
        note: what is odd, such as a process that has ended by itself.
    """

    running: bool
    home: str
    version: str
    installed: bool
    store: str | None = None
    pid: int | None = None
    port: int | None = None
    memory: int | None = None
    note: str = ""


def install_server(progress: Progress | None = None) -> Path:
    """Install the jars of the pinned Neo4j; returns their folder.

    A server is started once and stopped, to archive its classes: later ones start faster.

    Raises:
        MissingExtraError: if Java or Maven is missing, or Java is too old.
        StoreUnavailableError: if Maven cannot get the jars.
    """
    progress = progress or SilentProgress()
    with progress.step(f"Install Neo4j {VERSION}"):
        folder = jars.install_jars()
    with progress.step("Archive its classes"):
        class_archive.make_archive()
    return folder


def start_server(
    home: Path | None = None,
    *,
    port: int | None = None,
    memory: str = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> tuple[ServerStatus, bool]:
    """Start a server, and wait until it answers.

    Args:
        home: its folder; by default the user's own.
        port: port of Bolt; by default that of the last start, or a free one.
        memory: what it may use in all, such as ``4g``.
        progress: where to say how far it is.

    Returns:
        How it is, and whether it was started now: one that runs is left as it is.

    Raises:
        UsageError: if the memory is too little.
        MissingExtraError: if Java is missing.
        StoreError: if it does not start, with the end of its log.
        StoreUnavailableError: if the port is taken, or the jars cannot be installed.
    """
    server, amount = open_home(home), parse_memory(memory)
    progress = progress or SilentProgress()
    if not jars.jars_folder().is_dir():
        with progress.step(f"Install Neo4j {VERSION}"):
            jars.install_jars()
    with progress.step("Start Neo4j"):
        record, fresh = process.start(server, amount, port)
    return _runs(server, record), fresh


def stop_server(home: Path | None = None, progress: Progress | None = None) -> ServerStatus:
    """Stop a server, and wait until it has ended.

    Raises:
        StoreBusyError: if it does not end, or runs on another machine.
    """
    server = open_home(home)
    with (progress or SilentProgress()).step("Stop Neo4j"):
        stopped = process.stop(server)
    return _rests(server, f"process {stopped.pid} was stopped" if stopped else "it did not run")


def server_status(home: Path | None = None) -> ServerStatus:
    """Say how a server is; starts and stops nothing."""
    server = open_home(home)
    try:
        record = process.running(server)
    except KgpError as error:
        return _rests(server, error.message)
    if record:
        return _runs(server, record)
    stale = process.read_record(server)
    note = f"process {stale.pid} has ended without being stopped" if stale else ""
    return _rests(server, note)


def server_logs(home: Path | None = None, lines: int = 50) -> str:
    """The last lines of a server's log."""
    return ready.log_tail(open_home(home), lines)


def check_server(home: Path | None = None, progress: Progress | None = None) -> str:
    """Check each record of a stopped server's graph; returns what the tool printed.

    Raises:
        StoreError: if it is damaged, or there is none.
        StoreBusyError: if the server runs.
    """
    with (progress or SilentProgress()).step("Check the graph"):
        return database.check_database(open_home(home))


def dump_server(file: Path, home: Path | None = None, progress: Progress | None = None) -> int:
    """Write a stopped server's graph to one file; returns its size in bytes.

    Raises:
        BadInputError: if the file exists, or its folder does not.
        StoreError: if there is no graph.
        StoreBusyError: if the server runs.
    """
    with (progress or SilentProgress()).step("Dump the graph"):
        return database.dump_database(open_home(home), file)


def restore_server(
    file: Path,
    home: Path | None = None,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> None:
    """Give a stopped server the graph of a dump.

    Args:
        file: what :func:`dump_server` wrote.
        home: the server's folder.
        overwrite: also where there is a graph already, which is kept if the dump is damaged.
        progress: where to say how far it is.

    Raises:
        BadInputError: if there is no such file, or there is a graph already.
        StoreError: if the file is no dump.
        StoreBusyError: if the server runs.
    """
    with (progress or SilentProgress()).step("Restore the graph"):
        database.load_database(open_home(home), file, overwrite=overwrite)


def _runs(server: Home, record: ProcessRecord) -> ServerStatus:
    return ServerStatus(
        running=True,
        home=str(server.folder),
        version=VERSION,
        installed=jars.jars_folder().is_dir(),
        store=server.store(record.port),
        pid=record.pid,
        port=record.port,
        memory=record.memory,
    )


def _rests(server: Home, note: str) -> ServerStatus:
    installed = jars.jars_folder().is_dir()
    return ServerStatus(
        False, str(server.folder), VERSION, installed, port=server.port(), note=note
    )
