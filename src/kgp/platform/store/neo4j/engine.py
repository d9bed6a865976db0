"""What the graph is: derived from the ledger by the embedded store, in a file of its own.

The file is kept in the user's cache, so that the next load need not read the ledger again. It is
worth nothing: it may be removed at any time, and whatever in it does not fit the server is made
anew. One process at a time uses it; another derives the graph in a temporary file.
"""

from __future__ import annotations

import fcntl
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb

from kgp.errors import KgpError
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.ledger import published_loads, read_load
from kgp.platform.store.neo4j.projection import SCHEMAS
from kgp.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.session import Row, Session

LARGEST = 8 << 30
"""Bytes that the kept files may have in all; beyond that the oldest ones go."""

_VERSION = "engine-version"


@contextmanager
def engine(session: Session) -> Iterator[EmbeddedStore]:
    """An embedded store that holds what the published loads state.

    Raises:
        StoreUnavailableError: if the disk is full.
    """
    loads = published_loads(session)
    uuid = session.record()["uuid"]
    with ExitStack() as stack:
        path = stack.enter_context(_kept(f"{uuid}.duckdb"))
        store = _fitting(path, loads) or _anew(path)
        with store:
            try:
                known = _known(store)
                for load in loads:
                    if load["load_id"] not in known:
                        publish_into(store, session, load)
                yield store
            finally:
                _tidy(store)


def publish_into(store: EmbeddedStore, session: Session, load: Row) -> None:
    """Publish one load of the ledger into an embedded store."""
    with TemporaryDirectory(prefix="kgp-parts-") as folder:
        store.publish(read_load(session, load, Path(folder)))


@contextmanager
def _kept(name: str) -> Iterator[Path]:
    """A file in the cache that no other process uses meanwhile, or a temporary one."""
    folder = load_settings().cache / "engines"
    with ExitStack() as stack:
        if not _locked(folder, name, stack):
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="kgp-engine-")))
        yield folder / name
        _bound(folder)


def _locked(folder: Path, name: str, stack: ExitStack) -> bool:
    """Whether a file of the cache is this process's alone, until the stack is closed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context((folder / f"{name}.lock").open("a"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        # Another process has it; or there is no right to write, or no locks on this file system.
        return False
    return True


def _fitting(path: Path, loads: list[Row]) -> EmbeddedStore | None:
    """The store that was kept, made to hold nothing but what is published; None if it cannot."""
    if not path.exists() or not loads:
        return None
    try:
        store = EmbeddedStore(str(path))
    except (KgpError, duckdb.Error):
        return None
    try:
        surplus = _known(store) - {load["load_id"] for load in loads}
        if store.get_meta(_VERSION) == version("kgp") and len(surplus) <= 1:
            for load_id in surplus:
                store.purge(load_id)
            return store
    except (KgpError, duckdb.Error):
        pass
    store.close()
    return None


def _anew(path: Path) -> EmbeddedStore:
    for old in (path, Path(f"{path}.wal")):
        old.unlink(missing_ok=True)
    store = EmbeddedStore(str(path))
    store.execute("INSERT INTO meta VALUES (?, ?)", _VERSION, version("kgp"))
    return store


def _known(store: EmbeddedStore) -> set[str]:
    return {row[0] for row in store.rows("SELECT load_id FROM load")}


def _tidy(store: EmbeddedStore) -> None:
    """Remove the tables of the last plan, whose room the next one uses again."""
    with suppress(KgpError, duckdb.Error):
        for schema in SCHEMAS:
            store.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _bound(folder: Path) -> None:
    """Remove the files that were not used for the longest time, beyond a size in all."""
    files = sorted(folder.glob("*.duckdb"), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for path in files:
        total += path.stat().st_size
        if total > LARGEST:
            path.unlink(missing_ok=True)


def times_of(store: EmbeddedStore) -> dict[str, str]:
    """Load → when it was published."""
    return {record.load_id: record.loaded_at for record in store.sources()}
