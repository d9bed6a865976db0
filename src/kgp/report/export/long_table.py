"""Effects and labels as a long table in Parquet, one row per signature and feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from kgp.models.labels import NAMES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.report.export.content import ExportedSet

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("signature", _WORD),
        ("feature", _WORD),
        ("effect", pa.float32()),
        ("error", pa.float32()),
        ("label", _WORD),
        ("confidence", pa.float32()),
        ("low", pa.float32()),
        ("high", pa.float32()),
    ]
)
"""Null where there is no number: no error without replicates, no effect of an unlisted feature."""

_BLOCK = 1 << 20
"""Rows that are in memory at once, about."""


def write_long_table(exported: ExportedSet, path: Path) -> int:
    """Write the rows that say something: an effect, or a label other than unknown.

    Args:
        exported: the set; what holds for the whole of it goes into the file's metadata.
        path: the file.

    Returns:
        Number of rows.
    """
    schema = SCHEMA.with_metadata({f"kgp.{k}": str(v) for k, v in exported.about.items()})
    rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(exported, schema):
            rows += batch.num_rows
            writer.write_batch(batch)
    return rows


def _batches(exported: ExportedSet, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    features, words = pa.array(exported.features, pa.string()), list(NAMES)
    named = pa.array(NAMES.values(), pa.string())
    per_batch = max(1, _BLOCK // max(len(features), 1))
    parts: list[tuple[str, np.ndarray, list[np.ndarray]]] = []
    for about, response in exported.responses():
        label = response.labels.label
        told = np.flatnonzero(np.isfinite(response.effect) | (label != UNKNOWN))
        code = np.select([label[told] == word for word in words], range(len(words)))
        numbers = (
            response.effect,
            response.error,
            response.labels.confidence,
            response.labels.low,
            response.labels.high,
        )
        parts.append((about.id, told, [code, *(each[told] for each in numbers)]))
        if len(parts) == per_batch:
            yield _batch(parts, features, named, schema)
            parts.clear()
    if parts:
        yield _batch(parts, features, named, schema)


def _batch(
    parts: list[tuple[str, np.ndarray, list[np.ndarray]]],
    features: pa.Array,
    named: pa.Array,
    schema: pa.Schema,
) -> pa.RecordBatch:
    sizes = [len(told) for _, told, _ in parts]
    signature = _words(np.repeat(np.arange(len(parts)), sizes), pa.array([p[0] for p in parts]))
    feature = _words(np.concatenate([told for _, told, _ in parts]), features)
    code, effect, error, confidence, low, high = (
        np.concatenate(column) for column in zip(*(p[2] for p in parts), strict=True)
    )
    numbers = [
        pa.array(each, pa.float32(), from_pandas=True)
        for each in (effect, error, confidence, low, high)
    ]
    effects, errors, *rest = numbers
    columns = [signature, feature, effects, errors, _words(code, named), *rest]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _words(codes: np.ndarray, words: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), words)
