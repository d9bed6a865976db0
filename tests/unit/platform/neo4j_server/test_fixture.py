"""The server of the tests themselves."""

from __future__ import annotations

from tests.neo4j_server import connected, wipe


def test_wiped_server_holds_nothing(neo4j_url: str) -> None:
    with connected(neo4j_url) as session:
        session.run("CREATE (:A)-[:B]->(:C)").consume()
    wipe(neo4j_url)
    with connected(neo4j_url) as session:
        assert session.run("MATCH (n) RETURN count(n)").single(strict=True).value() == 0
