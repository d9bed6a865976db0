"""Whether a server that was started answers yet, and what its logs say if it does not."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from kgp.errors import StoreError
from kgp.platform.neo4j_server.admin import tail
from kgp.platform.neo4j_server.settings import DATABASE
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.faults import translated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kgp.platform.neo4j_server.home import Home

_PAUSE = 0.25
"""Seconds between two attempts to connect."""

_LINES = 12
_READ_BACK = 200_000
"""Bytes at the end of a log that its last lines are looked for in."""


def wait_until_ready(home: Home, port: int, alive: Callable[[], bool]) -> None:
    """Wait until the graph of a starting server can be asked, however long its recovery takes.

    Raises:
        StoreError: if its process ends, or it does not accept the password of its folder.
    """
    while not _answers(home, port):
        if not alive():
            raise StoreError(
                f"The server in {home.folder} ended while it started:\n{log_tail(home, _LINES)}",
                hint="The lines above are the end of its log.",
                command=f"kgp neo4j logs --home {home.folder}",
            )
        time.sleep(_PAUSE)


def log_tail(home: Home, count: int) -> str:
    """The last lines of the server's log, then those of the Java machine."""
    parts = [tail(last_lines(path), count) for path in (home.log, home.console)]
    # Neo4j writes its log to the console, too.
    return "\n".join(dict.fromkeys(part for part in parts if part)) or "  (no log)"


def last_lines(path: Path) -> list[str]:
    """The lines at the end of a file; none if it is not there."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _READ_BACK))
            return file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []


def _answers(home: Home, port: int) -> bool:
    try:
        # Cheaper than a driver, which Java's first seconds would see in vain many times.
        socket.create_connection(("127.0.0.1", port), _PAUSE).close()
    except OSError:
        return False
    return _accepts(home, port)


def _accepts(home: Home, port: int) -> bool:
    import neo4j
    from neo4j.exceptions import DriverError, Neo4jError

    address = parse_address(home.store(port))
    auth = (address.user, address.password())
    with translated(address):
        try:
            with neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{port}", auth=auth) as driver:
                driver.execute_query("RETURN 1", database_=DATABASE)
        except DriverError:
            return False
        except Neo4jError as error:
            if not error.is_retryable():
                raise
            return False
    return True
