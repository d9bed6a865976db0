"""Annotations of samples and genes, as LINCS writes them: -666 stands for "not known"."""

from __future__ import annotations

import polars as pl

NULL_TEXTS = ("", "-666", "-666.0", "NA", "NaN", "nan", '""')
NULL_CODE = -666


def without_null_codes(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with null where LINCS wrote -666, as text or as a number.

    This holds for annotations only: in a matrix -666 is a value.
    """
    columns = []
    for name, kind in table.schema.items():
        column = pl.col(name)
        if name == "id":
            columns.append(column.cast(pl.String))
        elif kind == pl.String:
            columns.append(pl.when(~column.is_in(NULL_TEXTS)).then(column).alias(name))
        elif kind.is_numeric():
            columns.append(pl.when(column != NULL_CODE).then(column).alias(name))
        else:
            columns.append(column)
    return table.select(columns)
