"""GCTX: a matrix of signatures by genes in HDF5, with the annotations of both.

The matrix of a file that is called "genes x signatures" is stored as [n_signatures, n_genes]. The
L1000 releases hold up to 720,216 x 12,328 values, so only the wanted ones are ever in memory. The
HDF5 files of signatureSearch (``assay``, ``colnames``, ``rownames``) are read as well.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.lincs.annotations import check_ids, decoded, without_null_codes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Block = NDArray[np.float32]

MATRIX, ROWS, COLUMNS = "0/DATA/0/matrix", "0/META/ROW", "0/META/COL"
ASSAY = "assay"
BLOCK_VALUES = 1 << 20
"""How many values of the file are in memory at once."""

_UNCHUNKED_ROWS = 64
"""A compact matrix, inside the header of its file, is read in runs of so many signatures."""

_NAME_PARTS = ("cmap_name", "cell_iname", "pert_type")
"""What signatureSearch joins to an id: ``vorinostat__SKB__trt_cp``."""


class GctxFile:
    """A GCTX file.

    Args:
        path: where it lies.

    Attributes:
        signatures: one row per column of the matrix: ``id`` and its annotations, null for -666.
        genes: one row per gene: ``id`` and its annotations.

    Raises:
        BadInputError: if it is not a whole GCTX file, lists an id twice, or its parts differ in
            size.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _whole(path), _open(path) as file:
            self._matrix = ASSAY if ASSAY in file else MATRIX
            matrix = file[self._matrix]
            self._shape, self._chunks = tuple(matrix.shape), matrix.chunks
            numeric = matrix.dtype.kind in "fiu"
            if self._matrix == ASSAY:
                self.signatures, self.genes = _named(file["colnames"]), _ids(file["rownames"])
            else:
                self.signatures, self.genes = _table(file[COLUMNS]), _table(file[ROWS])
        self._check(numeric)
        check_ids(path, self.signatures["id"], "signature")
        check_ids(path, self.genes["id"], "gene")

    def blocks(self, signatures: Ints, genes: Ints) -> Iterator[tuple[Ints, Block]]:
        """Yield the values of some signatures over some genes, in the order of the file.

        Whole chunks of the file are read, each at most once, and only those that hold something
        wanted.

        Args:
            signatures: [n], positions in ``self.signatures``, in any order.
            genes: [m], positions in ``self.genes``; the columns come in this order.

        Yields:
            Positions of the block's signatures, and its values float32 [n_block, m].
        """
        wanted = np.unique(signatures)
        with _whole(self.path), _open(self.path) as file:
            matrix = file[self._matrix]
            # Rows of a matrix in one piece are read past HDF5, which is slow for small parts.
            offset = None if file.userblock_size else matrix.id.get_offset()
            if matrix.chunks is None and offset is not None:
                yield from self._rows(matrix.dtype, offset, wanted, genes)
            else:
                yield from self._chunked(matrix, wanted, genes)

    def _rows(
        self, kind: np.dtype[Any], offset: int, wanted: Ints, genes: Ints
    ) -> Iterator[tuple[Ints, Block]]:
        first, last = (int(genes.min()), int(genes.max())) if len(genes) else (0, -1)
        span, everything = last - first + 1, np.ones(len(genes), bool)
        most = max(1, BLOCK_VALUES // max(span, 1))
        with self.path.open("rb", buffering=0) as file:
            for start in range(0, len(wanted), most):
                held = wanted[start : start + most]
                part = np.empty((len(held), span), kind)
                for row, place in zip(part, held.tolist(), strict=True):
                    file.seek(offset + (place * self._shape[1] + first) * kind.itemsize)
                    if file.readinto(row) != row.nbytes:
                        raise OSError("its matrix ends early")
                values = np.empty((len(held), len(genes)), np.float32)
                _pick(values, part, np.arange(len(held)), genes - first, everything)
                yield held, values

    def _chunked(self, matrix: Any, wanted: Ints, genes: Ints) -> Iterator[tuple[Ints, Block]]:
        tall, wide = self._chunks or (_UNCHUNKED_ROWS, self._shape[1])
        ranges = list(_ranges(np.unique(genes), wide, self._shape[1], self._shape[1]))
        width = max((high - low for low, high in ranges), default=1)
        most = max(tall, BLOCK_VALUES // width // tall * tall)
        buffer = np.empty((min(most, self._shape[0]), width), np.float32)
        for low, high in _ranges(wanted, tall, most, self._shape[0]):
            held = wanted[np.searchsorted(wanted, low) : np.searchsorted(wanted, high)]
            values = np.empty((len(held), len(genes)), np.float32)
            for left, right in ranges:
                inside = (genes >= left) & (genes < right)
                part = buffer[: high - low, : right - left]
                into = np.s_[: high - low, : right - left]
                matrix.read_direct(buffer, np.s_[low:high, left:right], into)
                _pick(values, part, held - low, genes[inside] - left, inside)
            yield held, values

    def _check(self, numeric: bool) -> None:
        expected = (self.signatures.height, self.genes.height)
        if self._shape == expected and numeric and all(expected):
            return
        if self._shape == expected:
            found = "no values" if numeric else "a matrix of something other than numbers"
            raise BadInputError(
                f"{self.path} holds {found}.",
                hint="Expected is a matrix of numbers, signatures by genes.",
                command=f"h5ls -r {self.path.name}",
            )
        turned = self._shape == expected[::-1]
        raise BadInputError(
            f"{self.path} holds a matrix of shape {self._shape}, but annotates {expected[0]} "
            f"signatures and {expected[1]} genes.",
            hint="Its matrix is transposed: expected is [n_signatures, n_genes]."
            if turned
            else "Expected are as many annotations as signatures and genes.",
            command=f"h5ls -r {self.path.name}",
        )


def _ranges(wanted: Ints, chunk: int, most: int, end: int) -> Iterator[tuple[int, int]]:
    """Cover sorted positions by ranges of whole chunks that hold some of them.

    Neighbouring chunks are joined to ranges of at most ``most`` positions, a multiple of ``chunk``.
    """
    chunks = np.unique(wanted // chunk)
    start = 0
    while start < len(chunks):
        stop = start + 1
        limit = chunks[start] + max(most // chunk, 1)
        while stop < len(chunks) and chunks[stop] == chunks[stop - 1] + 1 and chunks[stop] < limit:
            stop += 1
        yield int(chunks[start]) * chunk, min((int(chunks[stop - 1]) + 1) * chunk, end)
        start = stop


def _pick(into: Block, part: Any, rows: Ints, columns: Ints, place: NDArray[np.bool_]) -> None:
    """Copy ``part[rows][:, columns]`` to the columns ``place`` of ``into``."""
    if (np.diff(columns) == 1).all():
        found = part[:, columns[0] : columns[-1] + 1]
        found = found if len(rows) == len(part) else found[rows]
    else:
        found = part[np.ix_(rows, columns)]
    if place.all():
        into[:] = found
    else:
        into[:, place] = found


def _open(path: Path) -> Any:
    import h5py

    return h5py.File(path, "r")


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    """Turn what h5py raises about a damaged or foreign file into one clear error."""
    try:
        yield
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        RuntimeError,
        pl.exceptions.ShapeError,
    ) as error:
        raise BadInputError(
            f"{path} is not a whole GCTX file: {(str(error).splitlines() or ['?'])[0]}",
            hint=f"Expected is HDF5 with {MATRIX}, {ROWS}/id and {COLUMNS}/id.",
            command=f"h5ls -r {path.name}",
        ) from error


def _table(group: Any) -> pl.DataFrame:
    """The annotations in a group, ``id`` first; fixed-length bytes become text."""
    names = ["id", *sorted(name for name in group if name != "id")]
    return without_null_codes(pl.DataFrame({name: _column(group[name]) for name in names}))


def _ids(dataset: Any) -> pl.DataFrame:
    return without_null_codes(pl.DataFrame({"id": _column(dataset)}))


def _named(dataset: Any) -> pl.DataFrame:
    """Ids of signatureSearch, with the compound, cell line and type that they are made of."""
    table = _ids(dataset)
    parts = pl.col("id").str.split("__")
    if not table.select((parts.list.len() == len(_NAME_PARTS)).all()).item():
        return table
    named = {name: parts.list.get(place) for place, name in enumerate(_NAME_PARTS)}
    return table.with_columns(**named)


def _column(dataset: Any) -> pl.Series:
    values = np.asarray(dataset[()]).ravel()
    if values.dtype.kind == "S" and not (values.view(np.uint8) & 0x80).any():
        # Plain ASCII, as nearly all annotations are: half a million identifiers at once.
        return pl.Series(values.tolist(), dtype=pl.Binary).cast(pl.String).str.strip_chars("\0 ")
    if values.dtype.kind in "SO":
        texts = [decoded(v) if isinstance(v, bytes) else str(v).strip("\0 ") for v in values]
        return pl.Series(texts, dtype=pl.String)
    return pl.Series(values)
