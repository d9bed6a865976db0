"""CSV, TSV and Parquet alike: a header, and blocks of text columns.

In Parquet numbers become their shortest text, lists their items joined by bars, and nulls empty
text, so that what follows need not know where a table came from.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from kgp.errors import BadInputError
from kgp.loaders.files import first_line, look, reading
from kgp.loaders.tables import quoted_fields, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

DELIMITERS = ("\t", ",", ";", "|", " ")
"""What may separate columns, the most telling first."""

LIST_SEPARATOR = "|"
BLOCK_ROWS = 65_536
_PARQUET_MAGIC = b"PAR1"
_ARROW_ERRORS = (
    pa.ArrowException,
    OSError,
    UnicodeDecodeError,
    pl.exceptions.PolarsError,
    pl.exceptions.PanicException,
)


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table and how to read it.

    Args:
        path: the file.
        columns: names of its columns, in order.
        delimiter: what separates them; empty for Parquet.
    """

    path: Path
    columns: tuple[str, ...]
    delimiter: str

    def blocks(self, columns: Sequence[str], tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield ``columns`` as text, block by block, and count the rows.

        Raises:
            BadInputError: if the file is damaged, or holds no row.
        """
        if not self.delimiter:
            yield from _parquet_blocks(self.path, columns, tally)
            return
        yield from stream_table(
            self.path,
            columns,
            tally,
            delimiter=self.delimiter,
            names=self.columns,
            quoted=True,
            multiline=True,
        )


def open_table(path: Path, delimiter: str | None = None) -> TableFile:
    """Read the header of a table.

    Args:
        path: CSV, TSV (plain or gzip) or Parquet, told apart by content.
        delimiter: what separates the columns, where the header does not show it.

    Raises:
        BadInputError: if the file is damaged or empty, or names a column twice.
    """
    if _is_parquet(path):
        with _reading_parquet(path):
            columns = tuple(pq.read_schema(path).names)
        delimiter = ""
    else:
        line = first_line(path)
        delimiter = delimiter or _delimiter_of(line)
        columns = _fields(path, line, delimiter)
    for name in columns:
        if columns.count(name) > 1:
            raise BadInputError(
                f"{path} has the column {name!r} twice.",
                hint="Expected is a header that names every column once.",
                command=look(path),
            )
    return TableFile(path, columns, delimiter)


def _is_parquet(path: Path) -> bool:
    with reading(path), path.open("rb") as file:
        return file.read(4) == _PARQUET_MAGIC


def _delimiter_of(line: str) -> str:
    return next((each for each in DELIMITERS if each in line), ",")


def _fields(path: Path, line: str, delimiter: str) -> tuple[str, ...]:
    names = quoted_fields(path, line, delimiter)
    # A table that pandas wrote with its index begins with a column without a name.
    return tuple(name.strip() or f"column_{n}" for n, name in enumerate(names, start=1))


@contextmanager
def _reading_parquet(path: Path) -> Iterator[None]:
    """Turn what Arrow and polars raise about a damaged Parquet file into one clear error."""
    try:
        yield
    except _ARROW_ERRORS as error:
        first = (str(error).splitlines() or ["no details"])[0]
        raise BadInputError(
            f"{path} cannot be read as Parquet: {first[:200]}",
            hint="Expected is a whole Parquet file of plain columns.",
            command=f"ls -l {path.name}",
        ) from error


def _parquet_blocks(path: Path, columns: Sequence[str], tally: Tally) -> Iterator[pl.DataFrame]:
    seen = False
    with _reading_parquet(path), pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=BLOCK_ROWS, columns=list(columns)):
            if batch.num_rows:
                seen = True
                tally.read(batch.num_rows)
                yield _texts(path, batch, columns)
    if not seen:
        raise BadInputError(
            f"{path} holds no rows.",
            hint="Expected is at least one row.",
            command=f"ls -l {path.name}",
        )


def _texts(path: Path, batch: pa.RecordBatch, columns: Sequence[str]) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame.select(_text(path, name, frame.schema[name]) for name in columns)


def _text(path: Path, name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.List) and not kind.inner.is_nested():
        items = column.list.eval(pl.element().cast(pl.String)).list.drop_nulls()
        return items.list.join(LIST_SEPARATOR).fill_null("")
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise BadInputError(
            f"{path}: column {name!r} is of type {kind}, no text, number or list of these.",
            hint="Expected are plain columns; flatten it first, or leave it out.",
            command="kgp load table FILE --guess",
        )
    if kind.is_float():
        column = pl.when(column.is_finite()).then(column)
    return column.cast(pl.String).fill_null("")
