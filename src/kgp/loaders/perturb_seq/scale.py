"""On which scale an expression matrix is: raw counts, logarithms, or z-scores.

Logarithms that are taken for counts, and counts for logarithms, give responses that look sound and
are not. So the values themselves are looked at, all of them, and must agree with what they are
taken for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError, UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scipy.sparse import csr_matrix

    from kgp.loaders.perturb_seq.h5ad import Matrix

LARGEST_LOG = 20.0
"""No logarithm of an expression value is larger: e²⁰ is 485 million, 2²⁰ is a million."""

_TELLING = 3
"""Rows (or columns) with fewer values say nothing about the scale."""


class Scale(StrEnum):
    """What the values of a matrix are."""

    COUNTS = "counts"
    LOG = "log"
    ZSCORE = "zscore"


@dataclass(frozen=True, slots=True)
class Looked:
    """What a block of values looks like.

    Args:
        smallest: its smallest value.
        largest: its largest value.
        share: share of whole numbers among its values; None where there is no value.
        whole: rows with several values that are all whole numbers, and not only ones.
    """

    smallest: float
    largest: float
    share: float | None
    whole: int

    @classmethod
    def at(cls, block: csr_matrix) -> Looked:
        """Look at a block, which must be finite."""
        data = block.data
        if not len(data):
            return cls(0.0, 0.0, None, 0)
        odd = data != np.floor(data)
        telling = np.diff(block.indptr) >= _TELLING
        whole = telling & (_per_row(block, odd) == 0) & (_per_row(block, data > 1) > 0)
        share = 1 - float(odd.mean())
        return cls(float(data.min()), float(data.max()), share, int(whole.sum()))


def _per_row(
    block: csr_matrix, flags: Sequence[bool]
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    total = np.concatenate([[0], np.cumsum(flags)])
    counted: np.ndarray[tuple[int], np.dtype[np.int64]] = np.diff(total[block.indptr])
    return counted


def parse_scale(values: str | None) -> Scale | None:
    """Return the scale that the user states.

    Raises:
        UsageError: for another word.
    """
    if values is None:
        return None
    if values not in list(Scale):
        raise UsageError(unknown("kind of values", values, list(Scale)))
    return Scale(values)


def detect(path: Path, matrix: Matrix, stated: Scale | None) -> Scale:
    """Say on which scale a matrix is, from what the user states or from its first values.

    Raises:
        BadInputError: if the values are none that could be told.
    """
    if stated is not None:
        return stated
    for block in matrix.blocks():
        looked = Looked.at(block.values)
        if looked.smallest < 0:
            raise _negative(path, looked.smallest)
        if looked.share is not None:
            return Scale.COUNTS if looked.share > 0.5 else Scale.LOG
    return Scale.LOG


class ScaleCheck:
    """Checks block by block that the values are what they are taken for.

    Args:
        path: the file, for messages.
        scale: what they are taken for.
        bulk: whether a row may be the mean of many cells, so that counts need not be whole.
    """

    def __init__(self, path: Path, scale: Scale, *, bulk: bool) -> None:
        self._path, self._scale, self._bulk = path, scale, bulk
        self._largest = 0.0

    def look(self, block: csr_matrix, *, rows: bool) -> None:
        """Check a block of all columns (``rows``), or of some.

        Raises:
            BadInputError: naming the values that do not fit.
        """
        if not np.isfinite(block.data).all():
            raise BadInputError(
                f"{self._path} holds expression values that are not finite numbers.",
                hint="Expected is a number for every cell and gene; NaN is none.",
            )
        looked = Looked.at(block if rows else block.T.tocsr())
        self._largest = max(self._largest, looked.largest)
        if self._scale is Scale.ZSCORE:
            return
        if looked.smallest < 0:
            raise _negative(self._path, looked.smallest)
        if self._scale is Scale.COUNTS:
            self._counts(block)
        else:
            self._log(looked, "cells" if rows else "genes")

    def _counts(self, block: csr_matrix) -> None:
        if self._bulk or (block.data == np.floor(block.data)).all():
            return
        odd = float(block.data[block.data != np.floor(block.data)][0])
        raise self._mixed(f"{odd:.4g} is no count: counts are whole numbers.")

    def _log(self, looked: Looked, lines: str) -> None:
        if looked.largest > LARGEST_LOG:
            raise self._mixed(f"{looked.largest:.6g} is no logarithm of an expression.")
        if looked.whole:
            raise self._mixed(
                f"{looked.whole:,} {lines} hold nothing but whole numbers: these are counts."
            )

    def finish(self) -> None:
        """Check what only all values together tell.

        Raises:
            BadInputError: if means of counts are as small as logarithms are.
        """
        if self._scale is Scale.COUNTS and self._bulk and 0 < self._largest < LARGEST_LOG:
            raise BadInputError(
                f"{self._path}: no value is above {self._largest:.4g}, so these are logarithms "
                "and not counts.",
                hint="Expected is another reading of the values.",
                command=f"kgp load perturb-seq {self._path.name} --option values=log",
            )

    def _mixed(self, why: str) -> BadInputError:
        other = Scale.LOG if self._scale is Scale.COUNTS else Scale.COUNTS
        return BadInputError(
            f"{self._path} was read as {self._scale}, but {why}",
            hint="Expected are raw counts in all cells, or logarithms (log1p of normalised counts) "
            "in all; a layer may hold the other.",
            command=f"kgp load perturb-seq {self._path.name} --option values={other}"
            " (or --option layer=NAME)",
        )


def _negative(path: Path, value: float) -> BadInputError:
    return BadInputError(
        f"{path} holds negative values ({value:.4g}): neither counts nor logarithms of them.",
        hint="If these are z-scores or scaled values, say so; responses are then differences of "
        "z-scores.",
        command=f"kgp load perturb-seq {path.name} --option values=zscore",
    )
