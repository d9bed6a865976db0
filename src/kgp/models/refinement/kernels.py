r"""Compiled kernels of the exact search: what one edit of one edge changes, in microseconds.

With :math:`A` the signed network before and :math:`A'` after an edit of the edge m → j, the
walks of length l change by

.. math::
    A'^l - A^l = \sum_{a + b + 1 = l} A^a \, (A' - A) \, A'^b ,

that is by (old walks that end in m) times the edit times (new walks that start in j). Positive
and negative walks are counted apart; a walk's sign is the product of its edges' signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import State, Walks


@njit(cache=True, nogil=True)
def _walk_back(state: State, walks: Walks, gene: int) -> int:
    """Count walks shorter than ``max_length`` that end in ``gene``; return the genes met."""
    walks.number[0, gene, 0] = 1
    walks.genes[0] = gene
    walks.seen[gene] = True
    met = 1
    for length in range(state.max_length - 1):
        for k in range(met):
            here = walks.genes[k]
            positive, negative = walks.number[length, here, 0], walks.number[length, here, 1]
            if positive == 0 and negative == 0:
                continue
            for position in range(state.in_start[here], state.in_start[here + 1]):
                edge = state.in_edge[position]
                sign = state.sign[edge]
                if sign == 0:
                    continue
                there = state.source[edge]
                if not walks.seen[there]:
                    walks.seen[there] = True
                    walks.genes[met] = there
                    met += 1
                turned = 0 if sign > 0 else 1
                walks.number[length + 1, there, turned] += positive
                walks.number[length + 1, there, 1 - turned] += negative
    return met


@njit(cache=True, nogil=True)
def _walk_on(state: State, walks: Walks, source: int, target: int, sign: int) -> int:
    """Count walks from ``target`` with the edge source → target set to ``sign``."""
    walks.number[0, target, 0] = 1
    walks.genes[0] = target
    walks.seen[target] = True
    met = 1
    for length in range(state.max_length - 1):
        for k in range(met):
            here = walks.genes[k]
            positive, negative = walks.number[length, here, 0], walks.number[length, here, 1]
            if positive == 0 and negative == 0:
                continue
            if here == source and sign != 0:
                turned = 0 if sign > 0 else 1
                walks.number[length + 1, target, turned] += positive
                walks.number[length + 1, target, 1 - turned] += negative
            for edge in range(state.out_start[here], state.out_start[here + 1]):
                there = state.target[edge]
                if state.sign[edge] == 0 or (here == source and there == target):
                    continue
                if not walks.seen[there]:
                    walks.seen[there] = True
                    walks.genes[met] = there
                    met += 1
                turned = 0 if state.sign[edge] > 0 else 1
                walks.number[length + 1, there, turned] += positive
                walks.number[length + 1, there, 1 - turned] += negative
    return met


@njit(cache=True, nogil=True)
def _clear(walks: Walks, met: int) -> None:
    """Set the scratch space back to zero."""
    for k in range(met):
        gene = walks.genes[k]
        walks.seen[gene] = False
        walks.number[:, gene, :] = 0


@njit(cache=True, nogil=True)
def _through_edge(state: State, walks: Walks, met: int, before: int, after: int) -> None:
    """Multiply the onward walks by the edit, and sum them over lengths for ``upto``."""
    plus, minus = int(after > 0) - int(before > 0), int(after < 0) - int(before < 0)
    for k in range(met):
        gene = walks.genes[k]
        for length in range(state.max_length):
            p, n = walks.number[length, gene, 0], walks.number[length, gene, 1]
            walks.number[length, gene, 0] = p * plus + n * minus
            walks.number[length, gene, 1] = p * minus + n * plus
            if length > 0 and state.min_length == 1:
                walks.number[length, gene, 0] += walks.number[length - 1, gene, 0]
                walks.number[length, gene, 1] += walks.number[length - 1, gene, 1]


@njit(cache=True, nogil=True)
def _edit(
    state: State,
    back: Walks,
    on: Walks,
    source: int,
    target: int,
    before: int,
    after: int,
    write: bool,
    per_row: NDArray[np.float64],
) -> float:
    """Return the exact change of the cells' cost by one edit; with ``write``, update the counts.

    ``per_row`` (float64 [n_rows] or empty) gathers the change of each row.
    """
    met_back = _walk_back(state, back, source)
    met_on = _walk_on(state, on, source, target, after)
    _through_edge(state, on, met_on, before, after)
    total = 0.0
    for k in range(met_back):
        start = back.genes[k]
        row = state.row_of[start]
        if row < 0:
            continue
        change = 0.0
        for h in range(met_on):
            gene = on.genes[h]
            plus, minus = 0, 0
            for length in range(state.max_length):
                p, n = back.number[length, start, 0], back.number[length, start, 1]
                if p == 0 and n == 0:
                    continue
                rest = state.max_length - 1 - length
                plus += p * on.number[rest, gene, 0] + n * on.number[rest, gene, 1]
                minus += p * on.number[rest, gene, 1] + n * on.number[rest, gene, 0]
            if plus == 0 and minus == 0:
                continue
            p_old, n_old = state.counts[gene, row, 0], state.counts[gene, row, 1]
            p_new, n_new = p_old + plus, n_old + minus
            old = 1 + int(p_old > 0) - int(n_old > 0)
            new = 1 + int(p_new > 0) - int(n_new > 0)
            if old != new:
                cell = state.cell_class[gene, row]
                change += state.class_cost[cell, new] - state.class_cost[cell, old]
            if write:
                state.counts[gene, row, 0] = p_new
                state.counts[gene, row, 1] = n_new
        total += change
        if len(per_row) > 0:
            per_row[row] = change
    _clear(back, met_back)
    _clear(on, met_on)
    return total


@njit(cache=True, nogil=True)
def evaluate(
    state: State,
    back: Walks,
    on: Walks,
    moves: NDArray[np.int32],
    per_row: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the exact change of the cells' cost for each of many edits, none of them made.

    Args:
        state: the network and its counts.
        back: scratch space.
        on: scratch space.
        moves: int32 [n_moves, 4], columns source, target, sign before, sign after.
        per_row: float64 [n_moves, n_rows], filled with the change within each row, or empty.

    Returns:
        float64 [n_moves], below zero where the data like the edit; edit costs not included.
    """
    change = np.empty(len(moves))
    none = np.empty(0)
    for k in range(len(moves)):
        rows = per_row[k] if len(per_row) > 0 else none
        change[k] = _edit(
            state, back, on, moves[k, 0], moves[k, 1], moves[k, 2], moves[k, 3], False, rows
        )
    return change


@njit(cache=True, nogil=True)
def accept(
    state: State,
    back: Walks,
    on: Walks,
    edges: NDArray[np.int32],
    signs: NDArray[np.int8],
    threshold: float,
) -> tuple[int, float]:
    """Make those of the proposed edits, in order, that lower the objective by ``threshold``.

    Args:
        state: the network and its counts, changed in place.
        back: scratch space.
        on: scratch space.
        edges: int32 [n_moves], edge ids.
        signs: int8 [n_moves], the proposed signs.
        threshold: least fall of the objective; minus infinity makes every edit.

    Returns:
        Number of edits made and the sum of their changes of the objective.
    """
    made, total = 0, 0.0
    none = np.empty(0)
    for k in range(len(edges)):
        edge, after = edges[k], signs[k]
        before = state.sign[edge]
        if before == after:
            continue
        source, target, first = state.source[edge], state.target[edge], state.original[edge] + 1
        change = state.edit_cost[first, after + 1] - state.edit_cost[first, before + 1]
        change += _edit(state, back, on, source, target, before, after, False, none)
        if change < -threshold:
            _edit(state, back, on, source, target, before, after, True, none)
            state.sign[edge] = after
            made += 1
            total += change
    return made, total
