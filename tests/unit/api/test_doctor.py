"""What the doctor thinks of a Neo4j server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kgp.api.health import check_health, repair
from kgp.api.server_health import server_checks
from kgp.errors import UsageError
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.diagnosis import ServerFacts, as_bytes
from kgp.platform.store.neo4j.session import Session
from kgp.testing.server import connected, wipe

if TYPE_CHECKING:
    from pathlib import Path

GIB = 2**30
WELL = ServerFacts(
    version="5.26.30",
    edition="community",
    heap=GIB,
    page_cache=GIB,
    size=GIB // 2,
    free=100 * GIB,
    folder="/data",
    missing=[],
    unindexed=[],
    pending=None,
    writer="",
)


def states(facts: ServerFacts) -> dict[str, str]:
    return {check.name: check.state for check in server_checks(facts, "neo4j://host:7687")}


def test_a_server_that_is_well() -> None:
    assert set(states(WELL).values()) == {"ok"}


@pytest.mark.parametrize(
    ("changed", "check", "state", "advice"),
    [
        ({"heap": GIB // 4}, "heap", "fails", "server.memory.heap.max_size"),
        ({"size": 5 * GIB}, "page cache", "absent", "server.memory.pagecache.size=6144m"),
        (
            {"missing": ["kgp_node_id"]},
            "constraints and indexes",
            "fails",
            "kgp doctor --repair --store neo4j://host:7687",
        ),
        ({"unindexed": ["morgan"]}, "vector indexes", "absent", "wait"),
        ({"free": GIB}, "server's disk", "fails", "free some space"),
        ({"pending": "abc", "writer": "host:7"}, "pending load", "fails", "kgp load --abort"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_with_what_to_do(
    changed: dict[str, object], check: str, state: str, advice: str
) -> None:
    found = {c.name: c for c in server_checks(replace(WELL, **changed), "neo4j://host:7687")}
    assert found[check].state == state
    assert advice in found[check].advice
    assert [c.name for c in found.values() if c.state != "ok"] == [check]


def test_what_a_server_does_not_tell_is_no_failure() -> None:
    blind = replace(WELL, heap=None, page_cache=None, size=None, free=None, folder="")
    assert set(states(blind).values()) == {"ok"}


@pytest.mark.parametrize(
    ("amount", "size"),
    [("256.00MiB", 256 * 2**20), ("1.5GiB", 3 * 2**29), ("100B", 100), ("7", 7), (None, None)],
)
def test_amounts_of_memory_are_read(amount: str | None, size: int | None) -> None:
    assert as_bytes(amount) == size


def test_a_real_server_is_asked_and_mended(neo4j_url: str) -> None:
    Session(parse_address(wipe(neo4j_url)), create=True).close()
    before = {check.name: check for check in check_health(neo4j_url)}
    assert [name for name, check in before.items() if check.state == "fails"] == []
    assert before["server"].found.startswith("Neo4j 5.26")
    assert "for a store of" in before["page cache"].found
    with connected(neo4j_url) as session:
        session.run("DROP CONSTRAINT kgp_node_id").consume()
    broken = {check.name: check for check in check_health(neo4j_url)}["constraints and indexes"]
    assert (broken.state, broken.found) == ("fails", "missing: kgp_node_id")
    assert repair(neo4j_url) == ["kgp_node_id"]
    assert repair(neo4j_url) == []


def test_a_server_that_cannot_be_reached_fails_one_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KGP_NEO4J_PASSWORD", "none")
    failed = [check for check in check_health("neo4j://127.0.0.1:1") if check.state == "fails"]
    assert [check.name for check in failed] == ["store"]
    assert failed[0].found == "Nothing listens at neo4j://127.0.0.1:1."


def test_a_file_has_nothing_to_repair(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a file"):
        repair(f"duckdb:{tmp_path / 'a.duckdb'}")
