"""Small AnnData files, written as the studies write theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anndata
import numpy as np
import pandas as pd
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path


def write_h5ad(
    path: Path,
    values: Any,
    obs: Mapping[str, Sequence[Any]],
    *,
    genes: Sequence[str] = ("KLF1", "MYC", "GATA1", "TP53"),
    var: Mapping[str, Sequence[Any]] | None = None,
    form: Callable[[Any], Any] = sparse.csr_matrix,
    index: Sequence[str] | None = None,
    **more: Any,
) -> dict[str, Path]:
    """Write cells by genes; return the inputs of the source."""
    names = index or [f"c{i}" for i in range(len(values))]
    data = anndata.AnnData(
        form(np.asarray(values, np.float32)),
        obs=pd.DataFrame(dict(obs), index=names),
        var=pd.DataFrame(dict(var or {}), index=list(genes)),
        **more,
    )
    data.write_h5ad(path / "cells.h5ad")
    return {"cells": path / "cells.h5ad"}
