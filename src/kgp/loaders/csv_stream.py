"""Arrow's CSV reader over a file that is checked to be text, and that is never left while it reads.

Arrow reads ahead in a thread of its own, through Python. A thread that is still in Python when the
interpreter ends takes the process down with it (apache/arrow issue 34314), so whoever leaves a
table before its end, as an error, Ctrl-C or the end of the process does, first lets that thread
come to an end.
"""

from __future__ import annotations

import atexit
import codecs
import io
from collections import deque
from contextlib import contextmanager, suppress
from functools import partial
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pacsv

from kgp.loaders.files import BLOCK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgp.kg_schema.tally import Tally


@contextmanager
def csv_batches(
    file: IO[bytes],
    names: Sequence[str],
    columns: Sequence[str],
    tally: Tally,
    parse: pacsv.ParseOptions,
    *,
    header: bool,
) -> Iterator[pacsv.CSVStreamingReader]:
    """Open a streaming reader; rows with too few or too many fields are dropped and counted.

    Args:
        file: the bytes of the table.
        names: all its columns.
        columns: those to read, all as text.
        tally: counts the dropped rows.
        parse: delimiter and quotes.
        header: whether the first line is no row.
    """
    text = _Utf8(file)

    def on_invalid(row: pacsv.InvalidRow) -> str:
        if not text.ended:
            tally.read()
            tally.drop("wrong number of columns", example=(row.text or "")[:120])
        return "skip"

    parse.invalid_row_handler = on_invalid
    reader = pacsv.open_csv(
        text,
        read_options=pacsv.ReadOptions(
            block_size=BLOCK_BYTES, column_names=names, skip_rows=int(header), use_threads=False
        ),
        parse_options=parse,
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in columns},
            include_columns=list(columns),
            strings_can_be_null=False,
        ),
    )
    stop = partial(_stop, text, reader)
    atexit.register(stop)
    try:
        yield reader
    finally:
        atexit.unregister(stop)
        stop()


def _stop(text: _Utf8, reader: pacsv.CSVStreamingReader) -> None:
    """Pass over what was read ahead: behind it stands the end, behind which no thread reads."""
    text.ended = True
    # An error there is one of a table that nobody wants any more.
    with suppress(Exception):
        deque(reader, maxlen=0)


class _Utf8(io.RawIOBase):
    """Passes bytes on while they are UTF-8.

    The parser checks the columns that it converts, but not those that it skips, nor the rows of a
    wrong width that it hands out as text.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.ended = False

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes; raise UnicodeDecodeError for bytes that are no text."""
        if self.ended:
            return b""
        block = self._stream.read(size)
        self._decoder.decode(block, final=not block)
        return block
