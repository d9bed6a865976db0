"""Results of one contrast: effects with the standard errors that the table states or implies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.files import look
from kgp.loaders.frames import drop_rows
from kgp.loaders.own.matrix import read_rows, refuse_repeated_genes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.own.columns import Columns
    from kgp.loaders.own.matrix import Header

_MISSING = ("", "na", "nan", "null", "none", ".")
_SMALLEST_P = 1e-300
"""A p-value of 0 is one that was too small to be written."""


def read_results(
    path: Path, header: Header, columns: Columns, df: float, tally: Tally
) -> pl.DataFrame:
    """Read a table of results.

    Args:
        path: the table.
        header: its first line.
        columns: what its columns mean.
        df: degrees of freedom of the statistics; infinite for a normal distribution.
        tally: counts genes, and drops those without an effect or a p-value (DESeq2 gives none to
            genes without counts and to outliers), and those from whose numbers no error follows.

    Returns:
        ``gene`` (text), ``effect`` and ``error`` (float64; null throughout where the table tells
        nothing of the errors).

    Raises:
        BadInputError: for genes listed twice, or numbers that cannot be what their column says.
    """
    names = list(dict.fromkeys(columns.found.values()))
    rows = read_rows(path, header, names, tally)
    numbers = {role: _number(name) for role, name in columns.found.items() if role != "gene"}
    rows = rows.select(
        gene=pl.col(columns.found["gene"]), written=_written(columns, "effect"), **numbers
    )
    unnamed = pl.col("gene").str.to_lowercase().is_in(_MISSING)
    rows = drop_rows(rows, unnamed, "no gene", tally, ("gene",))
    refuse_repeated_genes(path, rows["gene"].to_list())
    rows = _measured(rows, columns, tally)
    _check(path, rows, columns)
    if not columns.error_from:
        return rows.select("gene", "effect", error=pl.lit(None, pl.Float64))
    rows = rows.with_columns(error=pl.Series(_errors(rows, df), dtype=pl.Float64))
    useless = ~(pl.col("error").is_finite() & (pl.col("error") > 0))
    reason = f"no standard error follows from {columns.error_from}"
    return drop_rows(rows, useless, reason, tally, ("gene",)).select("gene", "effect", "error")


def _number(name: str) -> pl.Expr:
    number = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _written(columns: Columns, role: str) -> pl.Expr:
    return pl.col(columns.found[role])


def _measured(rows: pl.DataFrame, columns: Columns, tally: Tally) -> pl.DataFrame:
    """Leave out genes whose effect, or whose p-value where there is one, is not given."""
    missing = pl.col("written").str.to_lowercase().is_in(_MISSING)
    shown = ("gene", "written")
    rows = drop_rows(rows, missing, "effect is NA", tally, shown)
    rows = drop_rows(rows, pl.col("effect").is_null(), "effect is not a number", tally, shown)
    for role in ("p", "error", "statistic"):
        if role in columns.found:
            reason = f"{columns.found[role]} is NA"
            rows = drop_rows(rows, pl.col(role).is_null(), reason, tally, ("gene",))
    return rows


def _check(path: Path, rows: pl.DataFrame, columns: Columns) -> None:
    """Refuse numbers that cannot be p-values or standard errors."""
    wrong = {"p": ~pl.col("p").is_between(0, 1), "error": pl.col("error") < 0}
    for role, bad in wrong.items():
        if role in columns.found and rows.select(bad.any()).item():
            first = rows.filter(bad).row(0, named=True)
            what = "a p-value" if role == "p" else "a standard error"
            raise BadInputError(
                f"{path}: {first[role]:g} of gene {first['gene']} in column "
                f"{columns.found[role]} is not {what}.",
                hint="P-values lie between 0 and 1, not their logarithms; errors are not negative.",
                command=look(path),
            )


def _errors(rows: pl.DataFrame, df: float) -> NDArray[np.float64]:
    """Standard errors, [n_genes]: as stated, else effect / statistic, else from the p-value.

    A two-sided p-value is that of |effect| / error under a t-distribution.
    """
    from scipy import stats

    if "error" in rows.columns:
        return rows["error"].to_numpy()
    size = rows["effect"].abs().to_numpy()
    if "statistic" in rows.columns:
        scale = rows["statistic"].abs().to_numpy()
    else:
        p = np.maximum(rows["p"].to_numpy(), _SMALLEST_P)
        scale = np.asarray(stats.t.isf(p / 2, df), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(size / scale, np.float64)
