"""Folders of loads that were not published: who is in them, and what they were begun from."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import IO, TYPE_CHECKING

import orjson

from kgp.errors import StoreBusyError
from kgp.platform.staging_blocks import UNFINISHED, put, write_bytes, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LOCK, _BEGUN = "lock", "begun.json"


@dataclass(frozen=True, slots=True)
class Begun:
    """What a staging was begun from; the first thing that is written into its folder.

    Args:
        source: name of the source.
        program: version of kgp, whose parser decides what a part holds.
        files: path → hash of its content.
    """

    source: str
    program: str
    files: dict[str, str]

    def changed(self, now: Begun) -> list[str]:
        """Files of the same source that both read, with another content."""
        if self.source != now.source:
            return []
        common = sorted(set(self.files) & set(now.files))
        return [path for path in common if self.files[path] != now.files[path]]


def begin(folder: Path, now: Begun) -> list[str]:
    """Make a load's folder ready to be continued; return what the user should know.

    What another version of kgp has staged is staged anew. A load of the same files with a
    content that they no longer have can never be continued, and is removed.
    """
    found = _begun(folder)
    with writing(folder.parent):
        known = found is not None and found.program == now.program
        for left in folder.iterdir():
            if left.suffix == UNFINISHED or (not known and left.name != _LOCK):
                left.unlink()
        put(folder / _BEGUN, partial(write_bytes, orjson.dumps(asdict(now))))
    notes = []
    for other in stagings(folder.parent):
        old = None if other == folder else _begun(other)
        changed = old.changed(now) if old else []
        if changed and _remove(other):
            notes.append(
                f"{', '.join(changed)} changed since a load of {now.source} was interrupted; "
                "what had been read of the former content was removed."
            )
    return notes


def is_begun(folder: Path) -> bool:
    """Whether a load was begun in a folder that this machine sees."""
    return (folder / _BEGUN).exists()


def stagings(root: Path) -> Iterator[Path]:
    """Folders of loads that were not published."""
    yield from sorted(path for path in root.glob("*") if path.is_dir()) if root.is_dir() else ()


def abort(root: Path) -> list[str]:
    """Remove every staging under ``root``; return the identities of the loads.

    Raises:
        StoreBusyError: if a process is reading one of them; the others are gone.
    """
    found = list(stagings(root))
    busy = [folder for folder in found if not _remove(folder)]
    if busy:
        raise _busy(busy[0])
    return [folder.name for folder in found]


def remove(folder: Path) -> None:
    """Remove a staging, and the folder of stagings with the last one."""
    shutil.rmtree(folder, ignore_errors=True)
    # Another load may be staging beside this one: then the folder is not empty and stays.
    with suppress(OSError):
        folder.parent.rmdir()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make a load's folder and keep other processes out of it.

    Raises:
        StoreBusyError: if another process is in it.
        StoreUnavailableError: if it cannot be made.
    """
    with writing(folder.parent):
        lock = _locked(folder)
    with lock:
        yield


def _locked(folder: Path) -> IO[str]:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("a")
        if not _lock(lock.fileno()):
            lock.close()
            raise _busy(folder)
        if _is_at(lock.fileno(), folder / _LOCK):
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            return lock
        # The process that held it has ended meanwhile, and removed the folder.
        lock.close()


def _remove(folder: Path) -> bool:
    """Remove a staging unless a process is in it."""
    try:
        with held(folder):
            remove(folder)
    except StoreBusyError:
        return False
    return True


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks: parts and marks are renamed into place all the same.
        return True
    return True


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _busy(folder: Path) -> StoreBusyError:
    who = ""
    with suppress(OSError):
        who = (folder / _LOCK).read_text()
    return StoreBusyError(
        f"Another process{f' (PID {who})' if who else ''} is reading the load in {folder}.",
        hint="One process at a time may read a load; nothing was changed.",
        command="the same command when the other one has ended",
    )


def _begun(folder: Path) -> Begun | None:
    try:
        return Begun(**orjson.loads((folder / _BEGUN).read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None
