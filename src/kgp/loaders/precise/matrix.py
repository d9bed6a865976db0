"""The expression that PRECISE publishes: log-TPM, or its independent components M times A."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from kgp.errors import BadInputError
from kgp.loaders.files import open_bytes, reading
from kgp.loaders.own.matrix import Matrix, check_finite, read_matrix, refuse_repeated_genes
from kgp.loaders.precise.samples import recognised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Table = Mapping[str, Mapping[str, Any]]

_MAX_LOG2 = 30.0
"""No transcript has a log2(TPM) above 20: a million transcripts per million."""


class Expression:
    """What one file of role ``expression`` holds.

    Args:
        path: a CSV or TSV of log2(TPM), or a JSON dump of pymodulon with ``X``, ``log_tpm``, or
            ``M`` and ``A``.

    Raises:
        BadInputError: if it is none of these.
    """

    def __init__(self, path: Path) -> None:
        with reading(path), open_bytes(path) as file:
            start = file.read(64).lstrip()
        self.path = path
        self._dump = _load(path) if start.startswith(b"{") else None
        if self._dump is None:
            self.matrix, self.measure = read_matrix(path), "log2(TPM)"
        else:
            self.matrix, self.measure = _matrix(path, self._dump)
        _check_logarithms(self.matrix)

    def samples(self) -> pl.DataFrame | None:
        """Return the sample table that the dump carries, if it does."""
        table = _table(self.path, self._dump or {}, "sample_table")
        if not table:
            return None
        frame = pl.DataFrame({"sample": _row_names(table)})
        columns = [
            pl.Series(name, [_said(column.get(row)) for row in frame["sample"]], pl.String)
            for name, column in table.items()
        ]
        return recognised(frame.hstack(columns), self.path)

    def gene_names(self) -> dict[str, str]:
        """Return gene name → locus tag, as far as the dump says and one gene bears the name."""
        table = _table(self.path, self._dump or {}, "gene_table")
        pairs = [
            (str(name), tag)
            for tag, name in table.get("gene_name", {}).items()
            if isinstance(name, str) and name
        ]
        names = pl.Series([name for name, _ in pairs], dtype=pl.String)
        unique = set(names.filter(names.is_unique()))
        return {name: tag for name, tag in pairs if name in unique}


def _load(path: Path) -> dict[str, Any]:
    """Read a dump with Python's own parser: pymodulon writes NaN, which is no JSON."""
    with reading(path), open_bytes(path) as file:
        text = file.read().decode("utf-8")
    try:
        dump = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _no_dump(path, f"it is no JSON: {error}") from error
    assert isinstance(dump, dict)
    return dump


def _table(path: Path, dump: Mapping[str, Any], name: str) -> Table:
    """Return a frame of the dump as column → row → value; pymodulon writes frames as texts."""
    value = dump.get(name)
    try:
        table = json.loads(value) if isinstance(value, str) else value or {}
    except (json.JSONDecodeError, RecursionError) as error:
        raise _no_dump(path, f"{name!r} is no table") from error
    if isinstance(table, dict) and all(isinstance(column, dict) for column in table.values()):
        return table
    raise _no_dump(path, f"{name!r} is no table of columns")


def _matrix(path: Path, dump: Mapping[str, Any]) -> tuple[Matrix, str]:
    for name, measure in (("log_tpm", "log2(TPM)"), ("X", "centred log2(TPM)")):
        if table := _table(path, dump, name):
            genes, samples = _row_names(table), list(table)
            return _checked(path, genes, samples, _numbers(path, table, genes)), measure
    weights, activities = _table(path, dump, "M"), _table(path, dump, "A")
    if not (weights and activities):
        raise _no_dump(path, "it has none of log_tpm, X, or M with A")
    components = list(weights)
    if set(components) != set(_row_names(activities)):
        raise _no_dump(path, "M and A are of different components")
    genes, samples = _row_names(weights), list(activities)
    values = _numbers(path, weights, genes) @ _numbers(path, activities, components)
    return _checked(path, genes, samples, values), "log2(TPM) as M·A"


def _checked(
    path: Path, genes: Sequence[str], samples: Sequence[str], values: NDArray[np.float64]
) -> Matrix:
    check_finite(path, values, genes, samples)
    refuse_repeated_genes(path, genes)
    return Matrix(path, tuple(genes), tuple(samples), np.ascontiguousarray(values.T))


def _numbers(path: Path, table: Table, rows: Sequence[str]) -> NDArray[np.float64]:
    """Values of a frame, float64 [n_rows, n_columns]; its numbers may be written as texts."""
    try:
        columns = [[float(column[row]) for row in rows] for column in table.values()]
    except (KeyError, TypeError, ValueError) as error:
        raise _no_dump(path, f"a value is missing or not a number: {error}") from error
    return np.array(columns, np.float64).T


def _row_names(table: Table) -> list[str]:
    return list(next(iter(table.values()), {}))


def _said(value: object) -> str | None:
    return None if value is None else str(value)


def _check_logarithms(matrix: Matrix) -> None:
    """Refuse TPM or counts where their logarithms are expected."""
    high = float(matrix.values.max(initial=0))
    if high > _MAX_LOG2:
        raise BadInputError(
            f"{matrix.path} holds values up to {high:,.0f}: these are no logarithms.",
            hint="Expected is log2(TPM), which is below 20; counts are read by 'responses'.",
            command="kgp load responses counts=FILE design=FILE",
        )


def _no_dump(path: Path, why: str) -> BadInputError:
    return BadInputError(
        f"{path} cannot be read as a dump of PRECISE: {why[:200]}.",
        hint="Expected is the JSON of pymodulon with M and A, X or log_tpm, or a matrix of "
        "log2(TPM), genes by samples, as CSV.",
        command="kgp sources precise",
    )
