"""Loading sources into a store: stage, publish, account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.api.accounts import DryRun, LicenseError, LoadReport, Skipped, check_license
from kgp.api.bulk_loading import BulkFiles, abort_bulk, bulk_load
from kgp.api.meeting import MIN_KNOWN
from kgp.api.publishing import Manner, publish_with, try_with
from kgp.api.stores import locate, staging_root
from kgp.errors import BadInputError, NoStoreError
from kgp.loaders.registry import assign_roles, build_loader, source_spec
from kgp.loaders.world import naming_load, read_world
from kgp.platform.staging import abort
from kgp.platform.store.neo4j.address import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Loader
    from kgp.kg_schema.licenses import Use
    from kgp.loaders.world import LoadSpec
    from kgp.progress import Progress

__all__ = [
    "BulkFiles",
    "DryRun",
    "LoadReport",
    "Manner",
    "Skipped",
    "abort_loads",
    "dry_run",
    "load",
    "load_bulk",
    "load_world",
    "load_world_bulk",
]


def load(
    source: str,
    paths: Sequence[str | Path],
    *,
    store: str | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    max_dropped: float = 1.0,
    use: str | None = None,
    dask: str | None = None,
    min_known: float = MIN_KNOWN,
    into_existing: bool = False,
) -> LoadReport:
    """Load one source into a store.

    Args:
        source: name of the source (``kgp sources`` lists them).
        paths: files, each ``PATH`` or ``ROLE=PATH``.
        store: URL of the store; it is created where there is none.
        options: the source's options, such as ``name`` or ``version``.
        progress: where to say how far it is.
        max_dropped: largest share of rows that may be dropped.
        use: ``academic`` or ``commercial``: what the licence of every row has to allow.
        dask: ``local`` or the address of a Dask scheduler that parses.
        min_known: least share of a response set's features that a graph has to know.
        into_existing: load beside what others keep in the database of a server.

    Raises:
        KgpError: whatever is wrong; the graph is then as it was before.
    """
    manner = Manner.of(store, progress, max_dropped, use, dask, min_known, into_existing)
    loader, given = _prepare(source, paths, options, manner.use)
    return publish_with(loader, given, manner)


def dry_run(
    source: str,
    paths: Sequence[str | Path],
    *,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    max_dropped: float = 1.0,
    use: str | None = None,
    dask: str | None = None,
) -> DryRun:
    """Read one source to its end and say what would come in; no store is needed or touched.

    Args:
        source: name of the source.
        paths: files, each ``PATH`` or ``ROLE=PATH``.
        options: the source's options.
        progress: where to say how far it is.
        max_dropped: largest share of rows that may be dropped.
        use: ``academic`` or ``commercial``.
        dask: ``local`` or the address of a Dask scheduler; its workers have to see this machine's
            folder for temporary files.

    Raises:
        KgpError: whatever a load would be refused for.
    """
    manner = Manner.of(None, progress, max_dropped, use, dask)
    loader, given = _prepare(source, paths, options, manner.use)
    return try_with(loader, given, manner)


def load_world(
    path: Path,
    *,
    store: str | None = None,
    progress: Progress | None = None,
    max_dropped: float = 1.0,
    use: str | None = None,
    dask: str | None = None,
    dry_run: bool = False,
    min_known: float = MIN_KNOWN,
    into_existing: bool = False,
) -> Iterator[LoadReport | DryRun | Skipped]:
    """Load all sources that a world file lists, one after the other.

    The headers of all files are checked before the first source is loaded. Sources whose licence
    does not allow ``use`` are skipped; the arguments are those of :func:`load`.

    Args:
        path: the world file.
        store: URL of the store.
        progress: where to say how far it is.
        max_dropped: largest share of rows of one source that may be dropped.
        use: ``academic`` or ``commercial``.
        dask: ``local`` or the address of a Dask scheduler.
        dry_run: read everything, load nothing.
        min_known: least share of a response set's features that the graph has to know.
        into_existing: load beside what others keep in the database of a server.

    Raises:
        KgpError: naming the load that is wrong; the loads before it stand.
    """
    manner = Manner.of(store, progress, max_dropped, use, dask, min_known, into_existing)
    for spec, each in _build_world(path, manner):
        if isinstance(each, Skipped):
            yield each
            continue
        with naming_load(spec.where):
            report = (try_with if dry_run else publish_with)(each, spec.options, manner)
        yield report


def load_bulk(
    source: str,
    paths: Sequence[str | Path],
    command: str,
    manner: Manner,
    options: Mapping[str, Any] | None = None,
) -> list[LoadReport] | BulkFiles:
    """Load one source into the empty database of a server, by the server's own import tool.

    Args:
        source: name of the source.
        paths: files, each ``PATH`` or ``ROLE=PATH``.
        command: what continues this load, to be shown.
        manner: how; ``into_existing`` is refused, because an import replaces a whole database.
        options: the source's options.

    Returns:
        The account of the load; or, where kgp cannot stop the server, what to do.

    Raises:
        KgpError: whatever is wrong; there is no graph then, as before.
    """
    loader, given = _prepare(source, paths, options, manner.use)
    return bulk_load([(loader, given)], manner, command)


def load_world_bulk(
    path: Path, command: str, manner: Manner
) -> list[LoadReport | Skipped] | BulkFiles:
    """Load all sources of a world file into the empty database of a server, in one import.

    Args:
        path: the world file.
        command: what continues this load, to be shown.
        manner: how, as for :func:`load_bulk`; sources whose licence does not allow its use are
            skipped.

    Raises:
        KgpError: naming what is wrong; there is no graph then, as before.
    """
    built = _build_world(path, manner)
    todo = [(each, spec.options) for spec, each in built if not isinstance(each, Skipped)]
    done = bulk_load(todo, manner, command)
    if isinstance(done, BulkFiles):
        return done
    reports = iter(done)
    return [each if isinstance(each, Skipped) else next(reports) for _, each in built]


def abort_loads(store: str | None = None) -> list[str]:
    """Remove every interrupted load of a store; return their identities.

    On a server what is half written is taken back, too, and ``copy`` stands for an interrupted
    copy; in a file there is no such thing.
    """
    abort_bulk(store)
    place = locate(store)
    pending = _abort_pending(place) if isinstance(place, Address) else None
    staged = abort(staging_root(store))
    return sorted({*staged, *([pending] if pending else [])})


def _abort_pending(server: Address) -> str | None:
    from kgp.platform.store.neo4j.half_copy import take_back_copy
    from kgp.platform.store.neo4j.store import Neo4jStore

    try:
        with Neo4jStore(server, filling=True) as graph:
            return "copy" if take_back_copy(graph) else graph.abort_pending()
    except NoStoreError:
        return None


def _prepare(
    source: str, paths: Sequence[str | Path], options: Mapping[str, Any] | None, use: Use | None
) -> tuple[Loader, dict[str, Any]]:
    """Build the loader of what the user asked for, once its licence allows the use."""
    spec = source_spec(source)
    given = {k: v for k, v in (options or {}).items() if v is not None}
    if "name" in given and "name" not in spec.options:
        given.pop("name")
    inputs = assign_roles(source, [str(path) for path in paths])
    return _licensed(source, inputs, given, use), given


def _licensed(
    source: str, inputs: Mapping[str, Path], given: Mapping[str, Any], use: Use | None
) -> Loader:
    """Build a loader; the licence is checked before any file is opened, and as restated."""
    spec = source_spec(source)
    check_license(spec, str(given.get("license", spec.license)), use)
    loader = build_loader(source, inputs, **given)
    check_license(spec, loader.info.license, use)
    return loader


def _build_world(path: Path, manner: Manner) -> list[tuple[LoadSpec, Loader | Skipped]]:
    """The loaders of all loads of a world; one whose licence does not allow the use is skipped."""
    specs = read_world(path)
    built = [_build(spec, manner.use) for spec in specs]
    if specs and all(isinstance(each, Skipped) for each in built):
        raise BadInputError(
            f"{path}: no source of this world may be put to {manner.use} use.",
            hint=f"{built[0].reason}." if isinstance(built[0], Skipped) else "",
            command="kgp sources",
        )
    return list(zip(specs, built, strict=True))


def _build(spec: LoadSpec, use: Use | None) -> Loader | Skipped:
    with naming_load(spec.where):
        try:
            return _licensed(spec.source, spec.inputs, spec.options, use)
        except LicenseError as error:
            license = str(spec.options.get("license", source_spec(spec.source).license))
            reason = error.message.removesuffix("; nothing was read.")
            return Skipped(spec.source, license, spec.where, reason)
