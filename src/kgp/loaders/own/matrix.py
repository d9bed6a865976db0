"""Matrices of genes by samples, as R, Python and spreadsheets write them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.tally import Tally
from kgp.loaders.files import look, open_text
from kgp.loaders.tables import quoted_fields, read_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

GENE = "gene"
"""Name of the first column where R's ``write.table`` leaves it out of the header."""

_SHOWN = 5


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Numbers per gene and sample.

    Args:
        path: where they are from.
        genes: identifiers as the file writes them, [n_genes], each once.
        samples: names, [n_samples], each once.
        values: float64 [n_samples, n_genes], finite.
    """

    path: Path
    genes: tuple[str, ...]
    samples: tuple[str, ...]
    values: NDArray[np.float64]

    def rows(self, samples: Sequence[str]) -> NDArray[np.float64]:
        """Return the values of ``samples``, float64 [n, n_genes]."""
        place = {name: i for i, name in enumerate(self.samples)}
        return self.values[[place[name] for name in samples]]


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a table.

    Args:
        delimiter: what separates its columns.
        names: of all columns; ``gene`` stands in where R leaves the row names' heading out.
    """

    delimiter: str
    names: tuple[str, ...]


def read_header(path: Path) -> Header:
    """Find the delimiter and the columns of a CSV or TSV.

    Raises:
        BadInputError: for a file without a header and a row, or with a column named twice.
    """
    with open_text(path, "utf-8-sig") as lines:
        first = [line.rstrip("\r\n") for line in islice(lines, 2)]
    if len(first) < 2 or not first[0].strip():
        raise BadInputError(
            f"{path} holds no rows.",
            hint="Expected is a table whose first line names its columns.",
            command=look(path),
        )
    delimiter = max("\t,;", key=first[0].count)
    if not first[0].count(delimiter) and first[1].count(delimiter) == 0:
        delimiter = max("\t,;", key=first[1].count)
    names, row = (quoted_fields(path, line, delimiter) for line in first)
    names = [name.strip() for name in names]
    if len(row) == len(names) + 1:
        names = [GENE, *names]
    names[0] = names[0] or GENE
    _refuse_repeated(path, names, "column")
    return Header(delimiter, tuple(names))


def read_rows(path: Path, header: Header, columns: Sequence[str], tally: Tally) -> pl.DataFrame:
    """Read columns of a table as text without blanks around it."""
    rows = read_table(
        path, columns, tally, delimiter=header.delimiter, names=header.names, quoted=True
    )
    return rows.with_columns(pl.all().str.strip_chars())


def read_matrix(path: Path, samples: Sequence[str] | None = None) -> Matrix:
    """Read a matrix of genes by samples.

    Args:
        path: a CSV or TSV whose first column names the genes.
        samples: the columns to read; by default all but the first.

    Raises:
        BadInputError: for missing samples, genes listed twice, or what is not a number.
    """
    header = read_header(path)
    key, columns = header.names[0], tuple(header.names[1:] if samples is None else samples)
    missing = [name for name in columns if name not in header.names]
    if missing or not columns:
        raise no_samples(path, missing, header.names[1:])
    tally = Tally()
    rows = read_rows(path, header, (key, *columns), tally)
    if tally.rows_dropped:
        example = next(iter(tally.dropped.values())).examples[0]
        raise BadInputError(
            f"{path}: {tally.rows_dropped:,} rows have a wrong number of columns: {example[:80]}",
            hint=f"Expected are {len(header.names)} columns.",
            command=look(path),
        )
    genes = rows[key].to_list()
    _refuse_repeated(path, genes, "gene")
    values = np.ascontiguousarray(_numbers(path, rows, key, columns).T)
    return Matrix(path, tuple(genes), columns, values)


def _numbers(
    path: Path, rows: pl.DataFrame, key: str, columns: Sequence[str]
) -> NDArray[np.float64]:
    """Numbers of a matrix, float64 [n_genes, n_samples]."""
    numbers = rows.select(pl.col(columns).cast(pl.Float64, strict=False))
    values = numbers.to_numpy().astype(np.float64)
    check_finite(path, values, rows[key].to_list(), columns, rows)
    return values


def check_finite(
    path: Path,
    values: NDArray[np.float64],
    genes: Sequence[str],
    samples: Sequence[str],
    written: pl.DataFrame | None = None,
) -> None:
    """Refuse a matrix with what is not a finite number.

    Args:
        path: the file.
        values: float64 [n_genes, n_samples].
        genes: names of the rows.
        samples: names of the columns.
        written: the values as text, where there is one.

    Raises:
        BadInputError: naming the first such value and how many there are.
    """
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        text = values[row, column] if written is None else repr(written[samples[column]][int(row)])
        raise BadInputError(
            f"{path}: {text} of gene {genes[row]} in sample {samples[column]} is not a number "
            f"({len(bad):,} such values).",
            hint="Expected are finite numbers throughout; leave out genes that were not measured.",
            command=look(path),
        )


def _refuse_repeated(path: Path, names: Sequence[str], what: str) -> None:
    series = pl.Series(names, dtype=pl.String)
    twice = series.filter(series.is_duplicated()).unique(maintain_order=True).to_list()
    if twice:
        shown = ", ".join(repr(name) for name in twice[:_SHOWN])
        more = f" … ({len(twice):,} in all)" if len(twice) > _SHOWN else ""
        raise BadInputError(
            f"{path} lists {what}s more than once: {shown}{more}.",
            hint=f"Expected is every {what} once; sum or choose between them first.",
            command=look(path),
        )


def refuse_repeated_genes(path: Path, genes: Sequence[str]) -> None:
    """Refuse a table that lists a gene twice.

    Raises:
        BadInputError: naming the genes.
    """
    _refuse_repeated(path, genes, "gene")


def no_samples(path: Path, missing: Sequence[str], found: Sequence[str]) -> BadInputError:
    """Say which samples a matrix lacks, and which it has."""
    what = f"no sample {missing[0]!r}" if missing else "no samples"
    shown = ", ".join(found[:8]) + (" …" if len(found) > 8 else "")
    return BadInputError(
        f"{path} has {what}; it has: {shown[:300]}.",
        hint="Expected are genes as rows and one column per sample of the other table.",
        command=look(path),
    )
