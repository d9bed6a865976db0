"""What tests and benchmarks do with a Neo4j server beside its store: ask the driver, empty it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import neo4j

from kgp.platform.store.neo4j.address import parse_address

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def connected(url: str) -> Iterator[neo4j.Session]:
    """A session of the official driver on the server at ``url``."""
    address = parse_address(url)
    auth = (address.user, address.password())
    with (
        neo4j.GraphDatabase.driver(address.server, auth=auth) as driver,
        driver.session(database=address.database) as session,
    ):
        yield session


def wipe(url: str) -> str:
    """Remove all nodes and relationships, and return the URL; constraints and indexes stay."""
    with connected(url) as session:
        # A hub's relationships may be more than one transaction holds, so they go first.
        for what in ("()-[x]->()", "(x)"):
            remove = f"MATCH {what} CALL (x) {{ DELETE x }} IN TRANSACTIONS OF 5000 ROWS"
            session.run(remove).consume()
    return url
