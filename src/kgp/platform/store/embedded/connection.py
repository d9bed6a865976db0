"""Connecting to the embedded store's file, and what DuckDB's errors mean to a user."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from kgp.errors import KgpError, StoreBusyError, StoreError, StoreUnavailableError
from kgp.platform.store.embedded.schema import CREATE
from kgp.platform.store.records import FORMAT_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = ":memory:"

_LOCKED = re.compile(r"Could not set lock on file(?:.*?held in (?P<who>.*?\(PID \d+\)))?", re.S)
_FULL = re.compile(r"No space left|[Qq]uota exceeded|File too large|max_temp_directory_size")
_DAMAGE = (duckdb.IOException, duckdb.SerializationException, duckdb.FatalException)


def connect(path: str, busy_wait: float) -> duckdb.DuckDBPyConnection:
    """Open the file; wait a while where another process holds it.

    Raises:
        StoreBusyError: naming that process, when the time is up.
        StoreError: if the file is none of DuckDB's, or damaged.
    """
    deadline = time.monotonic() + busy_wait
    while True:
        try:
            return duckdb.connect(path)
        except duckdb.Error as error:
            held = _LOCKED.search(str(error))
            if not held:
                raise _unreadable(error, path) from error
            if time.monotonic() >= deadline:
                raise StoreBusyError(
                    f"{path} is held by another process: {held['who'] or 'its name is unknown'}.",
                    hint="One process at a time may open an embedded store.",
                    command="the same command when the other one has ended",
                ) from error
            time.sleep(0.1)


def create_file(path: str) -> None:
    """Make an empty store at ``path``, whole or not at all, unless another process was faster.

    It is built under another name: a process that is killed here must not leave a file that is
    neither a store nor nothing, and one that comes second must not touch the first one's store.
    """
    unfinished = Path(f"{path}.{os.getpid()}.new")
    unfinished.unlink(missing_ok=True)
    try:
        with translated(path), duckdb.connect(str(unfinished)) as con:
            create_tables(con)
            # Closing would do this too, but say nothing when the disk is full.
            con.execute("CHECKPOINT")
        _put(unfinished, Path(path))
    finally:
        for left in (unfinished, Path(f"{unfinished}.wal")):
            left.unlink(missing_ok=True)


def _put(unfinished: Path, path: Path) -> None:
    """Give the file its name, unless there is one of that name."""
    try:
        os.link(unfinished, path)
    except OSError:
        # It exists, or the file system has no hard links: then a rename has to do.
        if not path.exists():
            unfinished.replace(path)


def create_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of an empty store."""
    con.begin()
    con.execute(CREATE)
    con.execute("INSERT INTO meta VALUES ('format', ?)", [str(FORMAT_VERSION)])
    con.commit()


@contextmanager
def translated(path: str, con: duckdb.DuckDBPyConnection | None = None) -> Iterator[None]:
    """Turn DuckDB's errors about disk, file and memory into errors of kgp.

    Others are defects of ours and pass. After Ctrl-C the running query of ``con`` is stopped:
    otherwise the next statement, the rollback, would wait for it.
    """
    try:
        yield
    except duckdb.Error as error:
        known = _translate(error, path)
        if known is None:
            raise
        raise known from error
    except RuntimeError as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        if con is not None:
            con.interrupt()
        raise KeyboardInterrupt from error


def _translate(error: duckdb.Error, path: str) -> KgpError | None:
    text = _first_line(error)
    if _FULL.search(str(error)):
        return StoreUnavailableError(
            f"The disk of {path} is full: {text}",
            hint="Free some space; the graph is as it was before.",
            command="the same command, which continues",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreUnavailableError(
            f"{path} needs more memory than there is: {text}",
            hint="Close other programs or use a larger machine; the graph is as it was before.",
            command="the same command, which continues",
        )
    if isinstance(error, _DAMAGE):
        return _unreadable(error, path)
    if isinstance(error, duckdb.TransactionException):
        return StoreBusyError(
            f"{path} was changed through another connection meanwhile: {text}",
            hint="Nothing was written.",
            command="the same command again",
        )
    return None


def _unreadable(error: duckdb.Error, path: str) -> StoreError:
    return StoreError(
        f"Cannot open {path}: {_first_line(error)}",
        hint="It is not a kgp store, it is damaged, or its folder cannot be written.",
        command=f"ls -l {Path(path).parent}",
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
