"""The first load into a server's empty database, by Neo4j's own import tool.

Everything is staged and published into an embedded store in a temporary file, written out as the
files that the tool reads, and imported while the server is stopped. A server that kgp has started
is stopped and started by it; for any other the commands are shown, and the same command again
finishes the load. A killed bulk load leaves no graph, and is begun again by the same command.
"""

from __future__ import annotations

import hashlib
import shlex
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson

from kgp import __version__
from kgp.api.publishing import account_of, publish_into, stage_with, without_traces
from kgp.api.stores import locate, staging_root
from kgp.errors import StoreUnavailableError, UsageError
from kgp.platform.staging import discard
from kgp.platform.staging_folder import held, remove
from kgp.platform.store.neo4j.address import Address
from kgp.platform.store.records import PublishReport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgp.api.accounts import LoadReport
    from kgp.api.publishing import Manner
    from kgp.kg_schema.batches import Loader
    from kgp.platform.neo4j_server.home import Home
    from kgp.platform.staging import Staged
    from kgp.platform.store.neo4j.bulk_files import Manifest

_ENGINE, _ACCOUNTS = "engine.duckdb", "accounts.json"


@dataclass(frozen=True, slots=True)
class BulkFiles:
    """Files that wait for whoever runs the server.

    Args:
        folder: where they are.
        commands: what to type, in this order; the last one finishes the load.
        elsewhere: the command of the import where Neo4j runs without compose.
    """

    folder: str
    commands: tuple[str, ...]
    elsewhere: str


@dataclass(frozen=True, slots=True)
class _Published:
    """What became of one staging."""

    report: PublishReport
    ambiguous: int


def bulk_load(
    todo: Sequence[tuple[Loader, Mapping[str, Any]]], manner: Manner, command: str
) -> list[LoadReport] | BulkFiles:
    """Load sources into an empty database of a server.

    Args:
        todo: loaders with their options, in the order of their arrival.
        manner: how; its store is a server.
        command: what the user typed, which continues an interrupted bulk load.

    Returns:
        The accounts; or, where kgp cannot stop the server, the files and what to do with them.

    Raises:
        UsageError: if the store is a file.
        StoreError: if the database holds anything.
        KgpError: whatever else is wrong; there is no graph then, as before.
    """
    address = _server(manner)
    folder = _folder(manner.store)
    from kgp.platform.store.neo4j.bulk_server import home_of, wait_for_import

    home = home_of(address)
    imported = _begun(address, home)
    with held(folder):
        wait_for_import(folder)
        root = staging_root(manner.store)
        staged = [stage_with(loader, root, options, manner) for loader, options in todo]
        mark = _mark(staged)
        manifest, published = _files(folder, mark, staged, manner)
        if imported != mark:
            if home is None:
                return _to_do(address, folder, command)
            _import(address, home, folder, mark, manner)
        with manner.bars.step("index and count") as step, closing(_session(address)) as session:
            pairs = zip(staged, (each.report for each in published), strict=True)
            session.finish(manifest, folder, list(pairs), step)
        if home is not None:
            from kgp.platform.store.neo4j.bulk_server import done

            done(home)
        for each in staged:
            discard(each)
        remove(folder)
    return [
        account_of(each, found.report, found.ambiguous, manner.use)
        for each, found in zip(staged, published, strict=True)
    ]


def abort_bulk(store: str | None) -> bool:
    """Remove what a bulk load has left half done; tell whether there was anything."""
    address = locate(store)
    if not isinstance(address, Address):
        return False
    from kgp.platform.store.neo4j.bulk_server import home_of, take_back

    folder = _folder(store)
    there = folder.is_dir()
    home = home_of(address)
    taken = home is not None and take_back(home)
    if not taken and there:
        with closing(_session(address)) as session:
            taken = session.take_back()
    remove(folder)
    return there or taken


def _server(manner: Manner) -> Address:
    address = locate(manner.store)
    if isinstance(address, Address) and not manner.into_existing:
        return address
    if isinstance(address, Address):
        raise UsageError(
            "--bulk replaces a whole database, so it cannot leave beside it what others keep.",
            command="the same command without --bulk",
        )
    raise UsageError(
        f"--bulk is for a Neo4j server; {address} is a file, which is always loaded in bulk.",
        command="the same command without --bulk",
    )


def _folder(store: str | None) -> Path:
    return staging_root(store).parent / "bulk"


def _session(address: Address) -> Any:
    from kgp.platform.store.neo4j.bulk_finish import BulkSession

    return BulkSession(address)


def _mark(staged: Sequence[Staged]) -> str:
    """What tells these loads by this version of kgp from others."""
    loads = [__version__, *(each.load_id for each in staged)]
    return hashlib.blake2b(orjson.dumps(loads), digest_size=8).hexdigest()


def _begun(address: Address, home: Home | None) -> str | None:
    """The mark of what was imported already; None if the database is empty or broken off."""
    from kgp.platform.store.neo4j.bulk_server import under_way

    try:
        with closing(_session(address)) as session:
            found: str | None = session.begun()
            return found
    except StoreUnavailableError:
        # A killed bulk load has left the server stopped, or with files that it cannot open.
        if home is None or under_way(home) is None:
            raise
        return None


def _files(
    folder: Path, mark: str, staged: Sequence[Staged], manner: Manner
) -> tuple[Manifest, list[_Published]]:
    """The files of a bulk load: those that are there, or written now."""
    from kgp.platform.store.neo4j.bulk_files import read_manifest, write_files

    known = read_manifest(folder)
    if known is not None and known.mark == mark:
        return known, _read_accounts(folder)
    from kgp.platform.store.embedded.store import EmbeddedStore

    for left in folder.iterdir():
        if left.name != "lock":
            left.unlink()
    published = []
    with EmbeddedStore(str(folder / _ENGINE)) as engine:
        for each in staged:
            with manner.bars.step(f"publish {each.info.name}"), without_traces(each):
                published.append(_Published(*publish_into(engine, each, manner)))
        (folder / _ACCOUNTS).write_bytes(orjson.dumps([asdict(found) for found in published]))
        with manner.bars.step("write files") as step:
            manifest = write_files(engine, folder, mark, step)
    (folder / _ENGINE).unlink()
    return manifest, published


def _read_accounts(folder: Path) -> list[_Published]:
    return [
        _Published(PublishReport(**found["report"]), found["ambiguous"])
        for found in orjson.loads((folder / _ACCOUNTS).read_bytes())
    ]


def _import(address: Address, home: Home, folder: Path, mark: str, manner: Manner) -> None:
    """Stop the server, import, start it."""
    from kgp.platform.store.neo4j.bulk_server import bring_up, import_files, take_down

    with manner.bars.step("stop the server"):
        # Somebody may have written since the first look.
        _begun(address, home)
        begun = take_down(home, mark)
    with manner.bars.step("import") as step:
        import_files(home, folder, step)
    with manner.bars.step("start the server"):
        bring_up(home, begun)


def _to_do(address: Address, folder: Path, command: str) -> BulkFiles:
    from kgp.platform.store.neo4j.bulk_files import ARGUMENTS

    there = shlex.quote(str(folder))
    tool = f"neo4j-admin database import full {address.database} @{ARGUMENTS}"
    return BulkFiles(
        str(folder),
        (
            "docker compose stop neo4j",
            f"docker compose run --rm --no-deps --volume {there}:/bulk --workdir /bulk neo4j "
            f"{tool}",
            "docker compose start neo4j",
            command,
        ),
        f"cd {there} && {tool}",
    )
