"""Streams out of Neo4j: in ranges, several at a time, of one state of the graph."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import StoreBusyError
from kgp.loaders.registry import build_loader
from kgp.loaders.synthetic.primekg import write_primekg
from kgp.platform.snapshot.config import SnapshotConfig
from kgp.platform.snapshot.writer import write_snapshot
from kgp.platform.staging import stage
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.ranges import fetch_ahead, key_ranges
from kgp.progress import SilentProgress
from kgp.testing.golden import MDM2, TP53
from tests.unit.platform.store.test_similar import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.staging import Staged
    from kgp.platform.store.neo4j.store import Neo4jStore
    from kgp.platform.store.port import KnowledgeStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents

ROWS, AT_ONCE = 20_000, 200
"""Rows of a PrimeKG, and of a range: there are many."""

keys = st.dictionaries(st.text(min_size=1), st.integers(1, 50))


@given(keys, st.integers(1, 60))
def test_ranges_hold_every_key_once_in_bytewise_order(degrees: dict[str, int], rows: int) -> None:
    ranges = key_ranges(degrees.items(), rows)
    assert [key for some in ranges for key in some] == sorted(degrees, key=str.encode)
    sizes = [[degrees[key] for key in some] for some in ranges]
    assert all(sum(some) >= rows for some in sizes[:-1])
    assert all(sum(some[:-1]) < rows for some in sizes)


@given(st.lists(st.integers()), st.integers(1, 5))
def test_what_is_fetched_ahead_comes_in_order(numbers: list[int], connections: int) -> None:
    assert list(fetch_ahead(str, numbers, connections)) == [str(number) for number in numbers]


def test_what_fails_ahead_fails_in_its_place() -> None:
    fetched = fetch_ahead(lambda number: 1 // number, [1, 0, 1], 3)
    assert next(fetched) == 1
    with pytest.raises(ZeroDivisionError):
        next(fetched)


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Staged:
    folder = tmp_path_factory.mktemp("primekg")
    write_primekg(folder / "kg.csv", n_rows=ROWS, seed=3)
    loader = build_loader("primekg", {"kg": folder / "kg.csv"})
    return stage(loader, folder / "staging", {}, SilentProgress())


@pytest.fixture(scope="module")
def embedded(staged: Staged) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(":memory:") as store:
        store.publish(staged)
        yield store


@pytest.fixture
def server(contents: Neo4jContents, staged: Staged) -> Iterator[Neo4jStore]:
    contents.show("primekg", lambda store: store.publish(staged))
    with contents.open() as store:
        store.node_range = store.edge_range = AT_ONCE
        yield store


@pytest.mark.parametrize("what", ["scan_nodes", "scan_edges"])
def test_a_graph_of_many_ranges_streams_as_from_the_embedded_store(
    server: Neo4jStore, embedded: EmbeddedStore, what: str
) -> None:
    here, there = (
        pa.Table.from_batches(list(getattr(store, what)())) for store in (embedded, server)
    )
    assert there.column_names == here.column_names
    assert len(here) > 4 * AT_ONCE
    assert there.to_pylist() == here.to_pylist()


def test_the_summary_of_a_larger_graph_is_that_of_the_embedded_store(
    server: Neo4jStore, embedded: EmbeddedStore
) -> None:
    assert server.summary() == embedded.summary()
    assert server.counts() == embedded.counts()


def test_paths_through_a_larger_graph_are_those_of_the_embedded_store(
    server: Neo4jStore, embedded: EmbeddedStore
) -> None:
    ids = [i for batch in embedded.scan_nodes() for i in batch.column("id").to_pylist()]
    pairs = list(zip(ids[::500], ids[250::500], strict=False))
    found = [server.paths(*pair) for pair in pairs]
    assert found == [embedded.paths(*pair) for pair in pairs]
    assert any(found)


def test_a_snapshot_has_the_bytes_of_one_from_the_embedded_store(
    server: Neo4jStore, embedded: EmbeddedStore, tmp_path: Path
) -> None:
    assert snapshot(server, tmp_path / "server") == snapshot(embedded, tmp_path / "embedded")


def test_so_has_a_snapshot_with_responses_and_vectors(
    server_store: Neo4jStore, golden_file: Path, tmp_path: Path
) -> None:
    shutil.copy(golden_file, tmp_path / "graph.duckdb")
    with EmbeddedStore(str(tmp_path / "graph.duckdb")) as here:
        write(here, {TP53: [1.0, 0.1], MDM2: [2.0, 0.3]})
        write(server_store, {TP53: [1.0, 0.1], MDM2: [2.0, 0.3]})
        files = snapshot(here, tmp_path / "embedded")
    assert snapshot(server_store, tmp_path / "server") == files
    assert any("plain" in name for name in files)


def snapshot(store: KnowledgeStore, folder: Path) -> dict[str, bytes]:
    """Name → content of every file of a snapshot, the hash of the graph included."""
    write_snapshot(store, folder, SnapshotConfig())
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_a_stream_of_a_graph_that_changes_meanwhile_is_refused(server_store: Neo4jStore) -> None:
    edges = server_store.scan_edges()
    next(edges)
    write(server_store, {TP53: [1.0], MDM2: [2.0]})
    with pytest.raises(StoreBusyError, match="was changed while it was read"):
        list(edges)
