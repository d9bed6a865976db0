"""Plain tables of a user, whatever library made them: columns in, the same kind of table out."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

import polars as pl
import pyarrow as pa

from kgp.errors import BadInputError

Frame = TypeVar("Frame")
"""The kind of table that was given and is given back: polars, pandas, or a pyarrow table."""

_KINDS = "Valid are a polars or pandas DataFrame, a pyarrow Table, and a dictionary of columns."


def read_columns(
    frame: object, what: str, required: Sequence[str], optional: Sequence[str] = ()
) -> pl.DataFrame:
    """Take the named columns of a table; others are ignored.

    Args:
        frame: a polars or pandas DataFrame, a pyarrow Table, or a mapping of columns.
        what: what the table is, for messages.
        required: columns that must be there.
        optional: columns that are taken where they are there.

    Returns:
        The columns that are there, in the order asked for.

    Raises:
        BadInputError: for another kind of table, a missing column or one that mixes types.
    """
    kind = _kind(frame, what)
    names = [str(name) for name in _names(frame, kind)]
    for name in required:
        if name not in names:
            raise BadInputError(
                f"The {what} has no column {name!r}. It has: {', '.join(names) or 'none'}.",
                hint=f"Needed are {', '.join(required)}"
                + (f"; optional are {', '.join(optional)}." if optional else "."),
            )
    wanted = [name for name in (*required, *optional) if name in names]
    twice = [name for name in wanted if names.count(name) > 1]
    if twice:
        raise BadInputError(f"The {what} has several columns {twice[0]!r}.", hint="Keep one.")
    return _take(frame, kind, what, wanted)


def give_back(table: pl.DataFrame, like: Frame) -> Frame:
    """Return ``table`` as the kind of table that ``like`` is."""
    kind = _kind(like, "table")
    if kind == "polars":
        return cast("Frame", table)
    if kind == "pyarrow":
        return cast("Frame", table.to_arrow())
    columns = table.to_dict(as_series=False)
    # Whoever gave a pandas frame has imported pandas; kgp itself does not depend on it.
    made: Any = sys.modules["pandas"].DataFrame(columns) if kind == "pandas" else columns
    return cast("Frame", made)


def read_pairs(given: object, what: str) -> list[tuple[str, str]]:
    """Read pairs of genes from a table with ``source`` and ``target``, or from the pairs.

    Raises:
        BadInputError: if they are neither.
    """
    if _find_kind(given) is not None:
        table = read_columns(given, what, ("source", "target"))
        columns = (read_genes(table, name, what).to_list() for name in ("source", "target"))
        return list(zip(*columns, strict=True))
    if isinstance(given, Iterable) and not isinstance(given, str):
        pairs = [_parts(each) for each in given]
        wrong = [pair for pair in pairs if len(pair) != 2 or not all(_is_name(x) for x in pair)]
        if not wrong:
            return [(str(source), str(target)) for source, target in pairs]
        given = wrong[0]
    raise BadInputError(
        f"{given!r} in {what} is no pair of genes.",
        hint="Give a table with the columns source and target, or pairs (source, target).",
    )


def _parts(pair: object) -> tuple[object, ...]:
    return tuple(pair) if isinstance(pair, Sequence) and not isinstance(pair, str) else (pair,)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def read_genes(table: pl.DataFrame, column: str, what: str) -> pl.Series:
    """Read a column of names as text; identifiers that are whole numbers count as text.

    Raises:
        BadInputError: naming the first row without a name.
    """
    series = table[column]
    if not (series.dtype.is_integer() or series.dtype in (pl.String, pl.Categorical, pl.Enum)):
        raise BadInputError(
            f"Column {column!r} of the {what} holds {series.dtype} and no names.",
            hint="Names are text, or whole numbers for Entrez identifiers.",
        )
    names = series.cast(pl.String).str.strip_chars()
    missing = names.is_null() | (names == "")
    if missing.any():
        raise BadInputError(
            f"Row {missing.arg_max()} of the {what} has no {column}.",
            hint="Rows count from 0. Leave out rows without a name.",
        )
    return names


def read_numbers(
    table: pl.DataFrame, column: str, what: str, valid: str, among: pl.Expr | None = None
) -> pl.Series:
    """Read a column of numbers as float64.

    Args:
        table: the table.
        column: its column.
        what: what the table is, for messages.
        valid: what would be valid, for messages.
        among: which numbers are valid, as an expression of the column; by default all finite.

    Raises:
        BadInputError: naming the first row and value that is not valid.
    """
    numbers = table[column].cast(pl.Float64, strict=False)
    held = pl.DataFrame({column: numbers})
    fine = held.select(pl.col(column).is_finite() & (pl.lit(True) if among is None else among))
    wrong = ~fine.to_series().fill_null(False)
    if wrong.any():
        row = int(wrong.arg_max() or 0)
        raise BadInputError(
            f"Row {row} of the {what} has {column} {_shown(table[column][row])}.",
            hint=f"Rows count from 0. Valid is {valid}.",
        )
    return numbers


def _shown(value: object) -> str:
    missing = value is None or (isinstance(value, float) and math.isnan(value))
    return "NaN" if missing else repr(value)


def _find_kind(frame: object) -> str | None:
    for base in type(frame).__mro__:
        home = base.__module__.partition(".")[0]
        if (home, base.__name__) in (
            ("polars", "DataFrame"),
            ("pandas", "DataFrame"),
            ("pyarrow", "Table"),
        ):
            return home
    return "mapping" if isinstance(frame, Mapping) else None


def _kind(frame: object, what: str) -> str:
    kind = _find_kind(frame)
    if kind is None:
        lazy = type(frame).__name__ == "LazyFrame"
        hint = "Call .collect() on it first." if lazy else _KINDS
        raise BadInputError(f"The {what} is a {type(frame).__name__} and no table.", hint=hint)
    return kind


def _names(frame: Any, kind: str) -> Iterable[object]:
    if kind == "pyarrow":
        return cast("Iterable[object]", frame.column_names)
    return cast("Iterable[object]", frame.keys() if kind == "mapping" else frame.columns)


def _take(frame: Any, kind: str, what: str, wanted: list[str]) -> pl.DataFrame:
    try:
        if kind == "polars":
            return cast("pl.DataFrame", frame.select(wanted))
        if kind == "pyarrow":
            return cast("pl.DataFrame", pl.from_arrow(frame.select(wanted)))
        if kind == "pandas":
            return pl.from_pandas(frame[wanted].reset_index(drop=True))
        columns = {name: pa.array(frame[name], from_pandas=True) for name in wanted}
        return cast("pl.DataFrame", pl.from_arrow(pa.table(columns)))
    except (TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise BadInputError(
            f"The columns {', '.join(wanted)} of the {what} cannot be read: {error}.",
            hint="Each column holds one type, and all are equally long.",
        ) from error
