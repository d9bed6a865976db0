"""Which port a server listens on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from kgp.errors import StoreUnavailableError

if TYPE_CHECKING:
    from kgp.platform.neo4j_server.home import Home


def choose_port(home: Home, port: int | None) -> int:
    """The port to listen on: that which is asked for, that of the last start, or a free one.

    Raises:
        StoreUnavailableError: if the port that is asked for is taken.
    """
    if port is not None:
        if _is_free(port):
            return port
        raise StoreUnavailableError(
            f"Port {port} of this machine is taken or not allowed.",
            hint="Without --port, kgp takes a free one.",
            command=f"kgp neo4j start --home {home.folder}",
        )
    last = home.port()
    if last is not None and _is_free(last):
        return last
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the server does: a port that a former server has just left is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
