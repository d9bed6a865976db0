r"""Compiled kernels of the exact search: what one edit of one edge changes, in microseconds.

With :math:`A` the signed network before and :math:`A'` after an edit of the edge m → j, the
walks of length l change by

.. math::
    A'^l - A^l = \sum_{a + b + 1 = l} A^a \, (A' - A) \, A'^b ,

that is by (old walks that end in m) times the edit times (new walks that start in j). Positive
and negative walks are counted apart; a walk's sign is the product of its edges' signs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray


class State(NamedTuple):
    """A network, its walk counts and the cost of every cell; the kernels change it in place.

    Attributes:
        source: int32 [n_edges], sorted; present edges and candidates.
        target: int32 [n_edges].
        sign: int8 [n_edges], 0 where the edge is absent now.
        original: int8 [n_edges], the sign before any edit.
        out_start: int64 [n_genes + 1], edges of a source as a range of edge ids.
        in_start: int64 [n_genes + 1], edges of a target as a range of ``in_edge``.
        in_edge: int32 [n_edges], edge ids sorted by target.
        row_of: int32 [n_genes], row of a perturbed gene, -1 for the others.
        counts: int32 [n_genes, n_rows, 2], positive and negative walks from row to gene.
        cell_class: int16 [n_genes, n_rows], the row of ``class_cost`` that prices a cell.
        class_cost: float64 [n_classes, 3], cost of predicting -1, 0, +1; class 0 is unmeasured.
        edit_cost: float64 [3, 3], cost by original and present sign.
        min_length: shortest walk that counts.
        max_length: longest walk that counts.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    sign: NDArray[np.int8]
    original: NDArray[np.int8]
    out_start: NDArray[np.int64]
    in_start: NDArray[np.int64]
    in_edge: NDArray[np.int32]
    row_of: NDArray[np.int32]
    counts: NDArray[np.int32]
    cell_class: NDArray[np.int16]
    class_cost: NDArray[np.float64]
    edit_cost: NDArray[np.float64]
    min_length: int
    max_length: int


class Walks(NamedTuple):
    """Scratch space for the walks from or to one gene; all zero between uses.

    Attributes:
        count: int64 [max_length, n_genes, 2], walks by exact length, gene and sign.
        genes: int32 [n_genes], the genes met, in order.
        seen: bool [n_genes].
    """

    count: NDArray[np.int64]
    genes: NDArray[np.int32]
    seen: NDArray[np.bool_]


@njit(cache=True, nogil=True)
def _walk_back(state: State, walks: Walks, gene: int) -> int:
    """Count walks shorter than ``max_length`` that end in ``gene``; return the genes met."""
    walks.count[0, gene, 0] = 1
    walks.genes[0] = gene
    walks.seen[gene] = True
    met = 1
    for length in range(state.max_length - 1):
        for k in range(met):
            here = walks.genes[k]
            positive, negative = walks.count[length, here, 0], walks.count[length, here, 1]
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
                walks.count[length + 1, there, turned] += positive
                walks.count[length + 1, there, 1 - turned] += negative
    return met


@njit(cache=True, nogil=True)
def _walk_on(state: State, walks: Walks, source: int, target: int, sign: int) -> int:
    """Count walks from ``target`` with the edge source → target set to ``sign``."""
    walks.count[0, target, 0] = 1
    walks.genes[0] = target
    walks.seen[target] = True
    met = 1
    for length in range(state.max_length - 1):
        for k in range(met):
            here = walks.genes[k]
            positive, negative = walks.count[length, here, 0], walks.count[length, here, 1]
            if positive == 0 and negative == 0:
                continue
            if here == source and sign != 0:
                turned = 0 if sign > 0 else 1
                walks.count[length + 1, target, turned] += positive
                walks.count[length + 1, target, 1 - turned] += negative
            for edge in range(state.out_start[here], state.out_start[here + 1]):
                there = state.target[edge]
                if state.sign[edge] == 0 or (here == source and there == target):
                    continue
                if not walks.seen[there]:
                    walks.seen[there] = True
                    walks.genes[met] = there
                    met += 1
                turned = 0 if state.sign[edge] > 0 else 1
                walks.count[length + 1, there, turned] += positive
                walks.count[length + 1, there, 1 - turned] += negative
    return met


@njit(cache=True, nogil=True)
def _clear(walks: Walks, met: int) -> None:
    """Set the scratch space back to zero."""
    for k in range(met):
        gene = walks.genes[k]
        walks.seen[gene] = False
        walks.count[:, gene, :] = 0


@njit(cache=True, nogil=True)
def _through_edge(state: State, walks: Walks, met: int, before: int, after: int) -> None:
    """Multiply the onward walks by the edit, and sum them over lengths for ``upto``."""
    plus, minus = int(after > 0) - int(before > 0), int(after < 0) - int(before < 0)
    for k in range(met):
        gene = walks.genes[k]
        for length in range(state.max_length):
            p, n = walks.count[length, gene, 0], walks.count[length, gene, 1]
            walks.count[length, gene, 0] = p * plus + n * minus
            walks.count[length, gene, 1] = p * minus + n * plus
            if length > 0 and state.min_length == 1:
                walks.count[length, gene, 0] += walks.count[length - 1, gene, 0]
                walks.count[length, gene, 1] += walks.count[length - 1, gene, 1]


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
                p, n = back.count[length, start, 0], back.count[length, start, 1]
                if p == 0 and n == 0:
                    continue
                rest = state.max_length - 1 - length
                plus += p * on.count[rest, gene, 0] + n * on.count[rest, gene, 1]
                minus += p * on.count[rest, gene, 1] + n * on.count[rest, gene, 0]
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
) -> NDArray[np.float64]:
    """Return the exact change of the cells' cost for each of many edits, none of them made.

    Args:
        state: the network and its counts.
        back: scratch space.
        on: scratch space.
        moves: int32 [n_moves, 4], columns source, target, sign before, sign after.

    Returns:
        float64 [n_moves], below zero where the data like the edit; edit costs not included.
    """
    change = np.empty(len(moves))
    none = np.empty(0)
    for k in range(len(moves)):
        change[k] = _edit(
            state, back, on, moves[k, 0], moves[k, 1], moves[k, 2], moves[k, 3], False, none
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


@njit(cache=True, nogil=True)
def scan(
    state: State,
    reach_start: NDArray[np.int64],
    reach_row: NDArray[np.int32],
    reach_bits: NDArray[np.int8],
    genes_start: NDArray[np.int64],
    genes_of_row: NDArray[np.int32],
    columns: NDArray[np.int32],
    floor: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find additions that pay, by what they change in the target's own column.

    For a target that regulates nothing the gain is exact; for others the gain further
    downstream is left to :func:`accept`. Only regulators are tried that some perturbation
    reaches whose response in this column could come nearer to the observed one.

    Args:
        state: the network and its counts.
        reach_start: int64 [n_genes + 1], ranges of ``reach_row`` by gene.
        reach_row: int32 [n_reached], rows with walks short enough to be continued.
        reach_bits: int8 [n_reached], 1 positive walks only, 2 negative only, 3 both.
        genes_start: int64 [n_rows + 1], ranges of ``genes_of_row`` by row.
        genes_of_row: int32 [n_reached], genes that the row reaches.
        columns: int32 [n_columns], the targets to look at.
        floor: least gain in the cells, before the cost of the edit.

    Returns:
        int32 [n_found, 3] with source, target, sign, and float64 [n_found] gains.
    """
    n_genes, n_rows = state.counts.shape[0], state.counts.shape[1]
    gain = np.empty((n_rows, 4))
    marked = np.full(n_genes, -1, dtype=np.int32)
    listed = np.empty(n_genes, dtype=np.int32)
    room = 1024
    found, gains, n_found = np.empty((room, 3), dtype=np.int32), np.empty(room), 0
    for target in columns:
        n_listed = 0
        for position in range(state.in_start[target], state.in_start[target + 1]):
            edge = state.in_edge[position]
            if state.sign[edge] != 0:
                marked[state.source[edge]] = target
        marked[target] = target
        for row in range(n_rows):
            cost = state.class_cost[state.cell_class[target, row]]
            p, n = state.counts[target, row, 0], state.counts[target, row, 1]
            now = cost[1 + int(p > 0) - int(n > 0)]
            gain[row, 1] = now - cost[2 - int(n > 0)]
            gain[row, 2] = now - cost[int(p > 0)]
            gain[row, 3] = now - cost[1]
            if max(gain[row, 1], gain[row, 2], gain[row, 3]) > 0:
                for position in range(genes_start[row], genes_start[row + 1]):
                    gene = genes_of_row[position]
                    if marked[gene] != target:
                        marked[gene] = target
                        listed[n_listed] = gene
                        n_listed += 1
        for k in range(n_listed):
            gene = listed[k]
            plus, minus = 0.0, 0.0
            for position in range(reach_start[gene], reach_start[gene + 1]):
                row, bits = reach_row[position], reach_bits[position]
                plus += gain[row, bits]
                minus += gain[row, 3 if bits == 3 else 3 - bits]
            for sign in (1, -1):
                value = plus if sign > 0 else minus
                if value > floor:
                    if n_found == room:
                        found = np.concatenate((found, np.empty_like(found)))
                        gains = np.concatenate((gains, np.empty_like(gains)))
                        room *= 2
                    found[n_found, 0], found[n_found, 1], found[n_found, 2] = gene, target, sign
                    gains[n_found] = value
                    n_found += 1
    return found[:n_found], gains[:n_found]
