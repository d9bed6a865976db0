"""The stores that one conformance suite runs on: a new adapter joins in ``STORES``."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.port import KnowledgeStore
from kgp.testing import ListLoader, MemoryStore, publish
from kgp.testing.golden import golden
from tests.unit.platform.store.neo4j_contents import Neo4jContents

if TYPE_CHECKING:
    from pathlib import Path

LOCAL: dict[str, Callable[[Path], KnowledgeStore]] = {
    "memory": lambda folder: MemoryStore(),
    "embedded-memory": lambda folder: EmbeddedStore(":memory:"),
    "embedded-file": lambda folder: EmbeddedStore(str(folder / "graph.duckdb")),
}
NEO4J = "neo4j"
STORES = sorted((*LOCAL, NEO4J))

Reading = Callable[[str, str, Sequence[ListLoader]], KnowledgeStore]


def fill(
    store: KnowledgeStore, folder: Path, loaders: Sequence[ListLoader] | None = None
) -> KnowledgeStore:
    for loader in golden() if loaders is None else loaders:
        publish(store, loader, folder / "staging")
    return store


@pytest.fixture(scope="session")
def contents(neo4j_url: str) -> Neo4jContents:
    """What the Neo4j server of this process holds."""
    return Neo4jContents(neo4j_url)


@pytest.fixture(scope="session")
def reading(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Reading]:
    """Gives a store of a kind with what some loaders state, filled once, for reading alone."""
    opened: dict[tuple[str, ...], KnowledgeStore] = {}

    def read(kind: str, name: str, loaders: Sequence[ListLoader]) -> KnowledgeStore:
        if kind == NEO4J:
            server = request.getfixturevalue("contents")
            folder = tmp_path_factory.mktemp(name)
            server.show(name, lambda store: fill(store, folder, loaders))
            return opened.get((kind,)) or opened.setdefault(
                (kind,), stack.enter_context(server.open())
            )
        if (kind, name) not in opened:
            folder = tmp_path_factory.mktemp(f"{name}-{kind}")
            opened[kind, name] = stack.enter_context(LOCAL[kind](folder))
            fill(opened[kind, name], folder, loaders)
        return opened[kind, name]

    with ExitStack() as stack:
        yield read


@pytest.fixture(params=STORES)
def reader(request: pytest.FixtureRequest, reading: Reading) -> KnowledgeStore:
    """The golden graph in a store of every kind, for tests that only read it."""
    return reading(request.param, "golden", golden())


@pytest.fixture(params=STORES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnowledgeStore]:
    """An empty store of every kind."""
    if request.param == NEO4J:
        server = request.getfixturevalue("contents")
        server.put("empty", lambda store: None)
        with server.open() as opened:
            yield opened
        return
    with LOCAL[request.param](tmp_path) as store:
        yield store


@pytest.fixture(scope="session")
def golden_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an embedded store with the golden graph; never opened again, only copied."""
    folder = tmp_path_factory.mktemp("golden")
    with EmbeddedStore(str(folder / "graph.duckdb")) as store:
        fill(store, folder)
    return folder / "graph.duckdb"


@pytest.fixture(scope="session")
def golden_memory(tmp_path_factory: pytest.TempPathFactory) -> MemoryStore:
    """The golden graph in memory; never written again, only copied."""
    store = MemoryStore()
    fill(store, tmp_path_factory.mktemp("golden"))
    return store


@pytest.fixture(params=STORES)
def store(
    request: pytest.FixtureRequest, tmp_path: Path, golden_file: Path, golden_memory: MemoryStore
) -> Iterator[KnowledgeStore]:
    """The golden graph in a store of every kind, for tests that change it."""
    if request.param == "memory":
        yield copy.deepcopy(golden_memory)
        return
    if request.param == "embedded-file":
        shutil.copy(golden_file, tmp_path / "graph.duckdb")
        with EmbeddedStore(str(tmp_path / "graph.duckdb")) as opened:
            yield opened
        return
    if request.param == NEO4J:
        server = request.getfixturevalue("contents")
        server.put("golden", lambda opened: fill(opened, tmp_path))
        with server.open() as opened:
            yield opened
        return
    with EmbeddedStore(":memory:") as opened:
        yield copy_tables(golden_file, opened)


def copy_tables(file: Path, store: EmbeddedStore) -> EmbeddedStore:
    """Fill an empty store from the file of another: faster than six loads."""
    store.execute(f"ATTACH '{file}' AS golden (READ_ONLY)")
    store.execute("DELETE FROM meta")
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'golden'"
    for (table,) in store.rows(tables):
        store.execute(f"INSERT INTO {table} SELECT * FROM golden.{table}")
    store.execute("DETACH golden")
    return store
