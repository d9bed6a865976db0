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

from kgp.models.refinement.compiled import inner, truth, whole
from kgp.models.refinement.walks import clear, find_rows, walk_back, walk_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Scratch, State, Walks


@inner
def _through_edge(state: State, walks: Walks, n_met: int, before: int, after: int) -> None:
    """Multiply the onward walks by the edit."""
    plus, minus = int(after > 0) - int(before > 0), int(after < 0) - int(before < 0)
    for k in range(n_met):
        gene = walks.met[k]
        for length in range(state.max_length):
            p, n = walks.number[gene, length, 0], walks.number[gene, length, 1]
            walks.number[gene, length, 0] = p * plus + n * minus
            walks.number[gene, length, 1] = p * minus + n * plus


@njit(cache=True, nogil=True, inline="always")
def _add_walks(
    back: NDArray[np.int64],
    row: int,
    on: NDArray[np.int64],
    gene: int,
    added: NDArray[np.int64],
) -> None:
    """Write what the edit adds to the walks of one cell, by length.

    Args:
        back: int64 [n_rows, max_length, 2], walks of each row to the edit's source.
        row: the cell's row.
        on: int64 [n_genes, max_length, 2], the edit and the walks that go on from it.
        gene: the cell's gene.
        added: int64 [max_length, 2], filled.
    """
    for length in range(len(added)):
        plus, minus = 0, 0
        for first in range(length + 1):
            p, n = back[row, first, 0], back[row, first, 1]
            if p != 0 or n != 0:
                more, less = on[gene, length - first, 0], on[gene, length - first, 1]
                plus += p * more + n * less
                minus += p * less + n * more
        added[length, 0], added[length, 1] = plus, minus


@njit(cache=True, nogil=True, inline="always")
def _lengths_with(
    counts: NDArray[np.int32], gene: int, row: int, added: NDArray[np.int64], min_length: int
) -> tuple[int, int]:
    """Return the lengths of a cell's shortest walks with those that an edit adds."""
    rises, falls = 0, 0
    for k in range(len(added) - 1, min_length - 2, -1):
        rises = k + 1 if counts[gene, row, k, 0] + added[k, 0] > 0 else rises
        falls = k + 1 if counts[gene, row, k, 1] + added[k, 1] > 0 else falls
    return rises, falls


@njit(cache=True, nogil=True, inline="always")
def _shortest_back(back: NDArray[np.int64], row: int) -> int:
    """Return the length of the shortest walk from a row to the edit's source."""
    first = 0
    while back[row, first, 0] == 0 and back[row, first, 1] == 0:
        first += 1
    return first


@njit(cache=True, nogil=True, inline="always")
def _write(counts: NDArray[np.int32], gene: int, row: int, added: NDArray[np.int64]) -> None:
    """Add to the walks of one cell."""
    for length in range(len(added)):
        counts[gene, row, length, 0] += added[length, 0]
        counts[gene, row, length, 1] += added[length, 1]


@inner
def _edit_rows(
    state: State,
    scratch: Scratch,
    n_rows: int,
    curated: bool,
    removal: bool,
    write: bool,
    per_row: NDArray[np.float64],
) -> float:
    """Return the change of the cells' cost by the edit whose walks are in ``scratch``."""
    # Arrays are taken out once, and cells given by their place in them: to hand a whole state on
    # for each cell, or a slice, costs more than the cell's work.
    counts, lengths = state.counts, state.lengths
    touched, passed_on = state.touched, state.passed_on
    cell_class, class_cost = state.cell_class, state.class_cost
    only_silent, cap, min_length = state.silent, state.cap, state.min_length
    back, rows_met = scratch.rows.number, scratch.rows.met
    on, genes_met, within = scratch.on.number, scratch.on.met, scratch.within
    added, outcome_of = scratch.added, scratch.outcome_of
    longest, total = len(added) - 1, 0.0
    for k in range(n_rows):
        row = rows_met[k]
        first, silent, moved = _shortest_back(back, row), 0.0, 0.0
        least = first + 1
        for h in range(within[longest - first]):
            gene = genes_met[h]
            while h >= within[least - first - 1]:
                least += 1
            rises, falls = lengths[gene, row, 0], lengths[gene, row, 1]
            # Walks longer than the shortest of both signs change no outcome; where walks are only
            # removed, no first one of a sign appears.
            shorter = rises < least and falls < least
            if shorter and not write and (removal or (rises > 0 and falls > 0)):
                continue
            _add_walks(back, row, on, gene, added)
            rises_now, falls_now = _lengths_with(counts, gene, row, added, min_length)
            old, new = outcome_of[rises, falls], outcome_of[rises_now, falls_now]
            if old != new:
                cell = cell_class[gene, row]
                change = class_cost[cell, new] - class_cost[cell, old]
                if only_silent[cell]:
                    silent += change
                else:
                    moved += change
            if write:
                lengths[gene, row, 0], lengths[gene, row, 1] = rises_now, falls_now
                touched[gene, row] = True
                passed_on[gene] |= least <= longest
                _write(counts, gene, row, added)
        if curated:
            silent = min(max(silent, -cap), cap)
        total += silent + moved
        if len(per_row) > 0:
            per_row[row] = silent + moved
    return total


@inner
def is_curated(state: State, source: int, target: int) -> bool:
    """Say whether the pair was an edge before any edit."""
    edge, last = state.out_start[source], state.out_start[source + 1]
    beyond = last
    while edge < beyond:
        middle = (edge + beyond) // 2
        if state.target[middle] < target:
            edge = middle + 1
        else:
            beyond = middle
    return bool(edge < last and state.target[edge] == target and state.original[edge] != 0)


@njit(cache=True, nogil=True, inline="always")
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
    # Of whatever types the numbers come, they get here one each: the kernel compiles once.
    ends, signs = (whole(source), whole(target)), (whole(before), whole(after))
    return _edit(state, scratch, ends, signs, truth(write), per_row)


@inner
def _edit(
    state: State,
    scratch: Scratch,
    ends: tuple[int, int],
    signs: tuple[int, int],
    write: bool,
    per_row: NDArray[np.float64],
) -> float:
    """Do :func:`edit`; ``ends`` are source and target, ``signs`` those before and after."""
    (source, target), (before, after) = ends, signs
    n_back = walk_back(state, scratch.back, source)
    n_rows = find_rows(state, scratch.back, n_back, scratch.rows)
    clear(scratch.back, n_back)
    total = 0.0
    curated = is_curated(state, source, target)
    if n_rows > 0:
        n_on = walk_on(state, scratch, source, target, after)
        _through_edge(state, scratch.on, n_on, before, after)
        total = _edit_rows(state, scratch, n_rows, curated, after == 0, write, per_row)
        clear(scratch.on, n_on)
    clear(scratch.rows, n_rows)
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


@njit(cache=True, nogil=True, inline="always")
def make_edit(state: State, scratch: Scratch, edge: int, sign: int) -> None:
    """Give an edge a sign, whatever it costs; the state changes in place."""
    _make_edit(state, scratch, whole(edge), whole(sign))


@inner
def _make_edit(state: State, scratch: Scratch, edge: int, sign: int) -> None:
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
