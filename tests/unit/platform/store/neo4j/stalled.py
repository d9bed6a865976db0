"""A process that writes a version and stops within its transaction; run as a module."""

from __future__ import annotations

import sys
from typing import Any

from kgp.platform.store.neo4j import regulation
from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from tests.unit.platform.store.test_evidence import commit


def stall(*_: Any) -> None:
    """Stop where edges and evidence are written, and the version's record is not."""
    sys.stdout.write("half-way\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    regulation.write_version = stall
    with Neo4jStore(parse_address(sys.argv[1])) as store:
        commit(store)
