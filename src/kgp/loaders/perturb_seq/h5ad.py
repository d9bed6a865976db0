"""AnnData on disk: annotations whole, the matrix in blocks of bounded size.

``anndata`` itself reads layers whole even in backed mode, and slices rows of a matrix that lies in
columns by reading it over and over. Here each block is read once, in the order of the file.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scipy.sparse import csr_matrix

BLOCK_VALUES = 1 << 21
"""Stored values in memory at once; a row (of a matrix in columns, a column) is never cut."""

_FORMATS = {"csr_matrix": "csr", "csc_matrix": "csc", "csr": "csr", "csc": "csc"}


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the matrix.

    Args:
        rows: which rows of the matrix.
        columns: which of its columns.
        values: sparse [n_rows, n_columns]; zeros are left out.
    """

    rows: slice
    columns: slice
    values: csr_matrix


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix on disk.

    Args:
        path: the file, for messages.
        node: dataset (dense) or group (sparse) of the file.
        shape: number of cells and of genes.
        form: ``dense``, ``csr`` (rows lie together) or ``csc`` (columns lie together).
    """

    path: Path
    node: Any
    shape: tuple[int, int]
    form: str

    @property
    def by_rows(self) -> bool:
        """Whether every block has all columns."""
        return self.form != "csc"

    def blocks(self) -> Iterator[Block]:
        """Yield all of the matrix, in the order of the file.

        Raises:
            BadInputError: if the file is damaged.
        """
        with whole(self.path):
            yield from self._dense() if self.form == "dense" else self._sparse()

    def _dense(self) -> Iterator[Block]:
        from scipy.sparse import csr_matrix

        n, width = self.shape
        step = max(1, BLOCK_VALUES // max(1, width))
        for start in range(0, n, step):
            rows = slice(start, min(start + step, n))
            yield Block(rows, slice(0, width), csr_matrix(np.asarray(self.node[rows])))

    def _sparse(self) -> Iterator[Block]:
        from scipy.sparse import csc_matrix, csr_matrix

        n, width = self.shape
        pointers = self._pointers()
        for start, stop in _runs(pointers):
            at = slice(int(pointers[start]), int(pointers[stop]))
            data, indices = self.node["data"][at], self.node["indices"][at]
            if len(indices) and not 0 <= indices.min() <= indices.max() < self._width():
                raise self._inconsistent()
            parts = (data, indices, pointers[start : stop + 1] - pointers[start])
            part = slice(start, stop)
            if self.by_rows:
                values = csr_matrix(parts, shape=(stop - start, width))
                yield Block(part, slice(0, width), values)
            else:
                values = csc_matrix(parts, shape=(n, stop - start)).tocsr()
                yield Block(slice(0, n), part, values)

    def _width(self) -> int:
        return self.shape[1] if self.by_rows else self.shape[0]

    def _pointers(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        pointers = np.asarray(self.node["indptr"][:], np.int64)
        stored = self.node["data"].shape[0]
        lines = self.shape[0] if self.by_rows else self.shape[1]
        sound = (
            len(pointers) == lines + 1
            and pointers[0] == 0
            and pointers[-1] == stored == self.node["indices"].shape[0]
            and bool((np.diff(pointers) >= 0).all())
        )
        if not sound:
            raise self._inconsistent()
        return pointers

    def _inconsistent(self) -> BadInputError:
        return BadInputError(
            f"{self.path}: the sparse matrix {self.node.name} does not fit its own index.",
            hint="The file is damaged; expected is an .h5ad file as anndata writes it.",
            command=f"h5ls -r {self.path.name}",
        )


@dataclass(frozen=True, slots=True)
class Annotated:
    """An open AnnData file.

    Args:
        obs: annotations of the cells.
        var: annotations of the genes.
        texts: the texts and keys of ``uns``; a key that holds no text gives an empty one.
        matrix: cells by genes.
    """

    obs: Any
    var: Any
    texts: dict[str, str]
    matrix: Matrix


@contextmanager
def opened(path: Path, layer: str | None = None) -> Iterator[Annotated]:
    """Open an AnnData file without reading its matrix.

    Args:
        path: the file.
        layer: which of ``layers`` is the matrix, or ``raw``; None means ``X``.

    Raises:
        BadInputError: if it is not a whole AnnData file, or has no such layer.
    """
    import h5py

    with whole(path):
        file = h5py.File(path, "r")
    with file:
        with whole(path):
            found = _annotated(path, file, layer)
        yield found


def _annotated(path: Path, file: Any, layer: str | None) -> Annotated:
    from anndata.io import read_elem

    if layer is not None and layer != "raw" and layer not in file.get("layers", {}):
        raise BadInputError(unknown(f"layer of {path}", layer, ["raw", *file.get("layers", {})]))
    within = file["raw"] if layer == "raw" else file
    obs, var = read_elem(file["obs"]), read_elem(within["var"])
    if isinstance(obs, dict) or isinstance(var, dict):
        raise BadInputError(
            f"{path} was written by an anndata older than 0.7.",
            hint="Expected is a file of anndata 0.7 or later: read and write it once.",
            command="python -c \"import anndata; anndata.read_h5ad('old.h5ad').write('new.h5ad')\"",
        )
    node = within["X"] if layer in (None, "raw") else file["layers"][layer]
    return Annotated(obs, var, _texts(file), _matrix(path, node, (len(obs), len(var))))


def _texts(file: Any) -> dict[str, str]:
    found = {}
    for name, node in file.get("uns", {}).items():
        value = node[()] if getattr(node, "shape", None) == () else b""
        found[str(name)] = value.decode() if isinstance(value, bytes) else ""
    return found


def _matrix(path: Path, node: Any, expected: tuple[int, int]) -> Matrix:
    import h5py

    if isinstance(node, h5py.Dataset):
        form, shape = "dense", tuple(node.shape)
    else:
        about = node.attrs
        form = _FORMATS[_said(about, "encoding-type", "h5sparse_format")]
        shape = tuple(int(n) for n in about.get("shape", about.get("h5sparse_shape", ())))
    if shape != expected:
        turned = shape == expected[::-1]
        raise BadInputError(
            f"{path} holds a matrix of shape {shape}, but annotates {expected[0]} cells and "
            f"{expected[1]} genes.",
            hint="It is transposed: expected are cells in rows and genes in columns."
            if turned
            else "Expected are as many rows as cells and as many columns as genes.",
            command=f"h5ls -r {path.name}",
        )
    return Matrix(path, node, expected, form)


def _said(attributes: Any, *names: str) -> str:
    return str(next(attributes[name] for name in names if name in attributes))


def _runs(pointers: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Iterator[tuple[int, int]]:
    """Consecutive lines with about ``BLOCK_VALUES`` values together, and not too many lines."""
    start, n = 0, len(pointers) - 1
    while start < n:
        full = int(np.searchsorted(pointers, pointers[start] + BLOCK_VALUES, "right")) - 1
        stop = min(max(full, start + 1), n)
        yield start, stop
        start = stop


@contextmanager
def whole(path: Path) -> Iterator[None]:
    """Turn what h5py and anndata raise about a damaged or foreign file into one clear error."""
    try:
        yield
    except (OSError, KeyError, ValueError, TypeError, AttributeError, StopIteration) as error:
        raise BadInputError(
            f"{path} is not a whole AnnData file: {(str(error).splitlines() or ['?'])[0]}",
            hint="Expected is an .h5ad file as anndata writes it.",
            command=f"h5ls {path.name}",
        ) from error
