"""What the graph is: derived from the ledger by the embedded store, in a temporary file."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.neo4j.ledger import published_loads, read_load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.neo4j.session import Row, Session


@contextmanager
def engine(session: Session) -> Iterator[EmbeddedStore]:
    """An embedded store that holds what the published loads state; gone afterwards."""
    with TemporaryDirectory(prefix="kgp-engine-") as folder:
        with EmbeddedStore(str(Path(folder) / "engine.duckdb")) as store:
            for load in published_loads(session):
                publish_into(store, session, load)
            yield store


def publish_into(store: EmbeddedStore, session: Session, load: Row) -> None:
    """Publish one load of the ledger into an embedded store."""
    with TemporaryDirectory(prefix="kgp-parts-") as folder:
        store.publish(read_load(session, load, Path(folder)))
