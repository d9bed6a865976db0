"""HDF5 files that carry the mark: as an attribute of their root, which readers skip."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.loaders.synthetic.output import Output


@contextmanager
def marked_hdf5(output: Output, name: str) -> Iterator[Any]:
    """Open a new HDF5 file below the world's folder for writing; its bytes depend on no time.

    The mark is written before all else, so that it stands at the start of the file's bytes.
    """
    import h5py

    path = output.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file.attrs["src"] = output.mark
        file.flush()
        yield file


def write_gctx(file: Any, values: Any, rows: Any, columns: Any) -> None:
    """Write a GCTX file: the matrix as [n_columns, n_rows], and the annotations of both.

    Args:
        file: an open HDF5 file.
        values: float32 [n_columns, n_rows].
        rows: frame of the genes, ``id`` first.
        columns: frame of the samples, ``id`` first.
    """
    import numpy as np

    file.attrs["version"] = np.bytes_("GCTX1.0")
    file.create_dataset("0/DATA/0/matrix", data=values.astype(np.float32), compression="gzip")
    for axis, table in (("ROW", rows), ("COL", columns)):
        for name in table.columns:
            column = table[name].to_numpy()
            if column.dtype.kind not in "if":
                column = np.array([str(value).encode() for value in column])
            file.create_dataset(f"0/META/{axis}/{name}", data=column)
