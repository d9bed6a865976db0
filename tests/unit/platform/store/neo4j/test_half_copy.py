"""A copy that broke off is taken back whole, unless it is still running."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreBusyError, StoreUnavailableError
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.half_copy import take_back_copy
from kgp.platform.store.neo4j.owners import new_owner
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.testing import publish
from kgp.testing.server import connected
from tests.unit.platform.store.neo4j.worlds import genes, proteins
from tests.unit.platform.store.neo4j_contents import Neo4jContents, content

if TYPE_CHECKING:
    from pathlib import Path


class Filling(Neo4jStore):
    """A store that a copy fills."""

    def __init__(self, url: str) -> None:
        super().__init__(parse_address(url), filling=True)


class Stopping(Filling):
    """One that loses its server before it can say that nothing fills it any more."""

    def filled(self) -> None:
        raise StoreUnavailableError("The connection is gone.")


@pytest.fixture
def half(contents: Neo4jContents, tmp_path: Path) -> str:
    """A server with half a copy, beside a node of somebody else."""
    contents.put("empty", lambda store: None)
    with Filling(contents.url) as store:
        assert store.begin_filling(new_owner())
        for loader in (proteins(), genes()):
            publish(store, loader, tmp_path)
        store.write("CREATE (:Theirs {name: 'precious'})")
    return contents.url


def left(url: str) -> tuple[list[str], list[str]]:
    """What a server holds beside the record of the store, and its vector indexes."""
    with connected(url) as session:
        indexes = session.run("SHOW VECTOR INDEXES YIELD name RETURN name").value()
    return [row for row in content(url) if "KgpStore" not in row], indexes


def test_half_a_copy_leaves_only_what_others_made(half: str) -> None:
    with Filling(half) as store:
        assert take_back_copy(store)
        assert not take_back_copy(store)
    rows, indexes = left(half)
    assert ["Theirs" in row for row in rows] == [True]
    assert indexes == []
    with Neo4jStore(parse_address(half)) as store:
        assert store.counts().nodes == {}


def test_taking_back_that_broke_off_is_done_again(half: str) -> None:
    with Stopping(half) as stopping, pytest.raises(StoreUnavailableError):
        take_back_copy(stopping)
    with pytest.raises(StoreBusyError, match="beginning of a copy") as refused:
        Neo4jStore(parse_address(half))
    assert "kgp load --abort" in (refused.value.command or "")
    with Filling(half) as store:
        assert take_back_copy(store)


def test_a_copy_that_is_running_is_left_alone(half: str) -> None:
    before = content(half)
    with Filling(half) as store:
        assert store.begin_filling(f"{socket.gethostname()}:{os.getppid()}:x")
        with pytest.raises(StoreBusyError, match=f"PID {os.getppid()} on "):
            take_back_copy(store)
    assert len(content(half)) == len(before)


def test_a_whole_graph_is_no_half_copy(contents: Neo4jContents, tmp_path: Path) -> None:
    contents.put("proteins", lambda store: publish(store, proteins(), tmp_path))
    before = content(contents.url)
    with Filling(contents.url) as store:
        assert not take_back_copy(store)
    assert content(contents.url) == before
