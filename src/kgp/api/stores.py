"""Opening a store by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import StoreError, UsageError
from kgp.log import redact
from kgp.settings import load_settings

if TYPE_CHECKING:
    from kgp.platform.store.embedded.store import EmbeddedStore

_SERVER = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")


def open_store(url: str | None = None, *, create: bool = False) -> EmbeddedStore:
    """Open the store at ``url``.

    Args:
        url: ``duckdb:PATH``; default the environment's ``KGP_STORE``, else ``duckdb:kgp.duckdb``.
        create: make it where there is none; only loading does.

    Returns:
        The open store, a context manager that satisfies
        :class:`kgp.platform.store.port.KnowledgeStore`.

    Raises:
        UsageError: if the URL is none that kgp knows.
        StoreError: if there is no store, a newer one, or the scheme is not supported yet.
        StoreBusyError: if another process holds the file.
    """
    settings = load_settings()
    path = store_path(url or settings.store)
    from kgp.platform.store.embedded.store import EmbeddedStore

    return EmbeddedStore(path, create=create, busy_wait=settings.busy_wait)


def store_path(url: str) -> str:
    """The file of an embedded store's URL."""
    scheme, _, path = url.partition(":")
    shown = redact(url)
    if scheme == "duckdb" and path:
        return path
    if scheme in _SERVER:
        raise StoreError(
            f"{shown!r} names a Neo4j server; this version of kgp stores graphs in DuckDB only.",
            hint="Valid is duckdb:PATH.",
            command="kgp … --store duckdb:kgp.duckdb",
        )
    raise UsageError(
        f"{shown!r} is not the URL of a store.",
        hint="Valid is duckdb:PATH, such as duckdb:kgp.duckdb.",
        command="kgp … --store duckdb:kgp.duckdb",
    )


def staging_root(url: str | None = None) -> Path:
    """Where loads into the store at ``url`` are staged: beside the file."""
    path = store_path(url or load_settings().store)
    return Path(f"{path}.staging")


def runs_root(url: str | None = None) -> Path:
    """Where results of commands on the store at ``url`` lie by default: beside the file."""
    path = Path(store_path(url or load_settings().store))
    return path.with_name(f"{path.stem}.runs")
