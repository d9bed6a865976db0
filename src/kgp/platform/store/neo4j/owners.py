"""What names a process that writes, and whether it still runs."""

from __future__ import annotations

import os
import socket
from uuid import uuid4

import psutil

from kgp.errors import StoreBusyError


def new_owner() -> str:
    """What names this process as a writer: ``host:pid:random``."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"


def lives(owner: str) -> bool:
    """Whether a writer may still run: one of another machine may; of this one it is looked up."""
    host, pid, _ = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return True
    return int(pid) != os.getpid() and psutil.pid_exists(int(pid))


def refuse_living(owner: str | None, url: str) -> None:
    """Refuse to write beside a writer that may still run.

    Raises:
        StoreBusyError: if there is one.
    """
    if not owner or not lives(owner):
        return
    host, pid, _ = owner.rsplit(":", 2)
    raise StoreBusyError(
        f"Another process (PID {pid} on {host}) is writing into {url}.",
        hint="One load at a time; nothing was changed.",
        command="the same command when the other one has ended",
    )
