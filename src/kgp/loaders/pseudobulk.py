"""Pseudo-bulk: the mean expression of the cells of each perturbation in each context."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]

PERTURBATION = ("perturbation", "condition", "target_gene", "gene")
CELL_LINE = ("cell_line", "cell_type")
TREATMENT = ("treatment",)
ASSAY = ("perturbation_type", "assay", "modality")
N_CELLS = ("n_cells",)
"""Columns of ``obs`` by what they hold; the first that is there is taken."""

CHUNK_ROWS = 8192
_KEY = ("perturbation", "cell_line", "treatment", "assay")


@dataclass(frozen=True, slots=True)
class PseudoBulk:
    """Groups of cells and their means.

    Args:
        groups: ``perturbation, cell_line, treatment, assay, n_rows, n_cells`` per group, sorted.
            Controls have no assay, so that they serve every assay of their context.
        means: float64 [n_groups, n_genes], mean expression over the cells of each group.
        genes: names of the genes, in the order of the columns of ``means``.
        n_rows: rows of the file.
    """

    groups: pl.DataFrame
    means: Matrix
    genes: list[str]
    n_rows: int


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open an AnnData file without reading its matrix.

    Raises:
        BadInputError: if the file is not a whole AnnData file.
    """
    import anndata

    with _whole(path, OSError, KeyError, ValueError, TypeError, AttributeError):
        data = anndata.read_h5ad(path, backed="r")
    try:
        with _whole(path, OSError):
            yield data
    finally:
        data.file.close()


@contextmanager
def _whole(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn what h5py and anndata raise about a damaged or foreign file into one clear error."""
    try:
        yield
    except errors as error:
        raise BadInputError(
            f"{path} is not a whole AnnData file: {(str(error).splitlines() or ['?'])[0]}",
            hint="Expected is an .h5ad file as anndata writes it.",
            command=f"h5ls {path.name}",
        ) from error


def check_columns(path: Path, columns: Sequence[str]) -> None:
    """Check that ``obs`` names a perturbation and a cell line.

    Raises:
        BadInputError: naming the columns that are there.
    """
    for wanted in (PERTURBATION, CELL_LINE):
        if _first(columns, wanted) is None:
            raise BadInputError(
                f"{path}: obs has no column {' or '.join(wanted)}; it has: {', '.join(columns)}.",
                hint=f"Expected is one of {', '.join(wanted)}.",
                command=f"h5ls {path.name}/obs",
            )


def read_pseudobulk(path: Path, controls: Sequence[str]) -> PseudoBulk:
    """Average the rows of an AnnData file by perturbation, cell line, treatment and assay.

    Args:
        path: the file, whose matrix is read in chunks of rows.
        controls: labels of unperturbed cells.

    Raises:
        BadInputError: if it holds no rows, or a value that is not finite.
    """
    with opened(path) as data:
        if not data.n_obs:
            raise BadInputError(f"{path} holds no cells.", hint="Expected is at least one row.")
        rows = _rows(data.obs, controls)
        groups = rows.group_by(_KEY).agg(n_rows=pl.len(), n_cells=pl.col("n_cells").sum())
        groups = groups.sort(_KEY)
        numbered = groups.select(_KEY).with_row_index("group")
        codes = rows.join(numbered, on=_KEY, how="left", maintain_order="left")["group"].to_numpy()
        sums = _sums(path, data, codes, rows["n_cells"].to_numpy(), groups.height)
        means = sums / groups["n_cells"].to_numpy()[:, None]
        return PseudoBulk(groups, means, [str(gene) for gene in data.var_names], data.n_obs)


def _first(columns: Sequence[str], wanted: Sequence[str]) -> str | None:
    return next((name for name in wanted if name in columns), None)


def _rows(obs: Any, controls: Sequence[str]) -> pl.DataFrame:
    """One row per cell: its group key as text, and the number of cells it stands for."""
    columns = list(obs.columns)

    def text(wanted: Sequence[str]) -> pl.Series:
        name = _first(columns, wanted)
        values = [""] * len(obs) if name is None else obs[name].astype(str).tolist()
        return pl.Series(values, dtype=pl.String)

    name = _first(columns, N_CELLS)
    counts = np.ones(len(obs)) if name is None else obs[name].to_numpy(dtype=np.float64)
    frame = pl.DataFrame(
        {
            "perturbation": text(PERTURBATION),
            "cell_line": text(CELL_LINE),
            "treatment": text(TREATMENT),
            "assay": text(ASSAY),
            "n_cells": counts,
        }
    )
    control = pl.col("perturbation").is_in(list(controls))
    return frame.with_columns(assay=pl.when(control).then(pl.lit("")).otherwise("assay"))


def _sums(path: Path, data: Any, codes: Any, weights: Any, n_groups: int) -> Matrix:
    """Weighted sums of the rows of each group: indicator matrix times expression, by chunks."""
    from scipy import sparse

    sums: Matrix = np.zeros((n_groups, data.n_vars))
    for start in range(0, data.n_obs, CHUNK_ROWS):
        chunk = data.X[start : start + CHUNK_ROWS]
        stop = start + chunk.shape[0]
        cells = (weights[start:stop], (codes[start:stop], np.arange(stop - start)))
        indicator = sparse.csr_matrix(cells, shape=(n_groups, stop - start))
        product = indicator @ chunk
        sums += product.toarray() if sparse.issparse(product) else product
    if not np.isfinite(sums).all():
        raise BadInputError(
            f"{path} holds expression values that are not finite numbers.",
            hint="Expected is log-normalised expression.",
        )
    return sums
