"""A response set as AnnData: signatures by features, block by block, never whole in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kgp.report.export.content import ExportedSet, SignatureAbout

_BLOCK = 1 << 22
"""Values that are in memory at once, about."""


def write_h5ad(exported: ExportedSet, path: Path) -> int:
    """Write X (effects), layers ``error`` and ``label``, obs, var and uns.

    NaN stands for what was not measured, or has no error; a label is 1, 0, -1, or -128 where it is
    unknown.

    Returns:
        Number of signatures.
    """
    import h5py
    from anndata.io import write_elem

    shape = len(exported.signatures), len(exported.features)
    with h5py.File(path, "w") as file:
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        write_elem(file, "obs", _signature_table(exported.signatures))
        write_elem(file, "var", _feature_table(exported))
        write_elem(file, "uns", {"kgp": dict(exported.about)})
        for name in ("obsm", "varm", "obsp", "varp", "layers"):
            write_elem(file, name, {})
        effect = _matrix(file, "X", shape, np.float32)
        error = _matrix(file, "layers/error", shape, np.float32)
        label = _matrix(file, "layers/label", shape, np.int8)
        _fill(exported, (effect, error, label))
    return shape[0]


def _fill(exported: ExportedSet, matrices: tuple[Any, Any, Any]) -> None:
    """Write the rows of all three matrices, some signatures at a time."""
    per_block = max(1, _BLOCK // max(len(exported.features), 1))
    rows: list[tuple[Any, ...]] = []
    done = 0
    for _, response in exported.responses():
        rows.append((response.effect, response.error, response.labels.label))
        if len(rows) == per_block or done + len(rows) == len(exported.signatures):
            for matrix, values in zip(matrices, zip(*rows, strict=True), strict=True):
                matrix[done : done + len(rows)] = np.stack(values).astype(matrix.dtype)
            done += len(rows)
            rows.clear()


def _matrix(file: Any, name: str, shape: tuple[int, int], kind: type) -> Any:
    """An empty dense matrix as AnnData encodes it."""
    packed = {"chunks": True, "compression": "lzf"} if all(shape) else {}
    matrix = file.create_dataset(name, shape, kind, **packed)
    matrix.attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    return matrix


def _feature_table(exported: ExportedSet) -> Any:
    import pandas as pd

    names = pd.Index(exported.features, name="feature", dtype=object)
    return pd.DataFrame({"name": list(exported.feature_names)}, index=names, dtype=object)


def _signature_table(signatures: Iterable[SignatureAbout]) -> Any:
    """One row per signature: what every one has, then the properties, by name."""
    rows = [_row(about) for about in signatures]
    named = sorted({key for about in signatures for key in about.properties} - _FIXED.keys())
    columns = {**{n: [row[n] for row in rows] for n in _FIXED}}
    for name in named:
        columns[name.replace("/", "|")] = _plain(
            [about.properties.get(name) for about in signatures]
        )
    import pandas as pd

    index = pd.Index([about.id for about in signatures], name="signature", dtype=object)
    return pd.DataFrame(columns, index=index)


_FIXED = dict.fromkeys(
    ("name", "perturbed", "perturbed_name", "direction", "context", "context_name"), ""
)


def _row(about: SignatureAbout) -> dict[str, str]:
    return {
        "name": about.name,
        "perturbed": "+".join(about.perturbed),
        "perturbed_name": "+".join(about.perturbed_names),
        "direction": "+".join(map(str, about.direction)),
        "context": about.context,
        "context_name": about.context_name,
    }


def _plain(values: list[Any]) -> Any:
    """Numbers as float64 with NaN, all else as text with nothing for what is missing."""
    if all(value is None or (isinstance(value, int | float)) for value in values):
        if any(isinstance(value, bool) for value in values):
            return ["" if value is None else str(value).lower() for value in values]
        return pl.Series(values, dtype=pl.Float64).fill_null(float("nan")).to_numpy()
    return [_text(value) for value in values]


def _text(value: Any) -> str:
    if value is None:
        return ""
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)
