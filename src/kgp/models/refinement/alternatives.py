"""Compiled lists of all that could stand in an edit's place, for many edits in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.compiled import inner
from kgp.models.refinement.kernels import make_edit
from kgp.models.refinement.scan import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, Scratch, State

    Block = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]


@inner
def _room(
    moves: NDArray[np.int32], known: NDArray[np.int64], asked: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return arrays with room for so many moves, that hold what these hold."""
    if asked <= len(moves):
        return moves, known
    more, further = np.empty((2 * asked, 4), np.int32), np.empty(2 * asked, np.int64)
    # Loops compile in a fraction of the time of assigned slices.
    for k in range(len(moves)):
        further[k] = known[k]
        for column in range(4):
            more[k, column] = moves[k, column]
    return more, further


@inner
def _known_alternatives(
    state: State,
    cost: NDArray[np.float64],
    edge: int,
    edited: int,
    edges: NDArray[np.int64],
    moves: NDArray[np.int32],
) -> int:
    """List other edits of known edges into the target, and removals of the source's others.

    Args:
        state: the network, the edit taken back.
        cost: float64 [n_edges, 3], cost of each sign; what costs infinitely much is left out.
        edge: the edited edge.
        edited: the sign that the edit gives.
        edges: int64, filled with the edges.
        moves: int32 [as many, 4], filled with their edits.

    Returns:
        How many there are.
    """
    source, target, n = state.source[edge], state.target[edge], 0
    first, last = state.in_start[target], state.in_start[target + 1]
    n_into = last - first
    for k in range(n_into + state.out_start[source + 1] - state.out_start[source]):
        into = k < n_into
        other = np.int64(state.in_edge[first + k] if into else state.out_start[source] + k - n_into)
        before = state.sign[other]
        if not into and (before == 0 or state.target[other] == target):
            continue
        for after in range(-1 if into else 0, 2 if into else 1):
            price = cost[other, after + 1] - cost[other, before + 1]
            same = after == before or (other == edge and after == edited)
            if not same and np.isfinite(price):
                edges[n] = other
                moves[n, 0], moves[n, 1] = state.source[other], state.target[other]
                moves[n, 2], moves[n, 3] = before, after
                n += 1
    return n


@inner
def _additions(
    state: State,
    reached: Reach,
    target: int,
    floor: NDArray[np.float64],
) -> NDArray[np.int32]:
    """List the additions of unknown edges that could stand in for an edit into ``target``."""
    found, _gains = scan(state, reached, np.full(1, target, np.int32), floor)
    moves, n = np.zeros((len(found), 4), np.int32), 0
    for k in range(len(found)):
        known = False
        for place in range(state.in_start[target], state.in_start[target + 1]):
            known = known or state.in_source[place] == found[k, 0]
        if not known:
            moves[n, 0], moves[n, 1], moves[n, 3] = found[k, 0], target, found[k, 2]
            n += 1
    return moves[:n]


@njit(cache=True, nogil=True)
def list_block(
    state: State,
    scratch: Scratch,
    reached: Reach,
    cost: NDArray[np.float64],
    edges: NDArray[np.int64],
) -> Block:
    """List what could stand in the place of each of many edits.

    These are other edits of known edges into the same target, removals of the same source's other
    edges, and additions into the target; the edit itself comes last.

    Args:
        state: the network and its counts; in the end as it was.
        scratch: scratch space of this thread.
        reached: which perturbation reaches which gene.
        cost: float64 [n_edges, 3], cost of each sign of each known edge.
        edges: int64 [n], the edited edges.

    Returns:
        int64 [n + 1], where the moves of each edit start; int32 [n_moves, 4], the moves; int64
        [n_moves], their edges, -1 for additions of unknown ones.
    """
    nothing, n_moves = np.zeros(state.counts.shape[0]), 0
    start = np.zeros(len(edges) + 1, np.int64)
    moves, known = np.empty((1024, 4), np.int32), np.empty(1024, np.int64)
    for k in range(len(edges)):
        edge = edges[k]
        source, target, edited = state.source[edge], state.target[edge], state.sign[edge]
        make_edit(state, scratch, edge, state.original[edge])
        n_into = state.in_start[target + 1] - state.in_start[target]
        most = 3 * n_into + state.out_start[source + 1] - state.out_start[source]
        moves, known = _room(moves, known, n_moves + most)
        asked, here = known[n_moves:], moves[n_moves:]
        n_moves += _known_alternatives(state, cost, edge, edited, asked, here)
        added = _additions(state, reached, target, nothing)
        moves, known = _room(moves, known, n_moves + len(added) + 1)
        for a in range(len(added)):
            known[n_moves] = -1
            for column in range(4):
                moves[n_moves, column] = added[a, column]
            n_moves += 1
        known[n_moves] = edge
        moves[n_moves, 0], moves[n_moves, 1] = source, target
        moves[n_moves, 2], moves[n_moves, 3] = state.original[edge], edited
        make_edit(state, scratch, edge, edited)
        n_moves += 1
        start[k + 1] = n_moves
    return start, moves[:n_moves], known[:n_moves]
