"""Stores that the tests of the API share: written once, copied by tests that write."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kgp.api.training import TrainedRun, train
from tests.unit.api import worlds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Trained(NamedTuple):
    """A store and a small run on it."""

    url: str
    runs: Path
    run: TrainedRun


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what a test computes out of the cache of the user who runs it."""
    monkeypatch.setenv("KGP_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the stores; never opened for writing again."""
    folder = tmp_path_factory.mktemp("stores")
    sources = [worlds.gene_table(), worlds.network(), worlds.screen()]
    worlds.write_store(folder / "toy.duckdb", sources)
    worlds.write_store(folder / "random.duckdb", [worlds.random_network()])
    worlds.write_store(folder / "damaged.duckdb", worlds.damaged_network())
    worlds.write_store(folder / "drugs.duckdb", [worlds.drugs()])
    return folder


@pytest.fixture
def copied(stores: Path, tmp_path: Path) -> Callable[[str], str]:
    """Copies a store for a test that writes, and returns the URL."""

    def copy(name: str) -> str:
        shutil.copy(stores / f"{name}.duckdb", tmp_path / f"{name}.duckdb")
        return worlds.url_of(tmp_path / f"{name}.duckdb")

    return copy


@pytest.fixture(scope="session")
def toy(stores: Path) -> str:
    """URL of the world that is worked out by hand, for tests that only read."""
    return worlds.url_of(stores / "toy.duckdb")


@pytest.fixture(scope="session")
def trained(stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """KG-GAT on two splits of the drug world, two epochs each."""
    url, runs = worlds.url_of(stores / "drugs.duckdb"), tmp_path_factory.mktemp("runs")
    return Trained(url, runs, train(url, "kg-gat", seeds=2, epochs=2, out=runs))
