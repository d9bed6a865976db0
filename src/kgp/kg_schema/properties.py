"""Properties as one canonical JSON object per row, and back to typed columns.

Canonical means: keys sorted, nulls and empty lists left out, UTF-8, the shortest form of each
number. Two stores that hold the same properties hold the same text, which is what the
fingerprint hashes. Non-finite numbers are refused.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow as pa

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EMPTY = "{}"


def pack(properties: Mapping[str, Any]) -> str:
    """Return the canonical JSON of one row's properties.

    Raises:
        BadInputError: for a number that is not finite.
    """
    kept = {k: v for k, v in properties.items() if v is not None and v != []}
    for key, value in kept.items():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, float) and not math.isfinite(item):
                raise BadInputError(f"Property {key!r} is {item}, which is not a finite number.")
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def pack_columns(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Array:
    """Pack the columns ``names`` of ``batch`` into one string column of canonical JSON."""
    if not names:
        return pa.array([EMPTY] * batch.num_rows, pa.string())
    columns = [batch.column(name).to_pylist() for name in names]
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    return pa.array([pack(row) for row in rows], pa.string())


def unpack(text: str) -> dict[str, Any]:
    """Return the properties of one row."""
    loaded: dict[str, Any] = orjson.loads(text)
    return loaded


def unpack_columns(packed: pa.Array, names: Sequence[str]) -> list[pa.Array]:
    """Return one typed column per name, null where a row lacks the property."""
    rows = [unpack(text) for text in packed.to_pylist()]
    return [pa.array([row.get(name) for row in rows]) for name in names]


def with_columns(batch: pa.RecordBatch, names: Sequence[str]) -> pa.RecordBatch:
    """Add the packed properties ``names`` of ``batch`` as typed columns of their own."""
    if not names:
        return batch
    columns = unpack_columns(batch.column("properties"), names)
    return pa.RecordBatch.from_arrays(
        [*batch.columns, *columns], names=[*batch.schema.names, *names]
    )


def merge(ranked: Sequence[str]) -> str:
    """Merge packed properties of several sources, the most trusted first, key by key."""
    merged: dict[str, Any] = {}
    for text in reversed(ranked):
        merged.update(unpack(text))
    return pack(merged)
