"""Opening a store by its URL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import UsageError
from kgp.platform.store.neo4j.address import SCHEMES, Address, parse_address, without_secret
from kgp.settings import load_settings

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore

_STAGING = "staging"


def open_store(
    url: str | None = None, *, create: bool = False, into_existing: bool = False
) -> KnowledgeStore:
    """Open the store at ``url``.

    Args:
        url: ``duckdb:PATH`` or ``neo4j://HOST:PORT/DATABASE``; default the environment's
            ``KGP_STORE``, else ``duckdb:kgp.duckdb``.
        create: make it where there is none; only loading does.
        into_existing: let kgp's graph lie beside what others keep in the same database.

    Returns:
        The open store, a context manager.

    Raises:
        UsageError: if the URL is none that kgp knows, or ``into_existing`` is asked of a file.
        NoStoreError: if there is no store.
        StoreError: if it is a newer one, or the server refuses.
        StoreBusyError: if another process holds the file.
        StoreUnavailableError: if the server cannot be reached.
    """
    place = locate(url)
    if isinstance(place, Address):
        from kgp.platform.store.neo4j.store import Neo4jStore

        return Neo4jStore(place, create=create, into_existing=into_existing)
    if into_existing:
        raise UsageError(
            f"--into-existing concerns the database of a server; {place} is a file of kgp's own.",
            command="the same command without --into-existing",
        )
    from kgp.platform.store.embedded.store import EmbeddedStore

    return EmbeddedStore(str(place), create=create, busy_wait=load_settings().busy_wait)


def locate(url: str | None = None) -> Path | Address:
    """The file or the server that a store's URL names; default the environment's.

    Raises:
        UsageError: if the URL is none that kgp knows.
    """
    url = url or load_settings().store
    scheme, _, path = url.partition(":")
    if scheme == "duckdb" and path:
        return Path(path)
    if scheme in SCHEMES:
        return parse_address(url)
    raise UsageError(
        f"{without_secret(url)!r} is not the URL of a store.",
        hint="Valid is duckdb:PATH, such as duckdb:kgp.duckdb, or neo4j://HOST:PORT.",
        command="kgp … --store duckdb:kgp.duckdb",
    )


def staging_root(url: str | None = None) -> Path:
    """Where loads into the store at ``url`` are staged.

    Beside the file; for a server in ``HOST-PORT-DATABASE/staging`` under the user's folder for the
    state of programs (``KGP_STATE``), so that an interrupted load continues from the same machine.
    """
    place = locate(url)
    if isinstance(place, Address):
        return _state(place) / _STAGING
    return Path(f"{place}.{_STAGING}")


def runs_root(url: str | None = None) -> Path:
    """Where results of commands on the store at ``url`` lie by default.

    Beside the file; for a server in ``HOST-PORT-DATABASE/runs``, beside the stagings.
    """
    place = locate(url)
    if isinstance(place, Address):
        return _state(place) / "runs"
    return place.with_name(f"{place.stem}.runs")


def _state(address: Address) -> Path:
    host = address.host.replace(":", "_")
    return load_settings().state / f"{host}-{address.port}-{address.database}"
