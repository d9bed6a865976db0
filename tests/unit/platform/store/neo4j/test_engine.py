"""The engine is kept, and is made anew whenever it does not fit the server."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING

import pytest

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.engine import engine
from kgp.testing import publish, stage_list
from tests.unit.platform.store.neo4j.worlds import genes, proteins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.platform.store.neo4j.store import Neo4jStore
    from tests.unit.platform.store.neo4j_contents import Neo4jContents


@pytest.fixture
def store(
    contents: Neo4jContents, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Neo4jStore]:
    monkeypatch.setenv("KGP_CACHE", str(tmp_path / "cache"))
    contents.put("proteins", lambda store: publish(store, proteins(), tmp_path))
    with contents.open() as opened:
        yield opened


@pytest.fixture
def kept(store: Neo4jStore, tmp_path: Path) -> Path:
    """Where the engine of the store is kept."""
    return tmp_path / "cache" / "engines" / f"{store.record()['uuid']}.duckdb"


def derived(store: Neo4jStore) -> str:
    with engine(store) as found:
        return found.fingerprint()


def test_a_kept_engine_needs_no_ledger(store: Neo4jStore, kept: Path) -> None:
    expected = derived(store)
    store.write("MATCH (d:KgpPart) DELETE d")
    assert derived(store) == expected
    assert kept.exists()


@pytest.mark.parametrize("what", ["damaged", "removed", "of another store"])
def test_an_engine_that_does_not_fit_is_made_anew(
    store: Neo4jStore, kept: Path, tmp_path: Path, what: str
) -> None:
    expected = derived(store)
    if what == "removed":
        kept.unlink()
    elif what == "damaged":
        kept.write_bytes(b"\0" * 4096)
    else:
        kept.unlink()
        with EmbeddedStore(str(kept)) as other:
            publish(other, genes(), tmp_path)
    assert derived(store) == expected


def test_a_load_that_was_not_published_after_all_leaves_the_engine(
    store: Neo4jStore, tmp_path: Path
) -> None:
    expected = derived(store)
    with engine(store) as found:
        found.publish(stage_list(genes(), tmp_path))
    assert derived(store) == expected


def test_an_engine_that_another_process_uses_is_left_to_it(store: Neo4jStore, kept: Path) -> None:
    expected = derived(store)
    before = kept.read_bytes()
    with kept.with_name(f"{kept.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert derived(store) == expected
    assert kept.read_bytes() == before


def test_without_a_folder_to_write_to_it_works_too(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = derived(store)
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("KGP_CACHE", str(tmp_path / "file"))
    assert derived(store) == expected
