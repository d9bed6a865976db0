"""Another process that publishes a load; run as a module."""

from __future__ import annotations

import sys
from pathlib import Path

from kgp.platform.store.neo4j.address import parse_address
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.testing import publish
from tests.unit.platform.store.neo4j.worlds import genes

if __name__ == "__main__":
    with Neo4jStore(parse_address(sys.argv[1])) as store:
        publish(store, genes(), Path(sys.argv[2]))
