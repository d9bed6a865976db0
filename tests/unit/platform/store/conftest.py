"""The stores that one conformance suite runs on: a new adapter is one line in ``STORES``."""

from __future__ import annotations

import copy
import shutil
from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import MemoryStore, publish
from kgp.testing.golden import golden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgp.platform.store.port import KnowledgeStore

STORES: dict[str, Callable[[Path], KnowledgeStore]] = {
    "memory": lambda folder: MemoryStore(),
    "embedded-memory": lambda folder: EmbeddedStore(":memory:"),
    "embedded-file": lambda folder: EmbeddedStore(str(folder / "graph.duckdb")),
}


def fill(store: KnowledgeStore, folder: Path) -> KnowledgeStore:
    for loader in golden():
        publish(store, loader, folder / "staging")
    return store


@pytest.fixture(scope="session", params=sorted(STORES))
def reader(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KnowledgeStore]:
    """The golden graph in a store of every kind, for tests that only read it."""
    folder = tmp_path_factory.mktemp(request.param)
    with STORES[request.param](folder) as store:
        yield fill(store, folder)


@pytest.fixture(params=sorted(STORES))
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KnowledgeStore]:
    """An empty store of every kind."""
    with STORES[request.param](tmp_path) as store:
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


@pytest.fixture(params=sorted(STORES))
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
    with STORES[request.param](tmp_path) as opened:
        if isinstance(opened, EmbeddedStore):
            yield copy_tables(golden_file, opened)
        else:
            yield fill(opened, tmp_path)


def copy_tables(file: Path, store: EmbeddedStore) -> EmbeddedStore:
    """Fill an empty store from the file of another: faster than six loads."""
    store.execute(f"ATTACH '{file}' AS golden (READ_ONLY)")
    store.execute("DELETE FROM meta")
    tables = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'golden'"
    for (table,) in store.rows(tables):
        store.execute(f"INSERT INTO {table} SELECT * FROM golden.{table}")
    store.execute("DETACH golden")
    return store
