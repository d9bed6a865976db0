"""A load or a removal that broke off: it continues, or is taken back, and leaves no trace."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from kgp.errors import StoreBusyError, StoreUnavailableError
from kgp.platform.store.neo4j.address import parse_address
from kgp.testing import publish, stage_list
from tests.unit.platform.store.neo4j.worlds import Breaking, genes, proteins
from tests.unit.platform.store.neo4j_contents import Neo4jContents, content
from tests.unit.platform.store.test_progress import Counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgp.platform.staging import Staged
    from kgp.platform.store.neo4j.store import Neo4jStore

TRANSACTIONS = 40
"""About so many has a load; some are over before its first batch."""


@pytest.fixture
def server(contents: Neo4jContents, tmp_path: Path) -> Neo4jContents:
    contents.put("proteins", lambda store: publish(store, proteins(), tmp_path))
    return contents


@pytest.fixture
def store(server: Neo4jContents) -> Iterator[Neo4jStore]:
    with server.open() as opened:
        yield opened


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return stage_list(genes(), tmp_path)


def break_off(server: Neo4jContents, work: Callable[[Neo4jStore], object], after: int) -> bool:
    """Let ``work`` lose its connection; whether it left something half written."""
    with Breaking(parse_address(server.url), after) as broken:
        with suppress(StoreUnavailableError):
            work(broken)
    with server.open() as opened:
        return "pending" in opened.record()


@pytest.mark.parametrize("after", range(2, TRANSACTIONS, 12))
def test_a_load_that_broke_off_continues(
    server: Neo4jContents, store: Neo4jStore, staged: Staged, after: int
) -> None:
    store.publish(staged)
    whole = content(server.url)
    store.purge(staged.load_id)
    break_off(server, lambda broken: broken.publish(staged), after)
    store.publish(staged)
    assert content(server.url) == whole


def test_a_load_that_continues_counts_what_was_written_before(
    server: Neo4jContents, store: Neo4jStore, staged: Staged
) -> None:
    at_once, in_two = Counted(), Counted()
    store.publish(staged, at_once)
    store.purge(staged.load_id)
    assert break_off(server, lambda broken: broken.publish(staged), 34)
    store.publish(staged, in_two)
    assert in_two.done == at_once.done > 0


@pytest.mark.parametrize("after", [18, 34])
def test_a_load_that_broke_off_is_taken_back(
    server: Neo4jContents, store: Neo4jStore, staged: Staged, after: int
) -> None:
    before = content(server.url)
    assert break_off(server, lambda broken: broken.publish(staged), after)
    assert store.abort_pending() == staged.load_id
    assert content(server.url) == before
    assert store.abort_pending() is None


@pytest.mark.parametrize("after", [24])
def test_a_removal_that_broke_off_is_taken_back_or_continues(
    server: Neo4jContents, store: Neo4jStore, staged: Staged, after: int
) -> None:
    before = content(server.url)
    store.publish(staged)
    whole = content(server.url)
    assert break_off(server, lambda broken: broken.purge(staged.load_id), after)
    assert store.abort_pending() == staged.load_id
    assert content(server.url) == whole
    assert break_off(server, lambda broken: broken.purge(staged.load_id), after)
    store.purge(staged.load_id)
    assert content(server.url) == before


def test_taking_back_can_itself_break_off(
    server: Neo4jContents, store: Neo4jStore, staged: Staged
) -> None:
    before = content(server.url)
    assert break_off(server, lambda broken: broken.publish(staged), 34)
    assert break_off(server, lambda broken: broken.abort_pending(), 14)
    store.abort_pending()
    assert content(server.url) == before


def test_nothing_else_is_written_while_a_load_is_half_written(
    server: Neo4jContents, store: Neo4jStore, staged: Staged
) -> None:
    (first,) = [record.load_id for record in store.sources()]
    assert break_off(server, lambda broken: broken.publish(staged), 20)
    with pytest.raises(StoreBusyError, match=f"{staged.load_id}.* half written") as refused:
        store.purge(first)
    assert refused.value.command == "kgp load --abort"


def test_a_store_tells_which_load_is_half_written(
    server: Neo4jContents, store: Neo4jStore, staged: Staged
) -> None:
    assert store.half_written() is None
    assert break_off(server, lambda broken: broken.publish(staged), 20)
    assert store.half_written() == staged.load_id
    with pytest.raises(StoreBusyError, match="half written"):
        store.counts()


OWNER = "MATCH (s:KgpStore) SET s.pending_owner = $owner, s.pending_lease = toString({0})"


def test_a_living_writer_is_not_disturbed(store: Neo4jStore, staged: Staged) -> None:
    store.write(OWNER.format("datetime()"), owner="elsewhere:1:x")
    with pytest.raises(StoreBusyError, match="PID 1 on elsewhere"):
        store.publish(staged)


@pytest.mark.parametrize(
    ("owner", "lease"),
    [
        ("elsewhere:1:x", "datetime() - duration({seconds: 61})"),
        ("{host}:4194999:x", "datetime()"),
    ],
    ids=["silent", "dead"],
)
def test_a_writer_that_is_gone_makes_room(
    store: Neo4jStore, staged: Staged, owner: str, lease: str
) -> None:
    store.write(OWNER.format(lease), owner=owner.format(host=socket.gethostname()))
    assert not store.publish(staged).repeated


def test_a_plan_that_another_version_cut_is_not_continued(
    server: Neo4jContents, store: Neo4jStore, staged: Staged
) -> None:
    assert break_off(server, lambda broken: broken.publish(staged), 20)
    store.write("MATCH (s:KgpStore) SET s.pending_plan = 'other'")
    with pytest.raises(StoreBusyError, match="another version of kgp"):
        store.publish(staged)
