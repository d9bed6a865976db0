"""Copying a whole graph from one store to another."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.api.stores import locate, open_store
from kgp.errors import BadInputError, UsageError
from kgp.platform.copying import Copied, copy_graph
from kgp.platform.store.neo4j.address import Address
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.port import KnowledgeStore
    from kgp.progress import Progress

__all__ = ["Copied", "copy_store"]

_UNFINISHED = ".copying"
"""End of the name of a file that a copy is filling."""


def copy_store(source: str, target: str, *, progress: Progress | None = None) -> Copied:
    """Copy a graph with all its loads, versions, forks, evidence and vectors.

    Until the copy is whole and has the same fingerprint, nobody can use it: a file has another
    name, a server says that it is not whole. The same call continues what was interrupted.

    Args:
        source: URL of the store that is read.
        target: URL of a store that is not there yet, or is empty.
        progress: where to say how far it is.

    Raises:
        UsageError: if both are one store, or one URL is none.
        BadInputError: if the target is not empty.
        StoreError: if a store cannot be used, or the fingerprints differ.
    """
    if _same(locate(source), locate(target)):
        raise UsageError(
            f"{target} is the store that would be copied.",
            hint="Valid is the URL of another one, which is empty or not there yet.",
            command=f"kgp copy {source} duckdb:copy.duckdb",
        )
    bars = progress or SilentProgress()
    with (
        open_store(source) as graph,
        bars.step("copy", unit="parts") as step,
        _filling(target) as copy,
    ):
        return copy_graph(graph, copy, step)


def _same(one: Path | Address, other: Path | Address) -> bool:
    if isinstance(one, Address) and isinstance(other, Address):
        return (one.host, one.port, one.database) == (other.host, other.port, other.database)
    if isinstance(one, Path) and isinstance(other, Path):
        return one.absolute() == other.absolute()
    return False


@contextmanager
def _filling(url: str) -> Iterator[KnowledgeStore]:
    """A store that nobody else can use until the block has ended well."""
    place = locate(url)
    if isinstance(place, Address):
        from kgp.platform.store.neo4j.owners import new_owner
        from kgp.platform.store.neo4j.store import Neo4jStore

        with Neo4jStore(place, create=True, filling=True) as server:
            if not server.begin_filling(new_owner()):
                raise _taken(url)
            yield server
            server.filled()
        return
    if place.exists():
        raise _taken(url)
    unfinished = place.with_name(place.name + _UNFINISHED)
    with open_store(f"duckdb:{unfinished}", create=True) as file:
        yield file
    if place.exists():
        raise _taken(url)
    unfinished.rename(place)


def _taken(url: str) -> BadInputError:
    return BadInputError(
        f"{url} holds a graph already; nothing was copied.",
        hint="A copy replaces nothing and is mixed with nothing: valid is an empty place.",
        command="kgp copy FROM duckdb:copy.duckdb",
    )
