"""Compiled scan for regulators whose new edge would bring a target nearer to its responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.kernels import tabulate_outcomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, State


WORTH_LISTING = 0.25
"""Least gain, in nats, of one cell for whose sake regulators are tried.

A shorter way to a cell that is explained already gains a little, nearly everywhere.
"""


@njit(cache=True, nogil=True)
def _gains(
    state: State,
    target: int,
    outcome_of: NDArray[np.int64],
    gain: NDArray[np.float64],
    best: NDArray[np.float64],
) -> None:
    """Write, for every row, what the target's cell gains from further walks of each sign.

    Args:
        state: the network and its counts.
        target: the gene whose cells are looked at.
        outcome_of: from :func:`tabulate_outcomes`.
        gain: float64 [n_rows, max_length + 1, max_length + 1], filled: by the length of the
            shortest new positive and negative walk, 0 for none.
        best: float64 [n_rows], filled with the most that each row can gain.
    """
    # Arrays are taken out of the state once: handed on whole, it costs more than the work itself.
    counts, cell_class, class_cost = (
        state.counts[target],
        state.cell_class[target],
        state.class_cost,
    )
    n, shortest = state.max_length + 1, state.min_length
    for row in range(len(best)):
        cell = cell_class[row]
        best[row] = 0.0
        rises, falls = 0, 0
        for length in range(n - 1, shortest - 1, -1):
            if counts[row, length - 1, 0] > 0:
                rises = length
            if counts[row, length - 1, 1] > 0:
                falls = length
        now = class_cost[cell, outcome_of[rises, falls]]
        for plus in range(n):
            up = plus if rises == 0 or 0 < plus < rises else rises
            for minus in range(n):
                down = minus if falls == 0 or 0 < minus < falls else falls
                value = now - class_cost[cell, outcome_of[up, down]]
                gain[row, plus, minus] = value
                best[row] = max(best[row], value)


@njit(cache=True, nogil=True)
def _list_genes(
    state: State,
    reached: Reach,
    target: int,
    best: NDArray[np.float64],
    marked: NDArray[np.int32],
    listed: NDArray[np.int32],
) -> int:
    """List the genes without an edge to ``target`` that a row with something to gain reaches."""
    n_listed = 0
    marked[target] = target
    for position in range(state.in_start[target], state.in_start[target + 1]):
        edge = state.in_edge[position]
        if state.sign[edge] != 0:
            marked[state.source[edge]] = target
    for row in range(len(best)):
        if best[row] < WORTH_LISTING:
            continue
        for position in range(reached.gene_start[row], reached.gene_start[row + 1]):
            gene = reached.gene[position]
            if marked[gene] != target:
                marked[gene] = target
                listed[n_listed] = gene
                n_listed += 1
    return n_listed


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
    gain = np.zeros((n_rows, state.max_length + 1, state.max_length + 1))
    best, outcome_of = np.zeros(n_rows), tabulate_outcomes(state.max_length, state.shortest)
    marked = np.full(n_genes, -1, dtype=np.int32)
    listed = np.empty(n_genes, dtype=np.int32)
    room = 1024
    found, gains, n_found = np.empty((room, 3), dtype=np.int32), np.empty(room), 0
    for target in columns:
        _gains(state, target, outcome_of, gain, best)
        for k in range(_list_genes(state, reached, target, best, marked, listed)):
            gene = listed[k]
            both = np.zeros(2)
            for position in range(reached.row_start[gene], reached.row_start[gene + 1]):
                row = reached.row[position]
                plus, minus = reached.first[position, 0], reached.first[position, 1]
                both[0] += gain[row, plus, minus]
                both[1] += gain[row, minus, plus]
            for which in range(2):
                if both[which] > floor[target]:
                    if n_found == room:
                        found = np.concatenate((found, np.empty_like(found)))
                        gains = np.concatenate((gains, np.empty_like(gains)))
                        room *= 2
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
    found, gains = scan(state, reached, columns, floor)
    absent = np.zeros(len(found), np.int32)
    return np.stack([found[:, 0], found[:, 1], absent, found[:, 2]], axis=1), gains
