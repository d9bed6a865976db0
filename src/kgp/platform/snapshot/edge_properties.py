"""Numeric properties of edges, one number per edge of the fused adjacency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError
from kgp.kg_schema.properties import unpack
from kgp.platform.snapshot.lookup import find_positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency


def read_numbers(edges: pa.Table, names: Sequence[str]) -> NDArray[np.float32]:
    """Read properties of stored edges.

    Args:
        edges: with the columns ``src``, ``dst`` and ``properties`` (JSON).
        names: the properties.

    Returns:
        float32 [names, edges], NaN where an edge lacks the property.

    Raises:
        BadInputError: for a value that is not a number, or beyond single precision.
    """
    numbers = np.full((len(names), edges.num_rows), np.nan, np.float32)
    if not names:
        return numbers
    marks = [f'"{name}"' for name in names]
    for row, text in enumerate(edges.column("properties").to_pylist()):
        if any(mark in text for mark in marks):
            found = unpack(text)
            for at, name in enumerate(names):
                if name in found:
                    numbers[at, row] = _number(name, found[name], edges, row)
    return numbers


def _number(name: str, value: Any, edges: pa.Table, row: int) -> np.float32:
    with np.errstate(over="ignore"):
        number = np.float32(value) if isinstance(value, int | float) else np.float32(np.nan)
    if not np.isfinite(number):
        ends = " → ".join(edges.column(end)[row].as_py() for end in ("src", "dst"))
        raise BadInputError(
            f"Property {name!r} of an edge {ends} is {value!r}.",
            hint="Only numbers within single precision can be exported.",
        )
    return number


def merge_numbers(
    graph: Adjacency,
    edges: Iterable[tuple[NDArray[np.int32], int, NDArray[np.int32], NDArray[np.float32]]],
) -> NDArray[np.float32]:
    """Bring one property into the order of the adjacency.

    Parallel edges, which several sources state, get the largest number that any of them has.

    Args:
        graph: the fused adjacency.
        edges: sources [n], number of the relation, destinations [n] and float32 [n] numbers, NaN
            where an edge has none; relation by relation.

    Returns:
        float32 [edges], NaN where no stored edge has a number.
    """
    merged = np.full(graph.edges, np.nan, np.float32)
    for src, relation, dst, numbers in edges:
        there = np.flatnonzero(~np.isnan(numbers))
        position = find_positions(graph, src[there], relation, dst[there])
        np.fmax.at(merged, position, numbers[there])
    return merged
