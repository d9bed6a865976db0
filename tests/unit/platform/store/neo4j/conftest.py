"""The golden graph on a Neo4j server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.testing.golden import golden
from tests.unit.platform.store.conftest import NEO4J, Reading, fill

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from kgp.platform.store.port import KnowledgeStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents


@pytest.fixture
def server_reader(reading: Reading) -> KnowledgeStore:
    """The golden graph, for tests that only read it."""
    return reading(NEO4J, "golden", golden())


@pytest.fixture
def server_store(contents: Neo4jContents, tmp_path: Path) -> Iterator[Neo4jStore]:
    """The golden graph, for tests that change it."""
    contents.put("golden", lambda store: fill(store, tmp_path))
    with contents.open() as opened:
        yield opened
