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

    from kgp.kg_schema.tally import Tally

_PATIENCE = 10.0
"""Seconds that a read of one block may still take when nobody wants it any more."""

_GLANCE = 0.001
"""Seconds."""


@contextmanager
def csv_batches(
    file: IO[bytes],
    names: Sequence[str],
    columns: Sequence[str],
    tally: Tally,
    parse: pacsv.ParseOptions,
    *,
    header: bool,
) -> Iterator[Iterator[pa.RecordBatch]]:
    """Stream a table; rows with too few or too many fields are dropped and counted.

    Args:
        file: the bytes of the table.
        names: all its columns.
        columns: those to read, all as text.
        tally: counts the dropped rows.
        parse: delimiter and quotes.
        header: whether the first line is no row.
    """
    reading = _Reading(file)

    def on_invalid(row: pacsv.InvalidRow) -> str:
        if not reading.ended:
            tally.read()
            tally.drop("wrong number of columns", example=(row.text or "")[:120])
        return "skip"

    parse.invalid_row_handler = on_invalid
    read = pacsv.ReadOptions(
        block_size=BLOCK_BYTES, column_names=names, skip_rows=int(header), use_threads=False
    )
    convert = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in columns},
        include_columns=list(columns),
        strings_can_be_null=False,
    )
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
        self._readers = list[pacsv.CSVStreamingReader]()
        self._held = list[ref[_Handed] | ref[memoryview]]()
        self.ended = False

    def open(self, *options: object) -> None:
        """Let Arrow begin to read; an error holds this frame, which therefore holds no file."""
        self._readers.append(pacsv.open_csv(self._handed(), *options))

    def _handed(self) -> _Handed:
        handed = _Handed(self._read)
        self._held.append(ref(handed))
        return handed

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The batches; who takes them holds no reference to the reader."""
        while self._readers:
            try:
                batch = self._readers[0].read_next_batch()
            except StopIteration:
                return
            yield batch

    def stop(self) -> None:
        """Let the next read be the last, and wait until Arrow holds nothing of the file.

        It lets go of each piece as the last that it does in Python in that thread.
        """
        self.ended = True
        self._readers.clear()
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
        block = b"" if self.ended else self._file.read(size)
        if not self.ended:
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
