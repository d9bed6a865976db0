"""Phase 1 of a load: a source becomes validated Parquet parts in a staging folder.

The folder is the ledger: a part exists under its final name only when it is whole, and
``load.json`` exists only when all parts do. An interrupted staging continues when the same load
runs again, because a load's identity is the content of its files.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow.parquet as pq

from kgp.errors import BadInputError, StoreUnavailableError
from kgp.kg_schema.tally import Dropped, Tally
from kgp.platform.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch, Kind, Loader
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.progress import Step

_TALLY = b"kgp.dropped"
_LEDGER = "load.json"


@dataclass(frozen=True, slots=True)
class Staged:
    """A complete, valid staging.

    Args:
        folder: where the parts lie.
        load_id: identity of the load.
        info: the source.
        options: what the user chose, such as the network's name.
        tally: rows in and dropped by reason, from loader and validation together.
        files: the files that were read.
    """

    folder: Path
    load_id: str
    info: SourceInfo
    options: dict[str, Any]
    tally: Tally
    files: tuple[str, ...]

    def parts(self, kind: Kind) -> list[str]:
        """Paths of the parts that hold ``kind``, in order."""
        return [str(path) for path in sorted(self.folder.glob(f"*.{kind}.parquet"))]


def load_identity(source: str, inputs: Mapping[str, Path], options: Mapping[str, Any]) -> str:
    """Hash of the source's name, the content of its files and the options."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(orjson.dumps([source, dict(options)], option=orjson.OPT_SORT_KEYS))
    for role, path in sorted(inputs.items()):
        digest.update(role.encode())
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                digest.update(_content_hash(file))
    return digest.hexdigest()


def _content_hash(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).digest()


def stage(
    loader: Loader, root: Path, options: Mapping[str, Any], step: Step, *, max_dropped: float = 1.0
) -> Staged:
    """Read the whole source into parts; continue where an interrupted staging stopped.

    Args:
        loader: the source.
        root: folder that holds one folder per load.
        options: what the user chose; part of the load's identity.
        step: progress in rows.
        max_dropped: largest share of rows that may be dropped.

    Raises:
        BadInputError: if the source is empty, nothing is left of it, or too much is dropped.
        StoreUnavailableError: if the disk is full.
    """
    load_id = load_identity(loader.info.name, loader.inputs, options)
    folder = root / load_id
    files = tuple(str(path) for path in loader.inputs.values())
    try:
        with _writing(root):
            folder.mkdir(parents=True, exist_ok=True)
        tally = _write_parts(loader, folder, step)
        staged = Staged(folder, load_id, loader.info, dict(options), tally, files)
        _check_yield(staged, max_dropped)
    except BadInputError:
        # The same files will be refused again: there is nothing to continue.
        shutil.rmtree(folder, ignore_errors=True)
        raise
    with _writing(root):
        _write_ledger(staged)
    return staged


def _write_parts(loader: Loader, folder: Path, step: Step) -> Tally:
    tally, checks, seen = Tally(), Tally(), 0
    for number, batch in enumerate(loader.batches(tally)):
        part = folder / f"{number:06d}.{batch.kind}.parquet"
        with _writing(folder.parent):
            _count(checks, _stage_part(batch, part))
        step.advance(tally.rows_in - seen)
        seen = tally.rows_in
    step.advance(tally.rows_in - seen)
    _count(tally, checks.dropped)
    return tally


def _stage_part(batch: Batch, part: Path) -> dict[str, Dropped]:
    """Validate and write one part, unless it is there; return what validation dropped."""
    if part.exists():
        held = orjson.loads(pq.read_schema(part).metadata[_TALLY])
        return {reason: Dropped(**entry) for reason, entry in held.items()}
    dropped = Tally()
    table = validate(batch, dropped)
    note = orjson.dumps({reason: asdict(entry) for reason, entry in dropped.dropped.items()})
    table = table.replace_schema_metadata({_TALLY: note})
    # The process id, because the same command may run twice at a time.
    unfinished = part.with_suffix(f".{os.getpid()}.unfinished")
    pq.write_table(table, unfinished, compression="zstd", compression_level=1)
    unfinished.replace(part)
    return dropped.dropped


def _count(into: Tally, dropped: Mapping[str, Dropped]) -> None:
    for reason, entry in dropped.items():
        into.drop(reason, entry.count - len(entry.examples))
        for example in entry.examples:
            into.drop(reason, 1, example)


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


def _write_ledger(staged: Staged) -> None:
    ledger = staged.folder / _LEDGER
    content = {
        "load_id": staged.load_id,
        "info": asdict(staged.info),
        "options": staged.options,
        "tally": asdict(staged.tally),
    }
    unfinished = ledger.with_suffix(f".{os.getpid()}.unfinished")
    unfinished.write_bytes(orjson.dumps(content))
    unfinished.replace(ledger)


def discard(staged: Staged) -> None:
    """Remove a staging after it was published, and the folder of stagings with the last one."""
    shutil.rmtree(staged.folder, ignore_errors=True)
    # Another load may be staging beside this one: then the folder is not empty and stays.
    with suppress(OSError):
        staged.folder.parent.rmdir()


def abort(root: Path) -> list[str]:
    """Remove every staging under ``root``; return the identities of the loads."""
    found = list(stagings(root))
    for folder in found:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in found]


def stagings(root: Path) -> Iterator[Path]:
    """Folders of loads that were not published."""
    yield from sorted(path for path in root.glob("*") if path.is_dir()) if root.is_dir() else ()


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    """Name the disk under ``root`` in its errors; those of the source's own files are others."""
    try:
        yield
    except OSError as error:
        raise StoreUnavailableError(
            f"Cannot write the staging folder {root}: {error.strerror or error}.",
            hint="Free some space or give a store on another disk; the graph is as it was before.",
            command="kgp load … (the same command continues), or kgp load --abort",
        ) from error
