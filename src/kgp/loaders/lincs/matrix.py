"""An L1000 matrix in whichever format, and the samples it holds with all that is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.files import open_bytes, reading
from kgp.loaders.frames import drop_rows
from kgp.loaders.lincs.annotations import check_ids
from kgp.loaders.lincs.fields import canonical, read_info, slashless, text
from kgp.loaders.lincs.gct import GctFile
from kgp.loaders.lincs.gctx import GctxFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from kgp.kg_schema.tally import Tally

_HDF5 = b"\x89HDF\r\n\x1a\n"
_NEEDED = ("pert_type", "pert_id", "cmap_name", "cell_iname")
_AMOUNTS = tuple(
    f"pert_{field}" for what in ("dose", "time") for field in (what, f"{what}_unit", f"i{what}")
)


class Matrix(Protocol):
    """Signatures by genes, with the annotations of both; see GctxFile."""

    path: Path
    signatures: pl.DataFrame
    genes: pl.DataFrame

    def blocks(
        self, signatures: NDArray[np.int64], genes: NDArray[np.int64]
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """Yield the values of some signatures over some genes."""


def open_matrix(path: Path) -> Matrix:
    """Open GCTX or GCT, told apart by their first bytes.

    Raises:
        BadInputError: if it is neither, damaged, or a GCTX file that is still packed.
    """
    with path.open("rb") as file:
        if file.read(len(_HDF5)) == _HDF5:
            return GctxFile(path)
    with reading(path), open_bytes(path) as content:
        packed = content.read(len(_HDF5)) == _HDF5
    if packed:
        raise BadInputError(
            f"{path} is a GCTX file packed by gzip.",
            hint="Parts of a packed file cannot be read; unpack it first.",
            command=f"gunzip -k {path.name}",
        )
    return GctFile(path)


def samples(matrix: Matrix, info: Path | None, fields: Sequence[str], tally: Tally) -> pl.DataFrame:
    """Describe each sample of a matrix: its own annotations and those of a table of metadata.

    Where both say something, the table counts. ``position`` is the place in the matrix. Writers of
    GCTX put ``|`` for ``/`` in identifiers, so the two are one in the join; a sample is called as
    the table calls it.

    Args:
        matrix: the matrix.
        info: table of signatures or wells, if there is one.
        fields: what is read of it, beside what was perturbed and where.
        tally: counts the samples, and those that the table does not describe.

    Raises:
        BadInputError: if nothing says what was perturbed, or the table is about other samples.
    """
    own = canonical(matrix.signatures).with_row_index("position")
    tally.read(own.height)
    if info is not None:
        own = _joined(own, matrix.path, info, fields, tally)
    if "pert_type" not in own.columns or own["pert_type"].is_null().all():
        raise BadInputError(
            f"{matrix.path} says nothing of what was perturbed in its samples (pert_type).",
            hint="Expected are annotations in the file, or the release's table of metadata "
            "beside it: siginfo for signatures, instinfo for wells.",
            command="kgp sources lincs-signatures",
        )
    return own.with_columns(*(text(own, name) for name in _NEEDED))


def _joined(
    own: pl.DataFrame, path: Path, info: Path, fields: Sequence[str], tally: Tally
) -> pl.DataFrame:
    own = own.with_columns(key=slashless("id"))
    table = read_info(info, "sig_id", tally, (*_NEEDED, *_AMOUNTS, *fields), own["key"])
    table = table.rename({"sig_id": "id"}).with_columns(key=slashless("id"))
    table = table.unique(maintain_order=True)
    if table.is_empty():
        raise BadInputError(
            f"{info} describes no sample of {path}, such as {own['id'][0]!r}.",
            hint="Expected is the table of the same release and level.",
        )
    check_ids(info, table["key"], "sample")
    own = drop_rows(
        own,
        ~pl.col("key").is_in(table["key"].to_list()),
        f"not described in {info.name}",
        tally,
        ("id",),
    )
    rest = [name for name in own.columns if name not in table.columns]
    joined = own.select("key", *rest).join(table, on="key", how="left", maintain_order="left")
    return joined.drop("key")
