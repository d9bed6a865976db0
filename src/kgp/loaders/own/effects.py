"""Responses that do not all cover the whole feature space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.frames import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.kg_schema.batches import Batch

    Floats = NDArray[np.float64]


def emit_effects(
    dataset: str, signatures: pl.Series, effect: Floats, error: Floats, df: Floats
) -> Iterator[Batch]:
    """Yield one response per row, each over the features of which something is known.

    Args:
        dataset: name of the data set.
        signatures: ids, one per row of ``effect``.
        effect: float64 [n_signatures, n_features]; NaN where a feature was not measured.
        error: float64 [n_signatures, n_features], standard errors; a row with one that is not
            finite, where there is an effect, stands for a signature without replicates.
        df: float64 [n_signatures], degrees of freedom of the errors.
    """
    for i, signature in enumerate(signatures):
        known = np.isfinite(effect[i])
        erring = bool(np.isfinite(error[i][known]).all())
        row = pl.DataFrame({"dataset": [dataset], "signature": [signature]}).with_columns(
            values=_list(effect[i][known], pl.Float32),
            errors=_list(error[i][known] if erring else None, pl.Float32),
            df=pl.lit(float(df[i]) if erring else None, pl.Float32),
            features=_list(None if known.all() else np.flatnonzero(known), pl.Int32),
        )
        yield from emit(Kind.EFFECTS, row)


def _list(values: NDArray[Any] | None, kind: type[pl.DataType]) -> pl.Series:
    cells = [None if values is None else values.tolist()]
    return pl.Series(cells, dtype=pl.List(kind))
