"""Phase 1 of a load: a source becomes validated Parquet parts in a staging folder.

The folder is the ledger: a block's mark exists only when all its parts are whole, and
``load.json`` exists only when all blocks have their marks. An interrupted staging continues when
the same load runs again, because a load's identity is the content of its files.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError
from kgp.kg_schema.batches import BlockLoader
from kgp.kg_schema.tally import Tally
from kgp.platform.spread import cluster
from kgp.platform.staging_blocks import Work, add, as_it_is, put, read_tally, write_bytes, writing
from kgp.platform.staging_folder import Begun, abort, begin, held, remove, stagings
from kgp.platform.staging_inputs import Inputs
from kgp.platform.staging_workers import stage_blocks, threads

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Kind, Loader
    from kgp.kg_schema.licenses import Use
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.platform.staging_workers import Workers
    from kgp.platform.store.records import SourceRecord
    from kgp.progress import Step

__all__ = ["Staged", "abort", "discard", "stage", "stagings"]

_LEDGER = "load.json"


@dataclass(frozen=True, slots=True)
class Staged:
    """A complete, valid staging.

    Args:
        folder: where the parts lie.
        load_id: identity of the load.
        info: the source.
        options: what the user chose, such as the network's name.
        tally: rows in, merged and dropped by reason, from loader and validation together.
        files: the files that were read.
        notes: what the user should know about how it came about.
        moved: the account that the load has in the store that it comes from; None for one that is
            read from files. It is kept as it is, with its time.
    """

    folder: Path
    load_id: str
    info: SourceInfo
    options: dict[str, Any]
    tally: Tally
    files: tuple[str, ...]
    notes: tuple[str, ...] = ()
    moved: SourceRecord | None = None

    def parts(self, kind: Kind) -> list[str]:
        """Paths of the parts that hold ``kind``, in order."""
        return [str(path) for path in sorted(self.folder.glob(f"*.{kind}.parquet"))]


def stage(
    loader: Loader,
    root: Path,
    options: Mapping[str, Any],
    step: Step,
    *,
    max_dropped: float = 1.0,
    use: Use | None = None,
    dask: str | None = None,
) -> Staged:
    """Read the whole source into parts; continue where an interrupted staging stopped.

    Args:
        loader: the source.
        root: folder that holds one folder per load.
        options: what the user chose; part of the load's identity.
        step: progress in rows.
        max_dropped: largest share of rows that may be dropped.
        use: what the graph is for: rows whose own licence does not allow it are dropped.
        dask: ``local``, or the address of a Dask scheduler whose workers see ``root``.

    Raises:
        BadInputError: if the source is empty, nothing is left of it, too much is dropped, or a
            file changed while it was being read.
        MissingExtraError: if ``dask`` is asked for and not installed.
        StoreBusyError: if another process is reading the same load.
        StoreUnavailableError: if the disk is full, or the cluster cannot be used.
        UsageError: if ``dask`` is not an address.
    """
    inputs = Inputs(dict(loader.inputs))
    load_id = inputs.identity(loader.info, options, use)
    folder = root / load_id
    files = tuple(str(path) for path in loader.inputs.values())
    with held(folder):
        notes = begin(folder, Begun(loader.info.name, version("kgp"), inputs.named()))
        notes += getattr(loader, "notes", ())  # what a loader has understood of its files
        try:
            done = _Reading(loader, folder, inputs, step, use)
            tally = done.from_ledger() or done.with_workers(dask, notes)
            staged = Staged(folder, load_id, loader.info, dict(options), tally, files, tuple(notes))
            _check_yield(staged, max_dropped)
        except BadInputError:
            # The same files will be refused again: there is nothing to continue.
            remove(folder)
            raise
        if not done.complete:
            _write_ledger(staged, done.blocks)
    return staged


@dataclass(slots=True)
class _Reading:
    """One source on its way into the parts of one folder."""

    loader: Loader
    folder: Path
    inputs: Inputs
    step: Step
    use: Use | None
    blocks: int = 0
    complete: bool = False

    def from_ledger(self) -> Tally | None:
        """The account of a staging that is complete already; None if it is not."""
        try:
            ledger = orjson.loads((self.folder / _LEDGER).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        work = self._work()
        if any(work.done(number) is None for number in range(ledger["blocks"])):
            return None
        self.complete = True
        tally = read_tally(ledger["tally"])
        self.step.advance(tally.rows_in)
        return tally

    def with_workers(self, dask: str | None, notes: list[str]) -> Tally:
        """Stage what is not staged yet; add to ``notes`` what the user should know."""
        spread = dask is not None and isinstance(self.loader, BlockLoader)
        if dask is not None and not spread:
            notes.append(f"{self.loader.info.name} is read in one piece, without Dask.")
        for note in notes:
            self.step.note(note)
        with cluster(dask) if dask is not None and spread else threads() as workers:
            return self._write_parts(workers)

    def _work(self) -> Work:
        parse = self.loader.parse if isinstance(self.loader, BlockLoader) else as_it_is
        return Work(self.folder, parse, self.use)

    def _write_parts(self, workers: Workers) -> Tally:
        read, staged, shown = Tally(), Tally(), 0
        blocks = self._blocks(read)
        for tally in stage_blocks(self._work(), blocks, workers, self.inputs.check):
            self.blocks += 1
            add(staged, tally)
            self.step.advance(read.rows_in + staged.rows_in - shown)
            shown = read.rows_in + staged.rows_in
        self.step.advance(read.rows_in + staged.rows_in - shown)
        self.inputs.check()
        add(read, staged)
        return read

    def _blocks(self, tally: Tally) -> Iterator[Any]:
        if isinstance(self.loader, BlockLoader):
            return self.loader.blocks(tally)
        return self.loader.batches(tally)


def _check_yield(staged: Staged, max_dropped: float) -> None:
    tally = staged.tally
    names = ", ".join(staged.files) or staged.info.name
    if tally.rows_in == 0:
        raise BadInputError(
            f"{names}: the source is empty; no data rows were read.",
            hint="Expected at least one row after the header.",
            command="kgp sources",
        )
    share = tally.rows_dropped / tally.rows_in
    if share > max_dropped or tally.rows_kept <= 0:
        reasons = "; ".join(
            f"{reason}: {entry.count:,} (such as {', '.join(entry.examples)})"
            for reason, entry in tally.dropped.items()
        )
        raise BadInputError(
            f"{names}: {tally.rows_dropped:,} of {tally.rows_in:,} rows would be dropped."
            f" {reasons}",
            hint=_limit(max_dropped, nothing_left=tally.rows_kept <= 0),
            command="kgp sources" if tally.rows_kept <= 0 else "kgp load … --max-dropped SHARE",
        )


def _limit(max_dropped: float, *, nothing_left: bool) -> str:
    if nothing_left:
        return "No row is left, so nothing was written. Is this the right source for the file?"
    return f"At most {max_dropped:.0%} may be dropped; nothing was written."


def _write_ledger(staged: Staged, blocks: int) -> None:
    content = {
        "load_id": staged.load_id,
        "info": asdict(staged.info),
        "options": staged.options,
        "tally": asdict(staged.tally),
        "blocks": blocks,
    }
    with writing(staged.folder.parent):
        put(staged.folder / _LEDGER, partial(write_bytes, orjson.dumps(content)))


def discard(staged: Staged) -> None:
    """Remove a staging after it was published, and the folder of stagings with the last one."""
    remove(staged.folder)
