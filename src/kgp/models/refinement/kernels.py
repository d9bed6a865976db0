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

    from kgp.models.refinement.state import Scratch, State, Walks


@njit(cache=True, nogil=True)
def _meet(walks: Walks, gene: int, n_met: int) -> int:
    """List a gene that walks meet; return how many are listed."""
    if not walks.seen[gene]:
        walks.seen[gene] = True
        walks.met[n_met] = gene
        return n_met + 1
    return n_met


@njit(cache=True, nogil=True)
def _add(walks: Walks, length: int, gene: int, positive: int, negative: int, sign: int) -> None:
    """Add walks that took a step of ``sign``."""
    turned = 0 if sign > 0 else 1
    walks.number[length, gene, turned] += positive
    walks.number[length, gene, 1 - turned] += negative


@njit(cache=True, nogil=True)
def _walk_back(state: State, walks: Walks, gene: int) -> int:
    """Count walks shorter than ``max_length`` that end in ``gene``; return the genes met."""
    walks.number[0, gene, 0] = 1
    n_met = _meet(walks, gene, 0)
    for length in range(state.max_length - 1):
        for k in range(n_met):
            here = walks.met[k]
            positive, negative = walks.number[length, here, 0], walks.number[length, here, 1]
            if positive == 0 and negative == 0:
                continue
            first = state.carrier_start[here]
            for link in range(first - 1, state.carrier_start[here + 1]):
                end = here if link < first else state.carrier[link]
                for position in range(state.in_start[end], state.in_start[end + 1]):
                    edge = state.in_edge[position]
                    if state.sign[edge] != 0:
                        there = state.source[edge]
                        n_met = _meet(walks, there, n_met)
                        _add(walks, length + 1, there, positive, negative, state.sign[edge])
    return n_met


@njit(cache=True, nogil=True)
def _walk_on(state: State, walks: Walks, source: int, target: int, sign: int) -> int:
    """Count walks from ``target`` with the edge source → target set to ``sign``."""
    walks.number[0, target, 0] = 1
    n_met = _meet(walks, target, 0)
    for length in range(state.max_length - 1):
        for k in range(n_met):
            here = walks.met[k]
            positive, negative = walks.number[length, here, 0], walks.number[length, here, 1]
            if positive == 0 and negative == 0:
                continue
            first = state.carried_start[here]
            for link in range(first - 1, state.carried_start[here + 1]):
                start = here if link < first else state.carried[link]
                if start == source and sign != 0:
                    _add(walks, length + 1, target, positive, negative, sign)
                for edge in range(state.out_start[start], state.out_start[start + 1]):
                    there = state.target[edge]
                    if state.sign[edge] == 0 or (start == source and there == target):
                        continue
                    n_met = _meet(walks, there, n_met)
                    _add(walks, length + 1, there, positive, negative, state.sign[edge])
    return n_met


@njit(cache=True, nogil=True)
def _find_rows(state: State, back: Walks, n_back: int, rows: Walks) -> int:
    """Add up the walks of all genes that one perturbation starts from; return the rows met."""
    n_met = 0
    for k in range(n_back):
        start = back.met[k]
        for seed in range(state.seed_start[start], state.seed_start[start + 1]):
            row = state.seed_row[seed]
            n_met = _meet(rows, row, n_met)
            for length in range(state.max_length):
                positive, negative = back.number[length, start, 0], back.number[length, start, 1]
                _add(rows, length, row, positive, negative, state.seed_sign[seed])
    return n_met


@njit(cache=True, nogil=True)
def _clear(walks: Walks, n_met: int) -> None:
    """Set the scratch space back to zero."""
    for k in range(n_met):
        gene = walks.met[k]
        walks.seen[gene] = False
        walks.number[:, gene, :] = 0


@njit(cache=True, nogil=True)
def _through_edge(state: State, walks: Walks, n_met: int, before: int, after: int) -> None:
    """Multiply the onward walks by the edit."""
    plus, minus = int(after > 0) - int(before > 0), int(after < 0) - int(before < 0)
    for k in range(n_met):
        gene = walks.met[k]
        for length in range(state.max_length):
            p, n = walks.number[length, gene, 0], walks.number[length, gene, 1]
            walks.number[length, gene, 0] = p * plus + n * minus
            walks.number[length, gene, 1] = p * minus + n * plus


@njit(cache=True, nogil=True)
def outcome(rises: int, falls: int, shortest: bool) -> int:
    """Return the outcome of a cell: 0 unchanged, 2 l - 1 rises, 2 l falls, by walks of length l.

    Args:
        rises: length of the shortest positive walk, 0 without any.
        falls: length of the shortest negative walk, likewise.
        shortest: whether the shorter walk decides where there are both; else they cancel.
    """
    if rises > 0 and (falls == 0 or (shortest and rises < falls)):
        return 2 * rises - 1
    if falls > 0 and (rises == 0 or (shortest and falls < rises)):
        return 2 * falls
    return 0


@njit(cache=True, nogil=True)
def tabulate_outcomes(max_length: int, shortest: bool) -> NDArray[np.int64]:
    """Return the outcome by the lengths of the shortest positive and negative walk."""
    table = np.empty((max_length + 1, max_length + 1), dtype=np.int64)
    for rises in range(max_length + 1):
        for falls in range(max_length + 1):
            table[rises, falls] = outcome(rises, falls, shortest)
    return table


@njit(cache=True, nogil=True)
def _difference(back: NDArray[np.int64], on: NDArray[np.int64], added: NDArray[np.int64]) -> bool:
    """Write what the edit adds to the walks of one cell, by length; say whether it adds any.

    Args:
        back: int64 [max_length, 2], walks of the row to the edit's source, by length and sign.
        on: int64 [max_length, 2], the edit and the walks that go on to the cell's gene.
        added: int64 [max_length, 2], filled.
    """
    some = False
    for length in range(len(added)):
        plus, minus = 0, 0
        for first in range(length + 1):
            p, n = back[first, 0], back[first, 1]
            if p != 0 or n != 0:
                rest = length - first
                plus += p * on[rest, 0] + n * on[rest, 1]
                minus += p * on[rest, 1] + n * on[rest, 0]
        added[length, 0], added[length, 1] = plus, minus
        some = some or plus != 0 or minus != 0
    return some


@njit(cache=True, nogil=True)
def _outcomes_of_cell(
    walks: NDArray[np.int32],
    added: NDArray[np.int64],
    min_length: int,
    outcome_of: NDArray[np.int64],
) -> tuple[int, int]:
    """Return the outcomes of one cell without and with the walks that an edit adds."""
    rises, falls, rises_now, falls_now = 0, 0, 0, 0
    for k in range(len(walks) - 1, min_length - 2, -1):
        rises = k + 1 if walks[k, 0] > 0 else rises
        falls = k + 1 if walks[k, 1] > 0 else falls
        rises_now = k + 1 if walks[k, 0] + added[k, 0] > 0 else rises_now
        falls_now = k + 1 if walks[k, 1] + added[k, 1] > 0 else falls_now
    return outcome_of[rises, falls], outcome_of[rises_now, falls_now]


@njit(cache=True, nogil=True)
def _edit_row(
    state: State, scratch: Scratch, row: int, n_on: int, write: bool
) -> tuple[float, float]:
    """Return the change of one row's cost by the edit whose walks are in ``scratch``.

    The first number is that of the cells that were seen unchanged, the second that of the others.
    """
    # Arrays are taken out once: to hand a whole state on for each cell costs more than its work.
    counts, class_cost, outcome_of = state.counts, state.class_cost, scratch.outcome_of
    back, on, added = scratch.rows.number[:, row], scratch.on.number, scratch.added
    silent, moved = 0.0, 0.0
    for h in range(n_on):
        gene = scratch.on.met[h]
        if not _difference(back, on[:, gene], added):
            continue
        old, new = _outcomes_of_cell(counts[gene, row], added, state.min_length, outcome_of)
        if old != new:
            cell = state.cell_class[gene, row]
            change = class_cost[cell, new] - class_cost[cell, old]
            if state.silent[cell]:
                silent += change
            else:
                moved += change
        if write:
            for k in range(len(added)):
                counts[gene, row, k, 0] += added[k, 0]
                counts[gene, row, k, 1] += added[k, 1]
    return silent, moved


@njit(cache=True, nogil=True)
def _is_curated(state: State, source: int, target: int) -> bool:
    """Say whether the pair was an edge before any edit."""
    first, last = state.out_start[source], state.out_start[source + 1]
    edge = first + np.searchsorted(state.target[first:last], target)
    return bool(edge < last and state.target[edge] == target and state.original[edge] != 0)


@njit(cache=True, nogil=True)
def edit(
    state: State,
    scratch: Scratch,
    source: int,
    target: int,
    before: int,
    after: int,
    write: bool,
    per_row: NDArray[np.float64],
) -> float:
    """Return the change of the cells' cost by one edit; with ``write``, update the counts.

    Within a row, silence counts at most ``state.cap`` for or against a curated edge: if the edge
    is idle in the experiment, that explains all silence behind it at once. Without a cap the
    change is exact. The sign of the edge itself is left to the caller. ``per_row`` (float64
    [n_rows] or empty) gathers the change of each row.
    """
    n_back = _walk_back(state, scratch.back, source)
    n_rows = _find_rows(state, scratch.back, n_back, scratch.rows)
    _clear(scratch.back, n_back)
    total = 0.0
    curated = _is_curated(state, source, target)
    if n_rows > 0:
        n_on = _walk_on(state, scratch.on, source, target, after)
        _through_edge(state, scratch.on, n_on, before, after)
        for k in range(n_rows):
            row = scratch.rows.met[k]
            silent, moved = _edit_row(state, scratch, row, n_on, write)
            if curated:
                silent = min(max(silent, -state.cap), state.cap)
            change = silent + moved
            total += change
            if len(per_row) > 0:
                per_row[row] = change
        _clear(scratch.on, n_on)
    _clear(scratch.rows, n_rows)
    return total


@njit(cache=True, nogil=True)
def evaluate_block(
    state: State,
    scratch: Scratch,
    moves: NDArray[np.int32],
    change: NDArray[np.float64],
    per_row: NDArray[np.float64],
) -> None:
    """Write the exact change of the cells' cost for each of many edits, none of them made.

    Args:
        state: the network and its counts.
        scratch: scratch space of this thread.
        moves: int32 [n_moves, 4], columns source, target, sign before, sign after.
        change: float64 [n_moves], filled; below zero where the data like the edit.
        per_row: float64 [n_moves, n_rows], filled with the change within each row, or empty.
    """
    none = np.empty(0)
    for k in range(len(moves)):
        rows = per_row[k] if len(per_row) > 0 else none
        change[k] = edit(
            state, scratch, moves[k, 0], moves[k, 1], moves[k, 2], moves[k, 3], False, rows
        )


@njit(cache=True, nogil=True)
def make_edit(state: State, scratch: Scratch, edge: int, sign: int) -> None:
    """Give an edge a sign, whatever it costs; the state changes in place."""
    before = state.sign[edge]
    if before != sign:
        ends = state.source[edge], state.target[edge]
        edit(state, scratch, ends[0], ends[1], before, sign, True, np.empty(0))
        state.sign[edge] = sign


@njit(cache=True, nogil=True)
def accept(
    state: State,
    scratch: Scratch,
    edges: NDArray[np.int32],
    signs: NDArray[np.int8],
    threshold: float,
) -> tuple[int, float]:
    """Make those of the proposed edits, in order, that lower the objective by ``threshold``.

    Args:
        state: the network and its counts, changed in place.
        scratch: scratch space.
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
        source, target = state.source[edge], state.target[edge]
        change = state.cost[edge, after + 1] - state.cost[edge, before + 1]
        change += edit(state, scratch, source, target, before, after, False, none)
        if change < -threshold:
            make_edit(state, scratch, edge, after)
            made += 1
            total += change
    return made, total
