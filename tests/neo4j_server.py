"""A real Neo4j server for the tests, started by kgp's own runner.

A Community server has one database of the user's, so each test process has a server of its own,
started by the first test that asks for it: with two processes on two cores that is faster than one
server with all its tests in one process, and a run without such tests starts none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from kgp.errors import MissingExtraError
from kgp.platform.neo4j_server import process
from kgp.platform.neo4j_server.class_archive import make_archive
from kgp.platform.neo4j_server.home import Home
from kgp.platform.neo4j_server.ready import log_tail
from kgp.platform.neo4j_server.settings import parse_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMORY = "1g"
GIVEN = "KGP_TEST_NEO4J"
"""URL of a server to use instead; the tests empty it."""

_HOME = pytest.StashKey[Home]()
_LINES = 40


def pytest_configure() -> None:
    """Let Java compile quickly rather than well: a server starts in half the processor time."""
    os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")


def needs_neo4j() -> None:
    """Skip where Java or Maven is missing; fail in CI, where both must be."""
    try:
        make_archive()
    except MissingExtraError as error:
        if os.environ.get("CI") == "true":
            pytest.fail(str(error))
        pytest.skip(f"tests on a real Neo4j were left out: {error.message}")


@pytest.fixture(scope="session")
def neo4j_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Home]:
    """Folder of a server that kgp's own runner has started."""
    needs_neo4j()
    home = Home(tmp_path_factory.mktemp("neo4j") / "server")
    request.config.stash[_HOME] = home
    process.start(home, parse_memory(MEMORY))
    yield home
    process.stop(home)


@pytest.fixture(scope="session")
def neo4j_url(request: pytest.FixtureRequest) -> str:
    """URL of a running server; a test that writes empties it first with :func:`wipe`."""
    if given := os.environ.get(GIVEN):
        return given
    home: Home = request.getfixturevalue("neo4j_home")
    port = home.port()
    assert port is not None
    return home.store(port)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Put the end of the server's log below the failure of a test that used it."""
    report = yield
    home = item.config.stash.get(_HOME, None)
    if report.failed and home and "neo4j_url" in getattr(item, "fixturenames", ()):
        report.sections.append(("Neo4j log", log_tail(home, _LINES)))
    return report
