"""A server of kgp's own around a bulk load: stopped, its graph imported from files, started again.

Between stopping and the end a file in the server's folder says that a bulk load is under way, so
that a later one knows what the half-done graph of a killed one is, and how to start the server.
"""

from __future__ import annotations

import fcntl
import re
import shutil
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

import orjson

from kgp.errors import StoreError
from kgp.platform.neo4j_server.admin import TOOL, java_environment, tail
from kgp.platform.neo4j_server.home import Home, open_home
from kgp.platform.neo4j_server.jars import install_jars
from kgp.platform.neo4j_server.java import java_command
from kgp.platform.neo4j_server.process import offline, running, start, stop
from kgp.platform.neo4j_server.settings import DATABASE, parse_memory
from kgp.platform.store.neo4j.bulk_files import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.address import Address
    from kgp.progress import Step

_LOCK, _UNDER_WAY = "import.lock", "bulk.json"
_PHASE = re.compile(r"\(\d/\d\) ([\w ]+?) \d{4}-")
_SHARE = re.compile(r"\s(\d+)% ∆")
_LINES = 15


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A bulk load that was begun.

    Args:
        mark: which.
        port: the server's port of Bolt.
        memory: MiB that it may use in all.
    """

    mark: str
    port: int
    memory: int


def home_of(address: Address) -> Home | None:
    """The folder of the server at an address, if kgp started it."""
    if not address.is_local:
        return None
    file = address.password_file
    homes = [open_home(), *([Home(file.absolute().parent)] if file else [])]
    for home in reversed(homes):
        if home.port() == address.port and home.password_file.exists():
            return home
    return None


def under_way(home: Home) -> UnderWay | None:
    """The bulk load that was begun and is not done, if there is one."""
    try:
        return UnderWay(**orjson.loads((home.folder / _UNDER_WAY).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None


def take_down(home: Home, mark: str) -> UnderWay:
    """Stop a server for a bulk load; one that a killed bulk load has stopped stays so.

    Raises:
        StoreBusyError: if it does not stop.
        StoreError: if it neither runs nor was stopped by a bulk load.
    """
    record, begun = running(home), under_way(home)
    if record is not None:
        begun = UnderWay(mark, record.port, record.memory)
    elif begun is None:
        raise StoreError(
            f"The server in {home.folder} does not run, so nobody knows what it holds.",
            hint="A bulk load stops and starts it by itself.",
            command=f"kgp neo4j start --home {home.folder}",
        )
    now = UnderWay(mark, begun.port, begun.memory)
    aside = home.folder / f"{_UNDER_WAY}.new"
    aside.write_bytes(orjson.dumps(asdict(now)))
    aside.rename(home.folder / _UNDER_WAY)
    stop(home)
    return now


def bring_up(home: Home, begun: UnderWay) -> None:
    """Start the server again, as it was started before."""
    start(home, parse_memory(f"{begun.memory}m"), begun.port)


def done(home: Home) -> None:
    """Forget the bulk load: its graph is whole, or there is nothing left of it."""
    (home.folder / _UNDER_WAY).unlink(missing_ok=True)


def take_back(home: Home) -> bool:
    """Leave an empty server where a bulk load was begun; tell whether one was.

    Raises:
        StoreError: if it does not start.
    """
    begun = under_way(home)
    if begun is None:
        return False
    stop(home)
    with offline(home):
        for files in (home.database, home.folder / "data" / "transactions" / DATABASE):
            shutil.rmtree(files, ignore_errors=True)
    bring_up(home, begun)
    done(home)
    return True


def import_files(home: Home, folder: Path, step: Step) -> None:
    """Make the files in ``folder`` the graph of a stopped server.

    Raises:
        StoreError: if the tool fails, with its own last lines.
    """
    options = ("-XX:+UseParallelGC", *TOOL)
    command = java_command(install_jars(), *options, "database", "import", "full", DATABASE)
    with offline(home), _alone(folder) as lock:
        tool = subprocess.Popen(  # noqa: S603  # Neo4j's own tool
            [*command, f"@{ARGUMENTS}"],
            cwd=folder,
            env=java_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(lock.fileno(),),
            encoding="utf-8",
            errors="replace",
        )
        try:
            said = _follow(tool, step)
        except BaseException:
            tool.terminate()
            tool.wait()
            raise
    if tool.returncode != 0:
        raise StoreError(
            f"neo4j-admin database import ended with {tool.returncode}:\n{tail(said, _LINES)}",
            hint="There is no graph now, as before; the files are still there.",
            command="the same command again, or kgp load --abort",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[IO[bytes]]:
    """Wait for an import from the same folder that a killed process has left running.

    The tool inherits the lock, so it is held as long as either lives.
    """
    with (folder / _LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock


def wait_for_import(folder: Path) -> None:
    """Wait until no import reads the files in ``folder``, if it is there at all."""
    with suppress(FileNotFoundError), _alone(folder):
        return


def _follow(tool: subprocess.Popen[str], step: Step) -> list[str]:
    """Show how far the tool is; return all that it said."""
    said, phase = [], ""
    assert tool.stdout is not None  # a pipe, as asked for
    for line in tool.stdout:
        said.append(line)
        if begun := _PHASE.match(line):
            phase = begun[1].lower()
        if share := _SHARE.search(line):
            step.note(f"{phase} {share[1]} %")
    tool.wait()
    return said
