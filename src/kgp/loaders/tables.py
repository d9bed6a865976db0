"""Reading tables: header check, streaming, and errors that say what is wrong with a file.

Every column is read as text and empty fields as empty text, so that a gene called ``NA`` or
``NAN`` stays a gene. Memory is bounded by one block of the file.
"""

from __future__ import annotations

import gzip
import io
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, cast

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

BLOCK_BYTES = 8 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_DELIMITERS = {",": "commas", "\t": "tabs", " ": "spaces", ";": "semicolons", "|": "bars"}


def is_gzip(path: Path) -> bool:
    """Tell by the first bytes, not by the name, whether a file is compressed."""
    with path.open("rb") as file:
        return file.read(2) == _GZIP_MAGIC


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what the libraries raise about a damaged file into one clear error."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _damaged(path) from error
    except UnicodeDecodeError as error:
        raise BadInputError(
            f"{path} is not UTF-8 text: byte {error.object[error.start]:#04x}.",
            hint="Expected is UTF-8 text, plain or gzip.",
            command=f"iconv -f LATIN1 -t UTF-8 {path.name}",
        ) from error
    except (pa.ArrowInvalid, pl.exceptions.ComputeError) as error:
        raise BadInputError(
            f"{path} cannot be read as a table: {str(error).splitlines()[0]}",
            hint="Expected is UTF-8 text with one row per line and the same columns throughout.",
            command=_look(path),
        ) from error
    except OSError as error:
        if error.errno is None:
            raise _damaged(path) from error
        raise


def _look(path: Path) -> str:
    return f"{'zcat' if path.suffix == '.gz' else 'cat'} {path.name} | head"


def _damaged(path: Path) -> BadInputError:
    return BadInputError(
        f"{path} ends early or is damaged: it cannot be unpacked to its end.",
        hint="Expected is a whole gzip file; the download was probably cut off.",
        command=f"gzip -t {path.name}",
    )


def open_bytes(path: Path) -> IO[bytes]:
    """Open a plain or gzip file as bytes."""
    return cast("IO[bytes]", gzip.open(path, "rb")) if is_gzip(path) else path.open("rb")


@contextmanager
def open_text(path: Path, encoding: str = "utf-8") -> Iterator[Iterator[str]]:
    """Open a plain or gzip file as lines of text; damage is one clear error."""
    with reading(path), io.TextIOWrapper(open_bytes(path), encoding, newline="\n") as lines:
        yield lines


def stream_lines(path: Path, skip: str) -> Iterator[pl.DataFrame]:
    """Yield blocks of ``line`` (its number, from 1) and ``text``, without empty lines.

    Args:
        path: a plain or gzip file.
        skip: lines that start with this are comments.

    Raises:
        BadInputError: if the file is damaged, not UTF-8, or has a line longer than a block.
    """
    number, rest = 1, b""
    with reading(path), open_bytes(path) as file:
        while block := file.read(BLOCK_BYTES):
            whole, newline, tail = (rest + block).rpartition(b"\n")
            if not newline and len(tail) > BLOCK_BYTES:
                raise BadInputError(
                    f"{path}: line {number} is longer than {BLOCK_BYTES:,} bytes.",
                    hint="Expected is a text file with one record per line.",
                    command=_look(path),
                )
            rest = tail
            if newline:
                frame = _numbered(whole, number)
                number += frame.height
                yield _content(frame, skip)
        if rest:
            yield _content(_numbered(rest, number), skip)


def _numbered(block: bytes, start: int) -> pl.DataFrame:
    texts = pl.Series("text", block.decode("utf-8").split("\n"), dtype=pl.String)
    return texts.to_frame().with_row_index("line", offset=start)


def _content(lines: pl.DataFrame, skip: str) -> pl.DataFrame:
    lines = lines.with_columns(pl.col("text").str.strip_suffix("\r"))
    return lines.filter(~pl.col("text").str.starts_with(skip) & (pl.col("text") != ""))


def first_line(path: Path) -> str:
    """Return the first line without byte-order mark and line end.

    Raises:
        BadInputError: if the file is empty, binary or damaged.
    """
    with reading(path), open_bytes(path) as file:
        line = file.readline(BLOCK_BYTES).decode("utf-8-sig").rstrip("\r\n")
    if not line.strip():
        raise BadInputError(
            f"{path} is empty.",
            hint="Expected is a table whose first line names its columns.",
            command=f"ls -l {path.name}",
        )
    return line


def check_columns(
    path: Path, needed: Sequence[str], delimiter: str, found: Sequence[str] | None = None
) -> list[str]:
    """Return the columns of a table, which must include ``needed``.

    Args:
        path: the table.
        needed: columns that the source cannot do without.
        delimiter: what separates the columns.
        found: the columns, where the header is not simply the first line.

    Raises:
        BadInputError: naming what is missing, what is there, or the delimiter that would fit.
    """
    line = first_line(path)
    columns = list(found) if found is not None else _split(line, delimiter)
    missing = [name for name in needed if name not in columns]
    if not missing:
        return columns
    for other, word in _DELIMITERS.items():
        if other != delimiter and set(needed) <= set(_split(line, other)):
            raise BadInputError(
                f"{path} separates its columns by {word}, not by {_DELIMITERS[delimiter]}.",
                hint=f"Expected is the source's own file, separated by {_DELIMITERS[delimiter]}.",
                command=_look(path),
            )
    shown = ", ".join(columns[:12]) + (" …" if len(columns) > 12 else "")
    raise BadInputError(
        f"{path} has no column {missing[0]!r}; it has: {shown[:300]}.",
        hint=f"Expected are the columns {', '.join(needed)}.",
        command=_look(path),
    )


def _split(line: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"') for name in line.split(delimiter)]


def stream_table(
    path: Path,
    columns: Sequence[str],
    tally: Tally,
    *,
    delimiter: str = "\t",
    names: Sequence[str] | None = None,
    quoted: bool = False,
) -> Iterator[pl.DataFrame]:
    """Yield ``columns`` of a table block by block, all as text, and count the rows.

    Args:
        path: a plain or gzip file whose first line is a header.
        columns: what to read; other columns are skipped.
        tally: counts rows, and drops those with a wrong number of columns.
        delimiter: what separates columns.
        names: all column names, where the header line does not simply list them.
        quoted: whether fields may be quoted.

    Raises:
        BadInputError: if the file is damaged, or holds no row.
    """
    seen = False
    with reading(path):
        for batch in _open(path, columns, tally, delimiter, names, quoted):
            if batch.num_rows:
                seen = True
                tally.read(batch.num_rows)
                yield _frame(batch)
    if not seen and not tally.rows_in:
        raise BadInputError(
            f"{path} holds no rows.",
            hint="Expected is at least one row below the header.",
            command=_look(path),
        )


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _open(
    path: Path,
    columns: Sequence[str],
    tally: Tally,
    delimiter: str,
    names: Sequence[str] | None,
    quoted: bool,
) -> pacsv.CSVStreamingReader:
    """Open a streaming reader; rows with too few or too many fields are dropped and counted."""
    known = list(names) if names is not None else _split(first_line(path), delimiter)

    def on_invalid(row: pacsv.InvalidRow) -> str:
        tally.read()
        tally.drop("wrong number of columns", example=(row.text or "")[:120])
        return "skip"

    return pacsv.open_csv(
        pa.input_stream(str(path), compression="gzip" if is_gzip(path) else None),
        read_options=pacsv.ReadOptions(
            block_size=BLOCK_BYTES, column_names=known, skip_rows=1, use_threads=False
        ),
        parse_options=pacsv.ParseOptions(
            delimiter=delimiter,
            quote_char='"' if quoted else False,
            invalid_row_handler=on_invalid,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in columns},
            include_columns=list(columns),
            strings_can_be_null=False,
        ),
    )


def read_table(
    path: Path,
    columns: Sequence[str],
    tally: Tally,
    *,
    delimiter: str = "\t",
    names: Sequence[str] | None = None,
    quoted: bool = False,
) -> pl.DataFrame:
    """Read a table that fits into memory; see :func:`stream_table`."""
    blocks = stream_table(path, columns, tally, delimiter=delimiter, names=names, quoted=quoted)
    return pl.concat(list(blocks))
