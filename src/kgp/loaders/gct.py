"""GCT 1.2 and 1.3: a matrix of genes by samples as text, with the annotations of both."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.annotations import without_null_codes
from kgp.loaders.files import look, open_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Block = NDArray[np.float32]

MAX_VALUES = 200_000_000
"""A larger matrix does not belong in a text file; it comes as GCTX."""


class GctFile:
    """A GCT file, read whole: one plate, or some signatures.

    Args:
        path: plain or gzip.

    Attributes:
        signatures: one row per sample: ``id`` and, in version 1.3, its annotations.
        genes: one row per gene: ``id`` and its annotations (1.2: ``description``).

    Raises:
        BadInputError: if it is no GCT file, is cut off, or holds something other than numbers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with open_text(path) as lines:
            version = next(lines, "").strip().lstrip("\ufeff")
            if version not in ("#1.2", "#1.3"):
                raise _bad(path, f"begins with {version[:40]!r}", "#1.2 or #1.3 in its first line")
            n_rows, n_columns, n_about_row, n_about_column = self._sizes(next(lines, ""), version)
            header = _cells(next(lines, ""))
            first = 1 + n_about_row
            self._check_width(header, first + n_columns, 3)
            about = [_cells(line) for line in islice(lines, n_about_column)]
            self.signatures = _signatures(header[first:], about, first)
            body = [_cells(line) for line in islice(lines, n_rows)]
        for number, cells in enumerate(body, 4 + n_about_column):
            self._check_width(cells, first + n_columns, number)
        if len(body) != n_rows:
            raise _bad(path, f"ends after {len(body)} of {n_rows} genes", "a whole file")
        columns = [pl.Series([row[i] for row in body], dtype=pl.String) for i in range(first)]
        names = ["id", *header[1:first]] if version == "#1.3" else ["id", "description"]
        self.genes = without_null_codes(pl.DataFrame(dict(zip(names, columns, strict=True))))
        self._values = self._numbers(body, first)

    def blocks(self, signatures: Ints, genes: Ints) -> Iterator[tuple[Ints, Block]]:
        """Yield the values of some signatures over some genes; see GctxFile."""
        wanted = np.unique(signatures)
        if len(wanted):
            yield wanted, np.ascontiguousarray(self._values[np.ix_(genes, wanted)].T)

    def _sizes(self, line: str, version: str) -> tuple[int, int, int, int]:
        cells = _cells(line)
        numbers = [int(cell) for cell in cells if cell.isdecimal()]
        if len(numbers) != len(cells) or len(numbers) != (4 if version == "#1.3" else 2):
            raise _bad(self.path, f"gives its sizes as {line.strip()[:60]!r}", "whole numbers")
        if numbers[0] * numbers[1] > MAX_VALUES:
            raise _bad(self.path, f"claims {numbers[0]} x {numbers[1]} values", "GCTX for this")
        rows, columns, *about = numbers
        return rows, columns, *(about or (1, 0))

    def _check_width(self, cells: Sequence[str], width: int, number: int) -> None:
        if len(cells) != width:
            found = f"has {len(cells)} columns in line {number}"
            raise _bad(self.path, found, f"{width} as its second line says")

    def _numbers(self, body: Sequence[Sequence[str]], first: int) -> Block:
        """float32 [n_genes, n_samples]."""
        try:
            return np.array([row[first:] for row in body], np.float32)
        except ValueError as error:
            raise _bad(
                self.path, f"holds {str(error).split(':')[-1].strip()}", "numbers"
            ) from error


def _cells(line: str) -> list[str]:
    return [cell.strip('"') for cell in line.rstrip("\r\n").split("\t")]


def _signatures(ids: Sequence[str], about: Sequence[Sequence[str]], first: int) -> pl.DataFrame:
    columns = {row[0]: pl.Series(row[first:], dtype=pl.String) for row in about if row[0] != "id"}
    return without_null_codes(pl.DataFrame({"id": pl.Series(ids, dtype=pl.String), **columns}))


def _bad(path: Path, found: str, expected: str) -> BadInputError:
    return BadInputError(
        f"{path} {found}.", hint=f"Expected is a GCT file with {expected}.", command=look(path)
    )
