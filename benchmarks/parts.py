"""Parts of a benchmark, each in a process of its own so that its peak memory is its own."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from benchmarks.harness import Row, peak_memory_mb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def each_alone(parts: Mapping[str, Callable[[], Iterable[Row]]]) -> list[Row]:
    """Compute each part in a process of its own; print rows as they come.

    Returns:
        The rows of all parts, each with the peak memory of its process.
    """
    alone = ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1)
    with alone as pool:
        done = [pool.submit(_run_part, name, part) for name, part in parts.items()]
        return [row for each in done for row in each.result()]


def _run_part(name: str, part: Callable[[], Iterable[Row]]) -> list[Row]:
    rows = []
    for row in part():
        against = "" if row.against_value is None else f" ({row.against} {row.against_value:.4g})"
        value = f"{row.value:.4g} {row.spread}".rstrip()
        print(f"{row.what}: {value} {row.unit}{against}", flush=True)
        rows.append(row)
    return [*rows, Row(f"{name}: peak memory", peak_memory_mb(), "MB")]
