"""Responses that repeat another one to the last digit: one measurement under several names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import numpy as np


def row_hashes(values: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> pl.Series:
    """Hash each row of float32 [n_signatures, n_features]; equal rows have equal hashes."""
    import hashlib

    digests = [hashlib.blake2b(row.tobytes(), digest_size=8).digest() for row in values + 0.0]
    return pl.Series("hash", [int.from_bytes(d, "little") for d in digests], dtype=pl.UInt64)


def repeats(signatures: pl.DataFrame) -> pl.DataFrame:
    """Name, for each signature that repeats another's values, the first of them by id.

    Args:
        signatures: ``id`` and ``hash`` of its values.

    Returns:
        ``id, duplicate_of`` of the repeats alone.
    """
    first = pl.col("id").min().over("hash")
    pairs = signatures.select("id", duplicate_of=first)
    return pairs.filter(pl.col("duplicate_of") != pl.col("id"))
