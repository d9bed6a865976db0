"""Files of vectors that users have: every format becomes ids and one matrix."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError, MissingExtraError
from kgp.platform.embed_readers import READERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

ID_KEYS = ("ids", "id", "keys", "names", "nodes", "index")
VECTOR_KEYS = ("vectors", "vector", "embeddings", "embedding", "emb", "values", "x")
"""Under which a file may keep its ids, and its matrix."""


@dataclass(frozen=True, slots=True)
class Table:
    """Vectors of a file.

    Args:
        ids: what each row is of, as the file says it.
        vectors: float32 [rows, dimension], finite.
    """

    ids: list[str]
    vectors: NDArray[np.float32]


def read_table(path: Path, ids: Path | None = None) -> Table:
    """Read a file of vectors.

    ``.pkl`` and ``.pickle``, ``.pt`` and ``.pth``, ``.safetensors`` and ``.npz`` hold a dict of
    one vector per id, or ids and a matrix under names such as ``ids`` and ``vectors``; ``.npy``
    holds a matrix; ``.parquet``, ``.csv`` and ``.tsv`` (also ``.gz``) have the id in their first
    column, then a list or one number per column. A vector of several rows, such as those of
    PrimeKG++ with one row per modality, becomes one, row after row.

    Args:
        path: the file.
        ids: one id per line, in the order of a matrix that comes without.

    Raises:
        BadInputError: for a file that is none of these, holds what is no number, rows of several
            lengths, an id twice, or a value that is not finite.
    """
    name = path.name.lower().removesuffix(".gz")
    suffix = name[name.rfind(".") :]
    if suffix not in READERS:
        raise BadInputError(
            f"kgp reads no vectors from {path}: its ending is not known.",
            hint=f"Known: {', '.join(READERS)}.",
            command="kgp embed --from FILE --name NAME",
        )
    for file in (path, *([ids] if ids else [])):
        if not file.is_file():
            raise BadInputError(f"There is no file {file}.", command=f"ls {file.parent}")
    try:
        found = READERS[suffix](path)
    except ImportError as error:
        raise MissingExtraError(
            f"{path} is read by the package {error.name}, which is not installed.",
            command="pip install 'kgp[encoders]'",
        ) from error
    names, rows = _take_apart(path, found, _lines(ids) if ids else None)
    return Table(names, _matrix(path, names, rows))


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]


def _take_apart(path: Path, found: Any, given: list[str] | None) -> tuple[list[str], Any]:
    """Ids and rows of what a file holds."""
    if isinstance(found, dict):
        keys = {str(key).lower(): key for key in found}
        vectors = next((keys[key] for key in VECTOR_KEYS if key in keys), None)
        own = next((keys[key] for key in ID_KEYS if key in keys), None)
        if vectors is not None and (own is not None or given):
            return _paired(path, given or list(found[own]), found[vectors])
        return [str(key) for key in found], list(found.values())
    if given is not None:
        return _paired(path, given, found)
    if isinstance(found, list) and len(found) == 2 and len(found[0]) == len(found[1]):
        first = list(found[0])
        if first and isinstance(first[0], str):
            return _paired(path, first, found[1])
    raise BadInputError(
        f"{path} holds vectors but not what they are of.",
        hint="Give a file with one id per line, in the order of the rows.",
        command=f"kgp embed --from {path} --ids IDS.txt --name NAME",
    )


def _paired(path: Path, ids: Sequence[Any], rows: Any) -> tuple[list[str], Any]:
    if len(ids) != len(rows):
        raise BadInputError(
            f"{path} has {len(rows):,} vectors, but there are {len(ids):,} ids.",
            hint="There is one id per vector, in the same order.",
        )
    return [str(each) for each in ids], rows


def _matrix(path: Path, ids: list[str], rows: Any) -> NDArray[np.float32]:
    if not ids:
        raise BadInputError(f"{path} holds no vector.")
    flat = [_vector(path, name, row) for name, row in zip(ids, rows, strict=True)]
    for name, vector in zip(ids, flat, strict=True):
        if len(vector) != len(flat[0]):
            raise BadInputError(
                f"The vector of {name!r} in {path} has length {len(vector)}, "
                f"that of {ids[0]!r} has {len(flat[0])}.",
                hint="All vectors of a set are equally long.",
            )
        if not np.isfinite(vector).all():
            raise BadInputError(
                f"The vector of {name!r} in {path} is not finite.",
                hint="Leave out a node without a value: it is masked, never filled.",
            )
    if len(set(ids)) < len(ids):
        twice = Counter(ids).most_common(1)[0][0]
        raise BadInputError(f"{twice!r} is twice in {path}.", hint="Valid is one vector per id.")
    return np.stack(flat)


def _vector(path: Path, name: str, row: Any) -> NDArray[np.float32]:
    try:
        array = np.asarray(row)
    except (ValueError, MemoryError) as error:
        raise BadInputError(f"The vector of {name!r} in {path} is ragged: {error}.") from error
    if array.dtype.kind not in "fiub" or array.ndim == 0 or not array.size:
        raise BadInputError(
            f"The vector of {name!r} in {path} is not one: {array.dtype} of shape {array.shape}.",
            hint="Valid is a row of numbers per id.",
        )
    with np.errstate(over="ignore"):
        return array.astype(np.float32).ravel()
