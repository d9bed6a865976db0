"""Compiled changes by many additions into the same genes, at once.

More walks can only make the shortest ones shorter. What an addition changes in one row therefore
follows from the lengths of the shortest positive and negative walk that it brings to its target,
and is the same for all regulators that bring equal ones: it is computed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.compiled import inner, truth, whole
from kgp.models.refinement.kernels import edit, is_curated
from kgp.models.refinement.known_rows import forget
from kgp.models.refinement.walks import clear, find_rows, walk_back, walk_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, Scratch, State


@inner
def _shortest(number: NDArray[np.int64], place: int, which: int, none: int) -> int:
    """Return the length of the shortest walk of one sign, or ``none``."""
    for length in range(number.shape[1]):
        if number[place, length, which] > 0:
            return length
    return none


@inner
def _reach_on(state: State, scratch: Scratch, target: int) -> int:
    """Walk on from a target; fill ``first`` and ``passed``, and return how many genes are met."""
    n_on = walk_on(state, scratch, whole(-1), whole(target), whole(0))
    for h in range(n_on):
        for which in range(2):
            gene = scratch.on.met[h]
            none = state.max_length + 1
            scratch.first[h, which] = _shortest(scratch.on.number, gene, which, none)
    _mark_passed(state, scratch, scratch.passed, truth(True))
    return n_on


@inner
def _mark_passed(state: State, scratch: Scratch, passed: NDArray[np.bool_], mark: bool) -> None:
    """Mark the genes from which a walk can still go round, and what their change carries along."""
    if state.max_length > 1:
        for h in range(scratch.within[state.max_length - 2]):
            gene = scratch.on.met[h]
            passed[gene] = mark
            for link in range(state.carried_start[gene], state.carried_start[gene + 1]):
                passed[state.carried[link]] = mark


@inner
def _row_change(state: State, scratch: Scratch, row: int, plus: int, minus: int) -> float:
    """Return the change of one row's cost where shortest walks of these lengths join the target.

    Args:
        state: the network and its counts.
        scratch: scratch space, with the walks that continue from the target.
        row: the row.
        plus: length of the shortest new positive walk to the target, ``max_length + 1`` for none.
        minus: of the shortest negative one, likewise.
    """
    lengths, cell_class, class_cost = state.lengths, state.cell_class, state.class_cost
    only_silent, met, outcome_of = state.silent, scratch.on.met, scratch.outcome_of
    first = scratch.first
    longest, none, silent, moved = state.max_length, state.max_length + 1, 0.0, 0.0
    for h in range(scratch.within[longest - min(plus, minus)]):
        gene = met[h]
        rises, falls = int(lengths[gene, row, 0]), int(lengths[gene, row, 1])
        rises, falls = rises if rises > 0 else none, falls if falls > 0 else none
        up = min(rises, plus + first[h, 0], minus + first[h, 1])
        down = min(falls, plus + first[h, 1], minus + first[h, 0])
        if up == rises and down == falls:
            continue
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


@inner
def evaluate_into(
    state: State,
    scratch: Scratch,
    reached: Reach,
    moves: NDArray[np.int32],
    change: NDArray[np.float64],
    n_filled: int,
) -> int:
    """Do :func:`evaluate_additions` for one target; return how much is known of it then.

    What is known stays in ``scratch``: ``n_filled`` says how much of it still holds.
    """
    known, rows, none = scratch.known, scratch.rows, state.max_length + 1
    n_on = _reach_on(state, scratch, whole(moves[0, 1])) if len(moves) > 0 else whole(0)
    for k in range(len(moves)):
        source, positive, negative = moves[k, 0], int(moves[k, 3] < 0), int(moves[k, 3] > 0)
        change[k] = np.nan
        # Where only the longest walks count, where a walk can take the edge twice, and where
        # silence is bounded, the shortest walks do not say everything.
        if (
            state.min_length > 1
            or scratch.passed[source]
            or is_curated(state, whole(source), whole(moves[k, 1]))
        ):
            continue
        n_back, n_rows, total = whole(0), whole(0), 0.0
        first, last = reached.row_start[source], reached.row_start[source + 1]
        if reached.stale[source]:
            n_back = walk_back(state, scratch.back, whole(source))
            n_rows = find_rows(state, scratch.back, n_back, rows)
            first, last = 0, n_rows
        for place in range(first, last):
            if n_back > 0:
                row = rows.met[place]
                plus = 1 + _shortest(rows.number, row, positive, state.max_length)
                minus = 1 + _shortest(rows.number, row, negative, state.max_length)
            else:
                row = reached.row[place]
                plus, minus = reached.first[place, positive], reached.first[place, negative]
                plus, minus = plus if plus > 0 else none, minus if minus > 0 else none
            if np.isnan(known[row, plus, minus]):
                known[row, plus, minus] = _row_change(state, scratch, row, plus, minus)
                scratch.filled[n_filled] = (row * (none + 1) + plus) * (none + 1) + minus
                n_filled += 1
            total += known[row, plus, minus]
        clear(scratch.back, n_back)
        clear(rows, n_rows)
        change[k] = total
    if n_on > 0:
        _mark_passed(state, scratch, scratch.passed, truth(False))
        clear(scratch.on, n_on)
    for k in range(len(moves)):
        if np.isnan(change[k]):
            ends = moves[k, 0], moves[k, 1]
            change[k] = edit(state, scratch, ends[0], ends[1], 0, moves[k, 3], False, np.empty(0))
    return n_filled


@njit(cache=True, nogil=True)
def evaluate_additions(
    state: State,
    scratch: Scratch,
    reached: Reach,
    moves: NDArray[np.int32],
    change: NDArray[np.float64],
) -> None:
    """Write the exact change of the cells' cost for each of many additions, none of them made.

    Args:
        state: the network and its counts.
        scratch: scratch space of this thread.
        reached: which perturbation reaches which gene; walks back from stale genes are counted
            anew. What edits into the targets changed of it since need not be marked as stale, for
            it is not asked where walks can go round.
        moves: int32 [n_moves, 4], columns source, target, 0, sign after; fastest where moves
            into one target stand together.
        change: float64 [n_moves], filled; below zero where the data like the edit.
    """
    first = 0
    for k in range(1, len(moves) + 1):
        if k == len(moves) or moves[k, 1] != moves[first, 1]:
            part = slice(first, k)
            forget(
                scratch, evaluate_into(state, scratch, reached, moves[part], change[part], whole(0))
            )
            first = k


@njit(cache=True, nogil=True)
def mark_stale(state: State, scratch: Scratch, reached: Reach, target: int) -> None:
    """Mark the genes whose walks an edit of an edge into ``target`` may have changed."""
    n_on = walk_on(state, scratch, whole(-1), whole(target), whole(0))
    _mark_passed(state, scratch, reached.stale, truth(True))
    clear(scratch.on, n_on)
