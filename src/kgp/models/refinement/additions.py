"""Compiled changes by many additions into the same genes, at once.

More walks can only make the shortest ones shorter. What an addition changes in one row therefore
follows from the lengths of the shortest positive and negative walk that it brings to its target,
and is the same for all regulators that bring equal ones: it is computed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.kernels import edit, is_curated
from kgp.models.refinement.walks import clear, find_rows, walk_back, walk_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Scratch, State


@njit(cache=True, nogil=True)
def _shortest(number: NDArray[np.int64], place: int, which: int, none: int) -> int:
    """Return the length of the shortest walk of one sign, or ``none``."""
    for length in range(number.shape[1]):
        if number[place, length, which] > 0:
            return length
    return none


@njit(cache=True, nogil=True)
def _reach_on(
    state: State, scratch: Scratch, target: int, first: NDArray[np.int64], passed: NDArray[np.int32]
) -> int:
    """Walk on from a target; return how many genes are met.

    Args:
        state: the network and its counts.
        scratch: scratch space, whose walks that continue are filled.
        target: where the walks start.
        first: int64 [n_genes, 2], filled in the order in which genes are met: lengths of the
            shortest positive and negative walk, ``max_length + 1`` without any.
        passed: int32 [n_genes], set to ``target`` for genes from which a walk can still go round.
    """
    n_on = walk_on(state, scratch, -1, target, 0)
    for h in range(n_on):
        for which in range(2):
            gene = scratch.on.met[h]
            first[h, which] = _shortest(scratch.on.number, gene, which, state.max_length + 1)
    if state.max_length > 1:
        for h in range(scratch.within[state.max_length - 2]):
            gene = scratch.on.met[h]
            passed[gene] = target
            for link in range(state.carried_start[gene], state.carried_start[gene + 1]):
                passed[state.carried[link]] = target
    return n_on


@njit(cache=True, nogil=True)
def _row_change(
    state: State, scratch: Scratch, first: NDArray[np.int64], row: int, plus: int, minus: int
) -> float:
    """Return the change of one row's cost where shortest walks of these lengths join the target.

    Args:
        state: the network and its counts.
        scratch: scratch space, with the walks that continue from the target.
        first: from :func:`_reach_on`.
        row: the row.
        plus: length of the shortest new positive walk to the target, ``max_length + 1`` for none.
        minus: of the shortest negative one, likewise.
    """
    counts, cell_class, class_cost = state.counts, state.cell_class, state.class_cost
    only_silent, met, outcome_of = state.silent, scratch.on.met, scratch.outcome_of
    longest, silent, moved = state.max_length, 0.0, 0.0
    for h in range(scratch.within[longest - min(plus, minus)]):
        gene = met[h]
        rises, falls = longest + 1, longest + 1
        for k in range(longest - 1, -1, -1):
            rises = k + 1 if counts[gene, row, k, 0] > 0 else rises
            falls = k + 1 if counts[gene, row, k, 1] > 0 else falls
        up = min(rises, plus + first[h, 0], minus + first[h, 1])
        down = min(falls, plus + first[h, 1], minus + first[h, 0])
        if up == rises and down == falls:
            continue
        none = longest + 1
        old = outcome_of[rises % none, falls % none]
        new = outcome_of[up % none, down % none]
        if old != new:
            cell = cell_class[gene, row]
            change = class_cost[cell, new] - class_cost[cell, old]
            if only_silent[cell]:
                silent += change
            else:
                moved += change
    return silent + moved


@njit(cache=True, nogil=True)
def evaluate_additions(
    state: State, scratch: Scratch, moves: NDArray[np.int32], change: NDArray[np.float64]
) -> None:
    """Write the exact change of the cells' cost for each of many additions, none of them made.

    Args:
        state: the network and its counts.
        scratch: scratch space of this thread.
        moves: int32 [n_moves, 4], columns source, target, 0, sign after; fastest where moves
            into one target stand together.
        change: float64 [n_moves], filled; below zero where the data like the edit.
    """
    n, longest = state.counts.shape[0], state.max_length
    known = np.empty((state.counts.shape[1], longest + 2, longest + 2))
    first, passed = np.empty((n, 2), np.int64), np.full(n, -1, np.int32)
    rows, target, n_on = scratch.rows, -1, 0
    for k in range(len(moves)):
        source, sign = moves[k, 0], moves[k, 3]
        if moves[k, 1] != target:
            clear(scratch.on, n_on)
            target = moves[k, 1]
            n_on = _reach_on(state, scratch, target, first, passed)
            known[:] = np.nan
        change[k] = np.nan
        # Where only the longest walks count, where a walk can take the edge twice, and where
        # silence is bounded, the shortest walks do not say everything.
        if state.min_length > 1 or passed[source] == target or is_curated(state, source, target):
            continue
        n_back = walk_back(state, scratch.back, source)
        n_rows, total = find_rows(state, scratch.back, n_back, rows), 0.0
        for i in range(n_rows):
            row = rows.met[i]
            plus = 1 + _shortest(rows.number, row, int(sign < 0), longest)
            minus = 1 + _shortest(rows.number, row, int(sign > 0), longest)
            if np.isnan(known[row, plus, minus]):
                known[row, plus, minus] = _row_change(state, scratch, first, row, plus, minus)
            total += known[row, plus, minus]
        clear(scratch.back, n_back)
        clear(rows, n_rows)
        change[k] = total
    clear(scratch.on, n_on)
    for k in range(len(moves)):
        if np.isnan(change[k]):
            ends = moves[k, 0], moves[k, 1]
            change[k] = edit(state, scratch, ends[0], ends[1], 0, moves[k, 3], False, np.empty(0))
