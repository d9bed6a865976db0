"""Arrow's CSV reader over a file that is checked to be text, and that is never left while it reads.

Arrow reads ahead in a thread of its own, through Python. A thread that is still in Python when the
interpreter ends takes the process down with it (apache/arrow issue 34314), so whoever leaves a
table before its end, as an error, Ctrl-C or the end of the process does, first waits until Arrow
has let go of the file.
"""

from __future__ import annotations

import atexit
import codecs
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, ClassVar
from weakref import ref

import pyarrow as pa
import pyarrow.csv as pacsv

from kgp.loaders.files import BLOCK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_PATIENCE = 10.0
"""Seconds that a read of one block may still take when nobody wants it any more."""

_GLANCE = 0.001
"""Seconds from one look to the next."""


@contextmanager
def csv_batches(
    file: IO[bytes],
    names: Sequence[str],
    columns: Sequence[str],
    parse: pacsv.ParseOptions,
    *,
    header: bool,
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Stream a table.

    Args:
        file: the bytes of the table.
        names: all its columns.
        columns: those to read, all as text.
        parse: delimiter, quotes, and what becomes of rows of a wrong width.
        header: whether the first line is no row.
    """
    read = pacsv.ReadOptions(
        block_size=BLOCK_BYTES, column_names=names, skip_rows=int(header), use_threads=False
    )
    convert = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in columns},
        include_columns=list(columns),
        strings_can_be_null=False,
    )
    reading = _Reading(file)
    atexit.register(reading.stop)
    try:
        reading.open(read, parse, convert)
        yield reading.batches()
    finally:
        reading.stop()
        atexit.unregister(reading.stop)


class _Reading:
    """A reader, and what of the file it holds: Arrow alone, so that one can see it let go."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._reader: pacsv.CSVStreamingReader | None = None
        self._held = list[ref[_Handed] | ref[memoryview]]()
        self._ended = False

    def open(self, *options: object) -> None:
        """Let Arrow begin to read; an error holds this frame, which therefore holds no file."""
        self._reader = pacsv.open_csv(self._handed(), *options)

    def _handed(self) -> _Handed:
        handed = _Handed(self._read)
        self._held.append(ref(handed))
        return handed

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches; who takes them holds no reference to the reader."""
        while self._reader is not None:
            try:
                batch = self._reader.read_next_batch()
            except StopIteration:
                return
            yield batch

    def stop(self) -> None:
        """Let the next read be the last, and wait until Arrow holds nothing of the file.

        To let go of a piece is the last that its thread does in Python.
        """
        self._ended = True
        self._reader = None
        end = time.monotonic() + _PATIENCE
        while self._holds() and time.monotonic() < end:
            time.sleep(_GLANCE)

    def _holds(self) -> bool:
        return any(held() is not None for held in self._held)

    def _read(self, size: int = -1) -> memoryview:
        """Read up to ``size`` bytes; raise UnicodeDecodeError for bytes that are no text.

        The parser checks the columns that it converts, but not those that it skips, nor the rows
        of a wrong width that it hands out as text.
        """
        block = b""
        if not self._ended:
            block = self._file.read(size)
            self._decoder.decode(block, final=not block)
        handed = memoryview(block)
        self._held = [*(held for held in self._held if held() is not None), ref(handed)]
        return handed


@dataclass(slots=True, weakref_slot=True)
class _Handed:
    """A file as Arrow wants it. An error in ``read`` holds a frame, which does not hold this."""

    read: Callable[[int], memoryview]
    closed: ClassVar[bool] = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True
