"""Annotations of samples and genes, as LINCS writes them: -666 stands for "not known"."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from pathlib import Path

NULL_TEXTS = ("", "-666", "-666.0", "NA", "NaN", "nan", '""')
NULL_CODE = -666


def without_null_codes(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with null where LINCS wrote -666, as text or as a number, or NaN.

    This holds for annotations only: in a matrix -666 is a value. ``id`` becomes text.
    """
    columns = []
    for name, kind in table.schema.items():
        column = pl.col(name)
        if name == "id":
            columns.append(_as_text(column, kind))
        elif kind == pl.String:
            columns.append(pl.when(~column.is_in(NULL_TEXTS)).then(column).alias(name))
        elif kind.is_float():
            known = (column != NULL_CODE) & column.is_not_nan()
            columns.append(pl.when(known).then(column).alias(name))
        elif kind.is_numeric():
            columns.append(pl.when(column != NULL_CODE).then(column).alias(name))
        else:
            columns.append(column)
    return table.select(columns)


def _as_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    """Identifiers as text; an Entrez id that was stored as 5720.0 is 5720."""
    return (column.cast(pl.Int64) if kind.is_float() else column).cast(pl.String)


def decoded(text: bytes) -> str:
    """Return padded bytes as text: UTF-8, or Latin-1, in which older releases wrote ``µM``."""
    try:
        return text.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        return text.decode("latin-1").strip("\0 ")


def check_ids(path: Path, ids: pl.Series, what: str) -> None:
    """Refuse samples or genes that are empty or listed twice: which one is meant is unknown.

    Raises:
        BadInputError: naming the first of them.
    """
    if (ids == "").any() or ids.null_count():
        raise BadInputError(
            f"{path} has a {what} without an identifier.",
            hint=f"Expected is an identifier for each {what}.",
        )
    repeated = ids.filter(ids.is_duplicated())
    if len(repeated):
        raise BadInputError(
            f"{path} lists the {what} {repeated[0]!r} more than once.",
            hint=f"Expected is each {what} once: which of them is meant is unknown.",
        )
