"""One block of a load: its parts, then its mark. A block whose mark is there is never redone."""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kgp.errors import StoreUnavailableError
from kgp.kg_schema.tally import Dropped, Tally
from kgp.platform.validate import validate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kgp.kg_schema.batches import Batch, Kind
    from kgp.kg_schema.licenses import Use

UNFINISHED = ".unfinished"
"""End of the names of files that are being written."""


class Parse(Protocol):
    """Turns one block into batches: a pure function that can be pickled."""

    def __call__(self, block: Any, tally: Tally, /) -> Iterator[Batch]:
        """Yield the content of the block; count what is dropped and merged in it."""


@dataclass(frozen=True, slots=True)
class Work:
    """What it takes to stage any block of one load, in any process that sees the folder.

    Args:
        folder: the load's staging folder.
        parse: what the loader does with a block.
        use: what the graph is for, where rows are left out by their licence.
    """

    folder: Path
    parse: Parse
    use: Use | None = None

    def stage(self, number: int, block: Any) -> Tally:
        """Parse, validate and write block ``number``; return its own account.

        Raises:
            BadInputError: if the block holds what no load can.
            StoreUnavailableError: if the disk is full.
        """
        tally = Tally()
        tables: dict[Kind, list[pa.Table]] = defaultdict(list)
        for batch in self.parse(block, tally):
            tables[batch.kind].append(validate(batch, tally, self.use))
        with writing(self.folder.parent):
            sizes = {}
            for kind, found in tables.items():
                part = self.folder / f"{number:06d}.{kind}.parquet"
                put(part, partial(_write_table, pa.concat_tables(found)))
                sizes[part.name] = part.stat().st_size
            mark = orjson.dumps({"tally": asdict(tally), "parts": sizes})
            put(_mark(self.folder, number), partial(write_bytes, mark))
        return tally

    def done(self, number: int) -> Tally | None:
        """The account of a block that is whole; None if it has yet to be staged."""
        try:
            mark = orjson.loads(_mark(self.folder, number).read_bytes())
            parts = {name: (self.folder / name).stat().st_size for name in mark["parts"]}
        except (OSError, orjson.JSONDecodeError):
            return None
        return read_tally(mark["tally"]) if parts == mark["parts"] else None


def as_it_is(batch: Batch, tally: Tally) -> Iterator[Batch]:
    """Parse a block that is a batch already: the loader has counted what it dropped."""
    yield batch


def read_tally(held: dict[str, Any]) -> Tally:
    """Read an account back from JSON."""
    dropped = {reason: Dropped(**entry) for reason, entry in held["dropped"].items()}
    return Tally(held["rows_in"], held["rows_merged"], dropped)


def add(into: Tally, block: Tally) -> None:
    """Add the account of a block to that of the whole load."""
    into.read(block.rows_in)
    into.merge(block.rows_merged)
    for reason, entry in block.dropped.items():
        for example in entry.examples:
            into.drop(reason, 1, example)
        into.drop(reason, entry.count - len(entry.examples))


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file under another name, and rename it when it is whole."""
    # A name of its own, because two workers of a cluster may stage one block.
    unfinished = path.with_suffix(f".{uuid4().hex[:12]}{UNFINISHED}")
    try:
        write(unfinished)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


@contextmanager
def writing(root: Path) -> Iterator[None]:
    """Name the disk under ``root`` in its errors; those of the source's own files are others."""
    try:
        yield
    except OSError as error:
        # Arrow's errors carry the number, but a text of their own.
        why = os.strerror(error.errno) if error.errno else str(error)
        raise StoreUnavailableError(
            f"Cannot write the staging folder {root}: {why}.",
            hint="Free some space or give a store on another disk; the graph is as it was before.",
            command="kgp load … (the same command continues), or kgp load --abort",
        ) from error


def _mark(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.done"


def write_bytes(content: bytes, path: Path) -> None:
    """Write a whole file; the order of arguments is for :func:`put`."""
    path.write_bytes(content)


def _write_table(table: pa.Table, path: Path) -> None:
    pq.write_table(table, path, compression="zstd", compression_level=1)
