"""GCTX: a matrix of signatures by genes in HDF5, with the annotations of both.

The matrix of a file that is called "genes x signatures" is stored as [n_signatures, n_genes]. The
L1000 releases hold up to 720,216 x 12,328 values, so only the wanted ones are ever in memory.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.annotations import without_null_codes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Block = NDArray[np.float32]

MATRIX, ROWS, COLUMNS = "0/DATA/0/matrix", "0/META/ROW", "0/META/COL"
BLOCK_VALUES = 8 << 20
"""How many values of the file are in memory at once; a gap smaller than a run is read over."""


class GctxFile:
    """An open GCTX file.

    Args:
        path: where it lies.

    Attributes:
        signatures: one row per column of the matrix: ``id`` and its annotations, null for -666.
        genes: one row per gene: ``id`` and its annotations.

    Raises:
        BadInputError: if it is not a whole GCTX file, or its parts differ in size.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _whole(path), _open(path) as file:
            matrix = file[MATRIX]
            self.signatures, self.genes = _table(file[COLUMNS]), _table(file[ROWS])
            self._shape = tuple(matrix.shape)
        expected = (self.signatures.height, self.genes.height)
        if self._shape != expected:
            turned = self._shape == expected[::-1]
            raise BadInputError(
                f"{path} holds a matrix of shape {self._shape}, but annotates {expected[0]} "
                f"signatures and {expected[1]} genes.",
                hint="Its matrix is transposed: expected is [n_signatures, n_genes]."
                if turned
                else "Expected are as many annotations as signatures and genes.",
                command=f"h5ls -r {path.name}",
            )

    def blocks(self, signatures: Ints, genes: Ints) -> Iterator[tuple[Ints, Block]]:
        """Yield the values of some signatures over some genes, in the order of the file.

        Args:
            signatures: [n], positions in ``self.signatures``, in any order.
            genes: [m], positions in ``self.genes``; the columns come in this order.

        Yields:
            Positions of the block's signatures, and its values float32 [n_block, m].
        """
        wanted = np.unique(signatures)
        with _whole(self.path), _open(self.path) as file:
            matrix = file[MATRIX]
            for low, high in _runs(wanted, max(1, BLOCK_VALUES // max(self._shape[1], 1))):
                held = wanted[(wanted >= low) & (wanted < high)]
                part = matrix[low:high]
                yield held, np.asarray(part[held - low][:, genes], np.float32)


def _runs(wanted: Ints, most: int) -> Iterator[tuple[int, int]]:
    """Cover sorted positions by ranges of at most ``most``, which begin and end with a wanted one.

    Reading over a gap is faster than many small reads, until the gap is as long as a range.
    """
    start = 0
    while start < len(wanted):
        stop = int(np.searchsorted(wanted, wanted[start] + most))
        yield int(wanted[start]), int(wanted[stop - 1]) + 1
        start = stop


def _open(path: Path) -> Any:
    import h5py

    return h5py.File(path, "r")


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn what h5py raises about a damaged or foreign file into one clear error."""
    try:
        yield
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise BadInputError(
            f"{path} is not a whole GCTX file: {(str(error).splitlines() or ['?'])[0]}",
            hint=f"Expected is HDF5 with {MATRIX}, {ROWS}/id and {COLUMNS}/id.",
            command=f"h5ls -r {path.name}",
        ) from error


def _table(group: Any) -> pl.DataFrame:
    """The annotations in a group, ``id`` first; fixed-length bytes become text."""
    names = ["id", *sorted(name for name in group if name != "id")]
    return without_null_codes(pl.DataFrame({name: _column(group[name]) for name in names}))


def _column(dataset: Any) -> pl.Series:
    values = np.asarray(dataset[()]).ravel()
    if values.dtype.kind in "SO":
        texts = [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values]
        return pl.Series([text.strip("\0 ") for text in texts], dtype=pl.String)
    return pl.Series(values)
