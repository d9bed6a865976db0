"""The process of a server: which one it is, starting it, stopping it."""

from __future__ import annotations

import json
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import psutil

from kgp.errors import StoreBusyError
from kgp.platform.neo4j_server.admin import java_environment, run_admin
from kgp.platform.neo4j_server.jars import install_jars, locked
from kgp.platform.neo4j_server.java import java_command
from kgp.platform.neo4j_server.ports import choose_port
from kgp.platform.neo4j_server.ready import wait_until_ready
from kgp.platform.neo4j_server.replacing import tidy
from kgp.platform.neo4j_server.settings import JVM, Memory, local_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.neo4j_server.home import Home

_SERVER = "org.neo4j.server.CommunityEntryPoint"
_PATIENCE = 300
"""Seconds that a server has to write what it holds in memory before it is said to hang."""


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """Which process a server is, as its folder says.

    Args:
        pid: number of the process.
        host: machine that it runs on.
        created: when it was created, in seconds: a number alone may be given again.
        port: port of Bolt.
        memory: MiB that it may use in all.
    """

    pid: int
    host: str
    created: float
    port: int
    memory: int

    def process(self) -> psutil.Process | None:
        """The process, unless it has ended."""
        try:
            found = psutil.Process(self.pid)
            same = abs(found.create_time() - self.created) < 1
            return found if same and found.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


def read_record(home: Home) -> ProcessRecord | None:
    """What the folder says of its process, which may have ended; None if it says nothing."""
    try:
        return ProcessRecord(**json.loads(home.process_file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def running(home: Home) -> ProcessRecord | None:
    """The server's process, if it runs.

    Raises:
        StoreBusyError: if it was started on another machine, where it may still run.
    """
    record = read_record(home)
    if record is None:
        return None
    if record.host != socket.gethostname():
        raise StoreBusyError(
            f"The server in {home.folder} was started on {record.host}; this is "
            f"{socket.gethostname()}.",
            hint=f"Stop it there. If that machine is gone, remove {home.process_file}.",
            command=f"ssh {record.host} kgp neo4j stop --home {home.folder}",
        )
    return record if record.process() else None


@contextmanager
def offline(home: Home) -> Iterator[None]:
    """Hold a server stopped while its files are worked on.

    Raises:
        StoreBusyError: if it runs.
    """
    home.prepare()
    with locked(home.lock_file):
        if found := running(home):
            raise StoreBusyError(
                f"The server in {home.folder} is running (process {found.pid}); this needs it "
                "stopped.",
                hint="Nothing was done.",
                command=f"kgp neo4j stop --home {home.folder}",
            )
        tidy(home)
        yield


def start(
    home: Home, memory: Memory, port: int | None = None, *options: str
) -> tuple[ProcessRecord, bool]:
    """Start a server and wait until it answers; without effect on one that runs.

    Args:
        home: its folder; made if it is not there.
        memory: what it may use.
        port: the port of Bolt; by default that of the last start if it is free, else a free one.
        options: more options of the Java machine.

    Returns:
        The process, and whether it was started now.

    Raises:
        MissingExtraError: if Java is missing or too old.
        StoreError: if it does not start, with the end of its log.
        StoreUnavailableError: if the port is taken or the jars cannot be installed.
    """
    home.prepare()
    with locked(home.lock_file):
        if found := running(home):
            wait_until_ready(home, found.port, lambda: found.process() is not None)
            return found, False
        tidy(home)
        jars = install_jars()
        command = java_command(jars, f"-Xms{memory.heap}m", f"-Xmx{memory.heap}m", *JVM, *options)
        port = choose_port(home, port)
        home.configure(local_settings(memory, port))
        if not home.has_password:
            # The tool reads the password from its file: arguments are seen by other users.
            run_admin(home, "dbms", "set-initial-password", f"@{home.password_file}")
        return _launch(home, command, port, memory), True


def stop(home: Home) -> ProcessRecord | None:
    """Stop a server and wait until it has ended; returns the process that it was, if it ran.

    Raises:
        StoreBusyError: if it does not end; it is never killed, as it may be writing.
    """
    if not home.folder.is_dir():
        return None
    with locked(home.lock_file):
        record = running(home)
        process = record.process() if record else None
        if process:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except psutil.TimeoutExpired as error:
                raise StoreBusyError(
                    f"The server in {home.folder} (process {process.pid}) is still stopping.",
                    hint="It writes what it holds in memory; its log says how far it is.",
                    command=f"kgp neo4j logs --home {home.folder}",
                ) from error
        home.process_file.unlink(missing_ok=True)
        return record


def _launch(home: Home, command: list[str], port: int, memory: Memory) -> ProcessRecord:
    arguments = [_SERVER, f"--home-dir={home.folder}", f"--config-dir={home.conf}"]
    with home.console.open("wb") as console:
        child = subprocess.Popen(  # noqa: S603  # Neo4j itself
            [*command, *arguments],
            cwd=home.folder,
            env=java_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    process = psutil.Process(child.pid)
    record = ProcessRecord(
        child.pid, socket.gethostname(), process.create_time(), port, memory.total
    )
    home.process_file.write_text(json.dumps(asdict(record)), encoding="utf-8")
    home.port_file.write_text(str(port), encoding="ascii")
    try:
        wait_until_ready(home, port, lambda: child.poll() is None)
    except BaseException as error:
        child.terminate()
        child.wait(_PATIENCE)
        home.process_file.unlink(missing_ok=True)
        raise error
    # The server outlives this object, whose destructor would warn of that.
    child.returncode = 0
    return record
