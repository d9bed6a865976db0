"""Opening the files in which vectors are kept: what each holds, as lists, dicts and arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from kgp.errors import BadInputError
from kgp.platform.embed_pickle import read_pickle

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray


def _npy(path: Path) -> Any:
    try:
        loaded = np.load(path, allow_pickle=False)
        return dict(loaded) if isinstance(loaded, np.lib.npyio.NpzFile) else loaded
    except (ValueError, OSError, EOFError, BadZipFile) as error:
        raise BadInputError(
            f"{path} cannot be read: {error}.",
            hint="Valid are arrays of numbers; arrays of objects are pickles.",
        ) from error


def _torch(path: Path) -> Any:
    import pickle

    import torch

    try:
        return _plain(torch.load(path, map_location="cpu", weights_only=True))
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        said = str(error).strip().partition("\n")[0]
        raise BadInputError(
            f"{path} is not a file of tensors only: {said}",
            hint="Valid are tensors, numbers, texts, and dicts and lists of them.",
        ) from error


def _safetensors(path: Path) -> Any:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return _plain(load_file(path))
    except SafetensorError as error:
        raise BadInputError(f"{path} is not a safetensors file: {error}.") from error


def _plain(found: Any) -> Any:
    """Tensors as arrays; half precisions that numpy does not know as float32."""
    if isinstance(found, dict):
        return {key: _plain(value) for key, value in found.items()}
    if isinstance(found, list | tuple):
        return [_plain(each) for each in found]
    if not hasattr(found, "detach"):
        return found
    tensor = found.detach()
    return (tensor.float() if tensor.is_floating_point() else tensor).numpy()


def _frame(path: Path) -> Mapping[str, Any]:
    import polars as pl

    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            frame = pl.read_parquet(path)
        else:
            separator = "," if name.endswith(".csv") else "\t"
            frame = pl.read_csv(path, separator=separator, infer_schema_length=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        said = str(error).strip().partition("\n")[0]
        raise BadInputError(f"{path} cannot be read as a table: {said}.") from error
    if frame.width < 2:
        raise BadInputError(f"{path} has no column beside its ids.")
    ids, values = frame.to_series(0), frame.drop(frame.columns[0])
    if frame.width == 2 and isinstance(values.dtypes[0], pl.List | pl.Array):
        rows: Any = values.to_series(0).to_list()
    else:
        rows = _numbers(path, values)
    return {"ids": ids.cast(pl.String).to_list(), "vectors": rows}


def _numbers(path: Path, values: Any) -> NDArray[np.float32]:
    for name, kind in values.schema.items():
        if not kind.is_numeric():
            raise BadInputError(
                f"The column {name!r} of {path} holds {kind}, not numbers.",
                hint="Valid is the id in the first column, then numbers.",
            )
    matrix: NDArray[np.float32] = values.cast(float).to_numpy().astype(np.float32)
    return matrix


READERS: dict[str, Callable[[Path], Any]] = {
    ".pkl": read_pickle,
    ".pickle": read_pickle,
    ".npy": _npy,
    ".npz": _npy,
    ".pt": _torch,
    ".pth": _torch,
    ".safetensors": _safetensors,
    ".parquet": _frame,
    ".csv": _frame,
    ".tsv": _frame,
    ".txt": _frame,
}
"""Ending of a file's name, without ``.gz`` → what reads it."""
