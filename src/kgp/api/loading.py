"""Loading sources into a store: stage, publish, account."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kgp.api.stores import open_store, staging_root
from kgp.errors import TerminalError
from kgp.loaders.registry import assign_roles, build_loader, source_spec
from kgp.loaders.world import naming_load, read_world
from kgp.platform.staging import abort, discard, load_identity, stage
from kgp.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Loader
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.platform.staging import Staged
    from kgp.platform.store.records import PublishReport


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The account of one load.

    Args:
        info: the source.
        files: what was read.
        rows_in: data rows (or records) read.
        rows_kept: rows that were not dropped.
        dropped: reason → number of rows.
        examples: reason → the first offending values.
        published: what the store added.
    """

    info: SourceInfo
    files: tuple[str, ...]
    rows_in: int
    rows_kept: int
    dropped: dict[str, int]
    examples: dict[str, list[str]]
    published: PublishReport


def load(
    source: str,
    paths: Sequence[str | Path],
    *,
    store: str | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    max_dropped: float = 1.0,
) -> LoadReport:
    """Load one source into a store.

    Args:
        source: name of the source (``kgp sources`` lists them).
        paths: files, each ``PATH`` or ``ROLE=PATH``.
        store: URL of the store; it is created where there is none.
        options: the source's options, such as ``name`` or ``version``.
        progress: where to say how far it is.
        max_dropped: largest share of rows that may be dropped.

    Raises:
        KgpError: whatever is wrong; the graph is then as it was before.
    """
    given = {k: v for k, v in (options or {}).items() if v is not None}
    if "name" in given and "name" not in source_spec(source).options:
        given.pop("name")
    loader = build_loader(source, assign_roles(source, [str(p) for p in paths]), **given)
    return publish(loader, given, store=store, progress=progress, max_dropped=max_dropped)


def load_world(
    path: Path, *, store: str | None = None, progress: Progress | None = None
) -> Iterator[LoadReport]:
    """Load all sources that a world file lists, one after the other.

    The headers of all files are checked before the first source is loaded.

    Raises:
        KgpError: naming the load that is wrong; the loads before it stand.
    """
    specs = read_world(path)
    loaders: list[Loader] = []
    for spec in specs:
        with naming_load(spec.where):
            loaders.append(build_loader(spec.source, spec.inputs, **spec.options))
    for spec, loader in zip(specs, loaders, strict=True):
        with naming_load(spec.where):
            report = publish(loader, spec.options, store=store, progress=progress)
        yield report


def publish(
    loader: Loader,
    options: Mapping[str, Any],
    *,
    store: str | None = None,
    progress: Progress | None = None,
    max_dropped: float = 1.0,
) -> LoadReport:
    """Stage and publish what a loader reads: both phases, or nothing."""
    bars = progress or SilentProgress()
    root = staging_root(store)
    try:
        with bars.step(f"read {loader.info.name}", unit="rows") as step:
            staged = stage(loader, root, options, step, max_dropped=max_dropped)
        with bars.step(f"publish {loader.info.name}"), open_store(store, create=True) as graph:
            report = graph.publish(staged)
    except TerminalError:
        # Trying again changes nothing, so there is nothing to continue with.
        load_id = load_identity(loader.info.name, loader.inputs, options)
        shutil.rmtree(root / load_id, ignore_errors=True)
        raise
    discard(staged)
    return _report(staged, report)


def abort_loads(store: str | None = None) -> list[str]:
    """Remove every interrupted load of a store; return their identities."""
    return abort(staging_root(store))


def _report(staged: Staged, published: PublishReport) -> LoadReport:
    tally = staged.tally
    dropped = {reason: entry.count for reason, entry in sorted(tally.dropped.items())}
    examples = {reason: entry.examples for reason, entry in sorted(tally.dropped.items())}
    return LoadReport(
        staged.info,
        staged.files,
        tally.rows_in,
        tally.rows_kept,
        {**dropped, **published.dropped},
        examples,
        published,
    )
