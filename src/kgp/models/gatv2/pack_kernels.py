"""Counting passes over the edges of one layer, compiled; they hold no interpreter lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


@njit(nogil=True, cache=True)
def order_by(
    key: NDArray[np.int64], keys: int, before: NDArray[np.int64], out: NDArray[np.int64]
) -> None:
    """Sort rows by a key in [0, keys), stable, by counting.

    Args:
        key: int64 [rows].
        keys: number of keys.
        before: int64 [rows], the rows in the order to keep among equals.
        out: int64 [rows], receives the rows in their new order.
    """
    start = np.zeros(keys + 1, np.int64)
    for row in range(len(key)):
        start[key[row] + 1] += 1
    for number in range(keys):
        start[number + 1] += start[number]
    for at in range(len(before)):
        row = before[at]
        out[start[key[row]]] = row
        start[key[row]] += 1


@njit(nogil=True, cache=True)
def index_pairs(
    node: NDArray[np.int64],
    relation: NDArray[np.int64],
    order: NDArray[np.int64],
    known: NDArray[np.int64],
    pair_node: NDArray[np.int64],
    pair_relation: NDArray[np.int64],
    pair: NDArray[np.int64],
) -> int:
    """Number the distinct (relation, node) pairs as they appear.

    Args:
        node: int64 [edges], one end of each edge.
        relation: int64 [edges].
        order: int64 [edges], the edges sorted by relation.
        known: int64 [nodes], all -1; left with each node's last pair.
        pair_node: int64 [edges], receives the node of each pair.
        pair_relation: int64 [edges], receives the relation of each pair.
        pair: int64 [edges], receives the pair of each edge, in ``order``.

    Returns:
        The number of pairs, sorted by relation.
    """
    pairs, first, current = 0, 0, -1
    for at in range(len(order)):
        edge = order[at]
        if relation[edge] != current:
            current, first = relation[edge], pairs
        end = node[edge]
        if known[end] < first:  # -1, or a pair of an earlier relation
            known[end] = pairs
            pair_node[pairs], pair_relation[pairs] = end, current
            pairs += 1
        pair[at] = known[end]
    return pairs
