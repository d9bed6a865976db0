"""Pseudo-bulk: the mean expression of groups of cells, in one pass over a matrix on disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.loaders.perturb_seq.scale import Scale, ScaleCheck

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from kgp.loaders.perturb_seq.h5ad import Block, Matrix

    Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
    Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
    Means = np.ndarray[tuple[int, int], np.dtype[np.float64]]

LEFT_OUT = -1
"""Group of a row that belongs to none."""

TARGET = 10_000.0
"""Library size to which counts are scaled: the same for all data sets, so that effects compare."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which row belongs to which group.

    Args:
        codes: int64 [n_rows], number of the group, or ``LEFT_OUT``.
        weights: float64 [n_rows], number of cells that each row stands for.
        n_groups: number of groups.
    """

    codes: Ints
    weights: Floats
    n_groups: int


@dataclass(frozen=True, slots=True, eq=False)
class PseudoBulk:
    """Groups of cells and their means.

    Args:
        means: float64 [n_groups, n_genes], mean logarithm (or z-score) over the cells of each
            group; 0 for a group without a cell.
        cells: float64 [n_groups], number of cells that count.
        empty: rows in groups that hold no count at all, which are left out.
        target: library size to which counts were scaled; None where they were not counts.
    """

    means: Means
    cells: Floats
    empty: int
    target: float | None


def average(
    matrix: Matrix, grouping: Grouping, scale: Scale, *, bulk: bool, target: float | None = TARGET
) -> PseudoBulk:
    """Average the rows of each group; counts become log1p of a library's share first.

    Memory holds one block of the matrix and float64 [n_groups, n_genes].

    Args:
        matrix: cells by genes.
        grouping: which row belongs where.
        scale: what the values are; every block is checked against it.
        bulk: whether rows may be means of many cells.
        target: library size to scale counts to; None is the median of the file, which costs a
            pass of its own.

    Raises:
        BadInputError: if a value is not what it is taken for, or is not finite.
    """
    check = ScaleCheck(matrix.path, scale, bulk=bulk)
    libraries: Floats | None = None
    if scale is Scale.COUNTS and (target is None or not matrix.by_rows):
        libraries = library_sizes(matrix, check)
    if scale is Scale.COUNTS and target is None and libraries is not None:
        counted = libraries[(libraries > 0) & (grouping.codes != LEFT_OUT)]
        target = float(np.median(counted)) if len(counted) else TARGET
    sums = _Sums(matrix, grouping, target if scale is Scale.COUNTS else None, libraries)
    for block in matrix.blocks():
        check.look(block.values, rows=matrix.by_rows)
        sums.add(block)
    check.finish()
    return sums.result()


def library_sizes(matrix: Matrix, check: ScaleCheck) -> Floats:
    """Return the sum of each row, float64 [n_rows].

    Raises:
        BadInputError: if a value is not finite or no count.
    """
    sizes: Floats = np.zeros(matrix.shape[0])
    for block in matrix.blocks():
        check.look(block.values, rows=matrix.by_rows)
        sizes[block.rows] += np.asarray(block.values.sum(1, dtype=np.float64)).ravel()
    return sizes


class _Sums:
    """Sums of the rows of each group, block by block."""

    def __init__(
        self, matrix: Matrix, grouping: Grouping, target: float | None, libraries: Floats | None
    ) -> None:
        self._grouping, self._target, self._libraries = grouping, target, libraries
        self._sums: Means = np.zeros((grouping.n_groups, matrix.shape[1]))
        self._counted = grouping.codes != LEFT_OUT

    def add(self, block: Block) -> None:
        """Add indicator matrix [n_groups, n_rows] times expression."""
        from scipy.sparse import csr_matrix

        values = block.values
        if self._target is not None:
            values = self._normalised(block)
        codes, weights = self._grouping.codes[block.rows], self._grouping.weights[block.rows]
        inside = np.flatnonzero(self._counted[block.rows])
        cells = weights[inside], (codes[inside], inside)
        indicator = csr_matrix(cells, shape=(self._grouping.n_groups, len(codes)))
        product = (indicator @ values).tocoo()
        self._sums[product.row, product.col + block.columns.start] += product.data

    def _normalised(self, block: Block) -> csr_matrix:
        """log1p of the counts at library size ``target``."""
        values = block.values
        sizes = (
            np.asarray(values.sum(1, dtype=np.float64)).ravel()
            if self._libraries is None
            else self._libraries[block.rows]
        )
        self._counted[block.rows] &= sizes > 0
        assert self._target is not None
        factors = np.divide(self._target, sizes, out=np.zeros(len(sizes)), where=sizes > 0)
        scaled = values.data * np.repeat(factors, np.diff(values.indptr))
        return type(values)((np.log1p(scaled), values.indices, values.indptr), values.shape)

    def result(self) -> PseudoBulk:
        """The means."""
        grouping = self._grouping
        counted = self._counted
        cells: Floats = np.zeros(grouping.n_groups)
        np.add.at(cells, grouping.codes[counted], grouping.weights[counted])
        means = np.divide(self._sums, cells[:, None], out=self._sums, where=cells[:, None] > 0)
        empty = int((grouping.codes != LEFT_OUT).sum() - counted.sum())
        return PseudoBulk(means, cells, empty, self._target)
