"""Rows that the driver sends without making text of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.unlogged import Unlogged
from kgp.testing.server import connected

if TYPE_CHECKING:
    from tests.unit.platform.store.neo4j_contents import Neo4jContents


def test_rows_are_their_number_where_they_become_text() -> None:
    rows = Unlogged([{"vector": [0.5] * 384}] * 1_000)
    assert repr({"rows": rows}) == "{'rows': <1,000 rows>}"


def test_the_server_gets_them_like_any_list(contents: Neo4jContents) -> None:
    rows = [{"id": "a", "vector": [0.5, -1.0]}, {"id": "b", "vector": []}]
    with connected(contents.url) as session:
        [found] = session.run("RETURN $rows", rows=Unlogged(rows)).values()
    assert found == [rows]
