"""Streams come in canonical order also where a graph is larger than one batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kgp.loaders.registry import build_loader
from kgp.loaders.synthetic.primekg import write_primekg
from kgp.platform.staging import stage
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with more nodes and edges than DuckDB sorts in one piece."""
    folder = tmp_path_factory.mktemp("large")
    write_primekg(folder / "kg.csv", n_rows=600_000, seed=3)
    loader = build_loader("primekg", {"kg": folder / "kg.csv"})
    staged = stage(loader, folder / "staging", {}, SilentProgress())
    with EmbeddedStore(str(folder / "kgp.duckdb")) as store:
        store.publish(staged)
    return folder / "kgp.duckdb"


@pytest.mark.parametrize("opening", range(3))
def test_nodes_and_edges_stream_in_canonical_order(large: Path, opening: int) -> None:
    with EmbeddedStore(str(large)) as store:
        nodes = [
            (row["type"].encode(), row["id"].encode())
            for batch in store.scan_nodes()
            for row in batch.select(["type", "id"]).to_pylist()
        ]
        keys = ("type", "src", "dst", "qualifier", "source")
        edges = [
            tuple(row[key].encode() for key in keys)
            for batch in store.scan_edges()
            for row in batch.select(keys).to_pylist()
        ]
    assert len(nodes) > 9_000
    assert len(edges) > 200_000
    assert nodes == sorted(nodes)
    assert edges == sorted(edges)
