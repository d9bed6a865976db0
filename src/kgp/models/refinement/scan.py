"""Compiled scan for regulators whose new edge would bring a target nearer to its responses."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.cell_kernels import tabulate_outcomes
from kgp.models.refinement.compiled import inner
from kgp.models.refinement.layout import count_threads, split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, State


_ROUNDING = 1e-6

_WORTH_A_THREAD = 256
"""Least number of columns for which starting threads pays."""

WORTH_LISTING = 0.25
"""Least gain, in nats, of one cell for whose sake regulators are tried.

A shorter way to a cell that is explained already gains a little, nearly everywhere.
"""


@njit(cache=True, nogil=True, inline="always")
def _gain(
    class_cost: NDArray[np.float64],
    cell: int,
    outcome_of: NDArray[np.int64],
    now: NDArray[np.int64],
    paid: NDArray[np.float64],
    row: int,
    plus: int,
    minus: int,
) -> float:
    """Return what one cell gains from new walks.

    Args:
        class_cost: float64 [n_classes, 1 + 2 * max_length], cost of each outcome.
        cell: the class of the cell.
        outcome_of: from :func:`tabulate_outcomes`.
        now: from :func:`_look`.
        paid: from :func:`_look`.
        row: the row of the cell.
        plus: length of the shortest new positive walk, 0 for none.
        minus: of the shortest new negative walk, likewise.
    """
    rises, falls = now[row, 0], now[row, 1]
    up = plus if rises == 0 or 0 < plus < rises else rises
    down = minus if falls == 0 or 0 < minus < falls else falls
    return float(paid[row] - class_cost[cell, outcome_of[up, down]])


@inner
def _look(
    state: State,
    target: int,
    outcome_of: NDArray[np.int64],
    least: NDArray[np.float64],
    now: NDArray[np.int64],
    paid: NDArray[np.float64],
    most: NDArray[np.float64],
    worth: NDArray[np.bool_],
) -> None:
    """Look which of the target's cells could gain from further walks.

    Args:
        state: the network and its counts.
        target: the gene whose cells are looked at.
        outcome_of: from :func:`tabulate_outcomes`.
        least: float64 [n_classes], the least cost of a cell of each class.
        now: int64 [n_rows, 2], filled with the lengths of the shortest positive and negative walk.
        paid: float64 [n_rows], filled with what each cell costs now.
        most: float64 [n_rows], filled with what no gain of a cell exceeds.
        worth: bool [n_rows], filled: whether some walks gain enough to list their regulators.
    """
    # Arrays are taken out of the state once: handed on whole, it costs more than the work itself.
    lengths, cell_class, class_cost = state.lengths, state.cell_class, state.class_cost
    n = state.max_length + 1
    for row in range(len(worth)):
        rises, falls = lengths[target, row, 0], lengths[target, row, 1]
        now[row, 0], now[row, 1], worth[row] = rises, falls, False
        cell = cell_class[target, row]
        # No outcome gains more than the cheapest, which most cells have already.
        paid[row] = class_cost[cell, outcome_of[rises, falls]]
        most[row] = paid[row] - least[cell]
        if most[row] < WORTH_LISTING:
            continue
        for plus in range(n):
            for minus in range(n):
                gain = _gain(class_cost, cell, outcome_of, now, paid, row, plus, minus)
                worth[row] = worth[row] or gain >= WORTH_LISTING


@inner
def _list_genes(
    state: State,
    reached: Reach,
    target: int,
    worth: NDArray[np.bool_],
    marked: NDArray[np.int32],
    listed: NDArray[np.int32],
) -> int:
    """List the genes without an edge to ``target`` that a row worth listing reaches."""
    n_listed = 0
    marked[target] = target
    for position in range(state.in_start[target], state.in_start[target + 1]):
        if state.sign[state.in_edge[position]] != 0:
            marked[state.in_source[position]] = target
    for row in range(len(worth)):
        if not worth[row]:
            continue
        for position in range(reached.gene_start[row], reached.gene_start[row + 1]):
            gene = reached.gene[position]
            if marked[gene] != target:
                marked[gene] = target
                listed[n_listed] = gene
                n_listed += 1
    return n_listed


@inner
def _bound(reached: Reach, gene: int, most: NDArray[np.float64]) -> float:
    """Return what no addition from this gene can gain more than."""
    bound = 0.0
    for position in range(reached.row_start[gene], reached.row_start[gene + 1]):
        bound += most[reached.row[position]]
    return bound


@inner
def _room(
    found: NDArray[np.int32], gains: NDArray[np.float64], asked: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return arrays with room for so many additions, that hold what these hold."""
    if asked <= len(found):
        return found, gains
    more, further = np.empty((2 * asked, 3), np.int32), np.empty(2 * asked)
    for k in range(len(found)):
        further[k] = gains[k]
        for column in range(3):
            more[k, column] = found[k, column]
    return more, further


@njit(cache=True, nogil=True)
def scan(
    state: State,
    reached: Reach,
    columns: NDArray[np.int32],
    floor: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find additions that pay, by what they change in the target's own column.

    For a target that regulates nothing the gain is exact; for others the gain further
    downstream is left to :func:`accept`. Only regulators are tried that some perturbation
    reaches whose response in this column could come nearer to the observed one.

    Args:
        state: the network and its counts.
        reached: which perturbation reaches which regulator.
        columns: int32 [n_columns], the targets to look at.
        floor: float64 [n_genes], least gain in the cells of a target, before the edit's cost.

    Returns:
        int32 [n_found, 3] with source, target, sign, and float64 [n_found] gains.
    """
    n_genes, n_rows = state.counts.shape[0], state.counts.shape[1]
    now, worth = np.zeros((n_rows, 2), dtype=np.int64), np.zeros(n_rows, dtype=np.bool_)
    most = np.zeros(n_rows)
    outcome_of = tabulate_outcomes(state.max_length, state.shortest)
    cell_class, class_cost = state.cell_class, state.class_cost
    paid, least, both = np.zeros(n_rows), np.empty(len(class_cost)), np.zeros(2)
    for cell in range(len(least)):
        least[cell] = class_cost[cell].min()
    marked = np.full(n_genes, -1, dtype=np.int32)
    listed = np.empty(n_genes, dtype=np.int32)
    found, gains, n_found = np.empty((1024, 3), dtype=np.int32), np.empty(1024), 0
    for target in columns:
        _look(state, target, outcome_of, least, now, paid, most, worth)
        n_listed = _list_genes(state, reached, target, worth, marked, listed)
        found, gains = _room(found, gains, n_found + 2 * n_listed)
        for k in range(n_listed):
            gene, least_bound = listed[k], floor[target] - _ROUNDING
            if least_bound > 0 and _bound(reached, gene, most) < least_bound:
                continue
            both[0], both[1] = 0.0, 0.0
            for position in range(reached.row_start[gene], reached.row_start[gene + 1]):
                row = reached.row[position]
                plus, minus = reached.first[position, 0], reached.first[position, 1]
                cell = cell_class[target, row]
                both[0] += _gain(class_cost, cell, outcome_of, now, paid, row, plus, minus)
                both[1] += _gain(class_cost, cell, outcome_of, now, paid, row, minus, plus)
            for which in range(2):
                if both[which] > floor[target]:
                    found[n_found, 0], found[n_found, 1] = gene, target
                    found[n_found, 2] = 1 - 2 * which
                    gains[n_found] = both[which]
                    n_found += 1
    return found[:n_found], gains[:n_found]


def scan_columns(
    state: State, reached: Reach, columns: NDArray[np.int32], floor: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find additions into ``columns`` that gain more than ``floor`` in the target's own cells.

    Returns:
        int32 [n_found, 4] source, target, 0, sign; float64 [n_found] gains.
    """
    if len(columns) < _WORTH_A_THREAD:
        scanned = [scan(state, reached, columns, floor)]
    else:
        parts = [columns[part] for part in split(len(columns), count_threads())]
        with ThreadPoolExecutor(count_threads()) as pool:
            scanned = list(pool.map(lambda part: scan(state, reached, part, floor), parts))
    found = np.concatenate([np.zeros((0, 3), np.int32), *(each[0] for each in scanned)])
    gains = np.concatenate([np.zeros(0), *(each[1] for each in scanned)])
    absent = np.zeros(len(found), np.int32)
    return np.stack([found[:, 0], found[:, 1], absent, found[:, 2]], axis=1), gains
