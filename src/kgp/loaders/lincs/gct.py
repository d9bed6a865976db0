"""GCT 1.2 and 1.3: a matrix of genes by samples as text, with the annotations of both."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.files import look, open_text
from kgp.loaders.lincs.annotations import check_ids, decoded, without_null_codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Block = NDArray[np.float32]

MAX_VALUES = 100_000_000
"""A larger matrix does not belong in a text file; it comes as GCTX."""

_MISSING = ("", "NA", "na", "NaN")
_BLOCK = 8 << 20


class GctFile:
    """A GCT file, read whole: one plate, or some signatures.

    Args:
        path: plain or gzip.

    Attributes:
        signatures: one row per sample: ``id`` and, in version 1.3, its annotations.
        genes: one row per gene: ``id`` and its annotations (1.2: ``description``).

    Raises:
        BadInputError: if it is no GCT file, is cut off, lists an id twice, or holds something
            other than numbers.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # Every byte is Latin-1; the few annotations that are UTF-8 are recognised one by one.
        with open_text(path, "latin-1") as lines:
            version = next(lines, "").strip().removeprefix("\xef\xbb\xbf")
            if version not in ("#1.2", "#1.3"):
                raise _bad(path, f"begins with {version[:40]!r}", "#1.2 or #1.3 in its first line")
            n_rows, n_columns, n_about_row, n_about_column = self._sizes(next(lines, ""), version)
            header = _cells(next(lines, ""))
            first = 1 + n_about_row
            self._check_width(header, first + n_columns, 3)
            about = [_cells(line) for line in islice(lines, n_about_column)]
            for number, cells in enumerate(about, 4):
                self._check_width(cells, first + n_columns, number)
            self.signatures = _signatures(header[first:], about, first)
            self._values = np.empty((n_rows, n_columns), np.float32)
            rows = self._read_rows(lines, first, 4 + n_about_column)
        names = header[1:first] if version == "#1.3" else ["description"]
        self.genes = _annotated([row[0] for row in rows], names, [row[1:] for row in rows])
        check_ids(path, self.signatures["id"], "sample")
        check_ids(path, self.genes["id"], "gene")

    def blocks(self, signatures: Ints, genes: Ints) -> Iterator[tuple[Ints, Block]]:
        """Yield the values of some signatures over some genes; see GctxFile."""
        wanted = np.unique(signatures)
        most = max(1, _BLOCK // max(len(genes), 1))
        for start in range(0, len(wanted), most):
            held = wanted[start : start + most]
            yield held, np.ascontiguousarray(self._values[np.ix_(genes, held)].T)

    def _sizes(self, line: str, version: str) -> tuple[int, int, int, int]:
        cells = _cells(line.rstrip())
        numbers = [int(cell) for cell in cells if cell.isdecimal() and len(cell) < 12]
        if len(numbers) != len(cells) or len(numbers) != (4 if version == "#1.3" else 2):
            raise _bad(self.path, f"gives its sizes as {line.strip()[:60]!r}", "whole numbers")
        rows, columns, *about = numbers
        if not rows * columns:
            raise _bad(self.path, "holds no values", "at least one gene and one sample")
        if rows * columns > MAX_VALUES:
            raise _bad(self.path, f"claims {rows} x {columns} values", "GCTX for this")
        return rows, columns, *(about or (1, 0))

    def _read_rows(self, lines: Iterator[str], first: int, number: int) -> list[list[str]]:
        """Fill the matrix [n_genes, n_samples]; return the id and annotations of each gene."""
        n_rows, n_columns = self._values.shape
        rows = []
        for place, line in enumerate(islice(lines, n_rows)):
            cells = _cells(line)
            self._check_width(cells, first + n_columns, number + place)
            self._values[place] = self._numbers(cells[first:], number + place)
            rows.append([_text(cell) for cell in cells[:first]])
        if len(rows) != n_rows:
            raise _bad(self.path, f"ends after {len(rows)} of {n_rows} genes", "a whole file")
        if any(line.strip() for line in lines):
            raise _bad(self.path, f"goes on after {n_rows} genes", "as many genes as it says")
        return rows

    def _check_width(self, cells: Sequence[str], width: int, number: int) -> None:
        if len(cells) != width:
            found = f"has {len(cells)} columns in line {number}"
            raise _bad(self.path, found, f"{width} as its second line says")

    def _numbers(self, cells: Sequence[str], number: int) -> Block:
        try:
            return np.array(cells, np.float32)
        except ValueError:
            pass
        try:
            return np.array(["nan" if cell in _MISSING else cell for cell in cells], np.float32)
        except ValueError as error:
            found = f"holds {str(error).split(':')[-1].strip()} in line {number}"
            raise _bad(self.path, found, "numbers") from error


def _cells(line: str) -> list[str]:
    return [cell.strip(' "') for cell in line.rstrip("\r\n").split("\t")]


def _text(cell: str) -> str:
    return cell if cell.isascii() else decoded(cell.encode("latin-1"))


def _signatures(ids: Sequence[str], about: Sequence[Sequence[str]], first: int) -> pl.DataFrame:
    columns = [[_text(cell) for cell in row[first:]] for row in about]
    rows = list(zip(*columns, strict=True)) if columns else [()] * len(ids)
    return _annotated([_text(cell) for cell in ids], [row[0] for row in about], rows)


def _annotated(
    ids: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]]
) -> pl.DataFrame:
    """A table of ``id`` and annotations; of two with one name the first counts."""
    columns = {"id": pl.Series(ids, dtype=pl.String)}
    for place, name in enumerate(names):
        columns.setdefault(name, pl.Series([row[place] for row in rows], dtype=pl.String))
    return without_null_codes(pl.DataFrame(columns))


def _bad(path: Path, found: str, expected: str) -> BadInputError:
    return BadInputError(
        f"{path} {found}.", hint=f"Expected is a GCT file with {expected}.", command=look(path)
    )
