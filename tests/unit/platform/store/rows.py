"""Rows of streams, for comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from kgp.platform.store.port import KnowledgeStore


def dicts(batches: Iterable[pa.RecordBatch]) -> list[dict[str, Any]]:
    return [row for batch in batches for row in batch.to_pylist()]


def tuples(batches: Iterable[pa.RecordBatch]) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in dicts(batches)]


def columns(batches: Iterable[pa.RecordBatch], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in dicts(batches)]


def signs(
    store: KnowledgeStore, network: str, version: int | None = None
) -> dict[tuple[str, str], str]:
    """(regulator, target) → effect, as of a version."""
    rows = dicts(store.scan_regulation(network, version))
    return {(row["src"], row["dst"]): row["effect"] for row in rows}
