"""Both phases of one load, whatever its source: stage and publish, or stage and look."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kgp.api.accounts import DryRun, LoadReport, license_notes
from kgp.api.meeting import MIN_KNOWN, check_known
from kgp.api.stores import open_store, staging_root
from kgp.errors import TerminalError
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.licenses import Use, parse_use
from kgp.platform.staging import discard, stage
from kgp.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgp.kg_schema.batches import Loader
    from kgp.platform.staging import Staged
    from kgp.platform.store.port import KnowledgeStore
    from kgp.platform.store.records import PublishReport
    from kgp.progress import Step


@dataclass(frozen=True, slots=True)
class Manner:
    """How to load, whatever the source.

    Args:
        store: URL of the store.
        bars: where to say how far it is.
        max_dropped: largest share of rows that may be dropped.
        use: what the licence of every row has to allow; None allows everything.
        dask: ``local`` or the address of a Dask scheduler that parses.
        min_known: least share of the features of a response set that a graph with relationships
            has to know.
        into_existing: load beside what others keep in the database of a server.
    """

    store: str | None
    bars: Progress
    max_dropped: float = 1.0
    use: Use | None = None
    dask: str | None = None
    min_known: float = MIN_KNOWN
    into_existing: bool = False

    @classmethod
    def of(
        cls,
        store: str | None,
        progress: Progress | None,
        max_dropped: float,
        use: str | None,
        dask: str | None,
        min_known: float = MIN_KNOWN,
        into_existing: bool = False,
    ) -> Manner:
        """What a user asked for.

        Raises:
            UsageError: for an unknown use.
        """
        parsed = None if use is None else parse_use(use)
        bars = progress or SilentProgress()
        return cls(store, bars, max_dropped, parsed, dask, min_known, into_existing)

    def opened(self) -> KnowledgeStore:
        """The store to load into; it is made where there is none."""
        return open_store(self.store, create=True, into_existing=self.into_existing)


def publish(
    loader: Loader,
    options: Mapping[str, Any],
    *,
    store: str | None = None,
    progress: Progress | None = None,
) -> LoadReport:
    """Stage and publish what a loader reads; its options are part of the load's identity."""
    return publish_with(loader, options, Manner(store, progress or SilentProgress()))


def publish_with(loader: Loader, options: Mapping[str, Any], manner: Manner) -> LoadReport:
    """Stage and publish what a loader reads: both phases, or nothing."""
    staged = stage_with(loader, staging_root(manner.store), options, manner)
    bar = manner.bars.step(f"publish {loader.info.name}")
    with without_traces(staged), bar as step, manner.opened() as graph:
        published, ambiguous = publish_into(graph, staged, manner, step)
    discard(staged)
    return account_of(staged, published, ambiguous, manner.use)


def publish_into(
    graph: KnowledgeStore, staged: Staged, manner: Manner, step: Step | None = None
) -> tuple[PublishReport, int]:
    """Publish a staging; return its account, and the ambiguous aliases of the graph after it."""
    # What is half written was met before; until it is whole it cannot be read.
    if graph.half_written() != staged.load_id:
        check_known(graph, staged, manner.min_known)
    return graph.publish(staged, step), _ambiguous(graph, staged)


def account_of(
    staged: Staged, published: PublishReport, ambiguous: int, use: Use | None
) -> LoadReport:
    """The whole account of a load that was published."""
    account = _account(staged, use)
    account["dropped"] = {**account["dropped"], **published.dropped}
    account["rows_merged"] = published.merged
    return LoadReport(**account, published=published, ambiguous_aliases=ambiguous)


def try_with(loader: Loader, options: Mapping[str, Any], manner: Manner) -> DryRun:
    """Stage what a loader reads, look at it, and remove it."""
    from kgp.platform.preview import preview

    with TemporaryDirectory(prefix="kgp-dry-run-") as folder:
        staged = stage_with(loader, Path(folder), options, manner)
        account, content = _account(staged, manner.use), preview(staged)
    account["rows_merged"] += content.merged
    return DryRun(**account, content=content)


def stage_with(loader: Loader, root: Path, options: Mapping[str, Any], manner: Manner) -> Staged:
    """Stage what a loader reads under ``root``."""
    with manner.bars.step(f"read {loader.info.name}", unit="rows") as step:
        return stage(
            loader,
            root,
            options,
            step,
            max_dropped=manner.max_dropped,
            use=manner.use,
            dask=manner.dask,
        )


@contextmanager
def without_traces(staged: Staged) -> Iterator[None]:
    """Remove a staging that will never be published: trying again changes nothing."""
    try:
        yield
    except TerminalError:
        discard(staged)
        raise


def _ambiguous(graph: KnowledgeStore, staged: Staged) -> int:
    """Ambiguous aliases of the graph, after a load that brought identifiers."""
    return graph.ambiguous(1).count if staged.parts(Kind.XREFS) else 0


def _account(staged: Staged, use: Use | None) -> dict[str, Any]:
    """What staging alone knows, as the fields of an account."""
    tally = staged.tally
    dropped = sorted(tally.dropped.items())
    return {
        "info": staged.info,
        "files": staged.files,
        "rows_in": tally.rows_in,
        "rows_kept": tally.rows_kept,
        "rows_merged": tally.rows_merged,
        "dropped": {reason: entry.count for reason, entry in dropped},
        "examples": {reason: entry.examples for reason, entry in dropped},
        "use": use,
        "notes": (*staged.notes, *license_notes(staged.info, use)),
    }
