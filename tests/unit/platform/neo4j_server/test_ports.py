"""The port that a server listens on."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreUnavailableError
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.ports import choose_port

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder whose server was never started."""
    made = Home(tmp_path / "server")
    made.prepare()
    return made


def test_port_that_is_taken_is_refused(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with pytest.raises(StoreUnavailableError, match=f"Port {taken} of this machine is taken"):
            choose_port(home, taken)


def test_last_port_is_taken_again(home: Home) -> None:
    free = choose_port(home, None)
    home.port_file.write_text(str(free))
    assert choose_port(home, None) == free


def test_another_port_is_taken_where_the_last_one_is_in_use(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        home.port_file.write_text(str(taken))
        assert choose_port(home, None) != taken
