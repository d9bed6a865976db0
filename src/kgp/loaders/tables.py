"""Reading tables: header check, streaming, and errors that say what is wrong with a file.

Every column is read as text and empty fields as empty text, so that a gene called ``NA`` or
``NAN`` stays a gene. Memory is bounded by one block of the file.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from kgp.errors import BadInputError
from kgp.loaders.csv_stream import csv_batches
from kgp.loaders.files import first_line, look, open_bytes, reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

_DELIMITERS = {",": "commas", "\t": "tabs", " ": "spaces", ";": "semicolons", "|": "bars"}


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
                command=look(path),
            )
    shown = ", ".join(columns[:12]) + (" …" if len(columns) > 12 else "")
    raise BadInputError(
        f"{path} has no column {missing[0]!r}; it has: {shown[:300]}.",
        hint=f"Expected are the columns {', '.join(needed)}.",
        command=look(path),
    )


def quoted_fields(path: Path, line: str, delimiter: str) -> list[str]:
    """Split a header (or the line below it) whose fields may be quoted.

    Args:
        path: where the line is from.
        line: without its end.
        delimiter: what separates the fields.

    Raises:
        BadInputError: if quotes or stray line ends make it unreadable.
    """
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise BadInputError(
            f"{path} has a header that cannot be read as a table: {str(error)[:200]}.",
            hint="Expected is a first line that names the columns.",
            command=look(path),
        ) from error


def columns_by_role(names: Mapping[str, str], roles: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Find the columns of a table that names them as its author pleased.

    Args:
        names: the name in lower case → as it is written.
        roles: what a column holds → what it may be called, in lower case, the best name first.

    Returns:
        Role → the column as it is written; roles without a column are left out.
    """
    found = {role: next((n for n in known if n in names), None) for role, known in roles.items()}
    return {role: names[name] for role, name in found.items() if name is not None}


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
    multiline: bool = False,
    header: bool = True,
) -> Iterator[pl.DataFrame]:
    """Yield ``columns`` of a table block by block, all as text, and count the rows.

    Args:
        path: a plain or gzip file of rows.
        columns: what to read; other columns are skipped.
        tally: counts rows, and drops those with a wrong number of columns.
        delimiter: what separates columns.
        names: all column names, where the header line does not simply list them.
        quoted: whether fields may be quoted.
        multiline: whether quoted fields may hold line ends; slower.
        header: whether the first line is no row; without one, ``names`` are needed.

    Raises:
        BadInputError: if the file is damaged, or holds no row.
    """
    seen, before = False, tally.rows_in

    def on_invalid(row: pacsv.InvalidRow) -> str:
        tally.read()
        tally.drop("wrong number of columns", example=(row.text or "")[:120])
        return "skip"

    parse = pacsv.ParseOptions(
        delimiter=delimiter,
        quote_char='"' if quoted else False,
        newlines_in_values=multiline,
        invalid_row_handler=on_invalid,
    )
    with reading(path):
        known = list(names) if names is not None else _split(first_line(path), delimiter)
        file = open_bytes(path)
        with csv_batches(file, known, columns, parse, header=header) as batches:
            for batch in batches:
                if batch.num_rows:
                    seen = True
                    tally.read(batch.num_rows)
                    yield _frame(batch)
    if tally.rows_in == before:
        raise BadInputError(
            f"{path} holds no rows.",
            hint="Expected is at least one row below the header.",
            command=look(path),
        )
    if not seen:
        # Every row was dropped and counted: what follows still wants the columns.
        yield pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)
    return frame


def read_table(
    path: Path,
    columns: Sequence[str],
    tally: Tally,
    *,
    delimiter: str = "\t",
    names: Sequence[str] | None = None,
    quoted: bool = False,
    multiline: bool = False,
    header: bool = True,
) -> pl.DataFrame:
    """Read a table that fits into memory; see :func:`stream_table`."""
    blocks = stream_table(
        path,
        columns,
        tally,
        delimiter=delimiter,
        names=names,
        quoted=quoted,
        multiline=multiline,
        header=header,
    )
    return pl.concat(list(blocks))
