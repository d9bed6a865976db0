"""Compiled energies of edits and of all that could stand in their place, many edits in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.additions import evaluate_additions
from kgp.models.refinement.compiled import inner, whole
from kgp.models.refinement.kernels import edit, make_edit
from kgp.models.refinement.related import find_related
from kgp.models.refinement.scan import scan

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, Scratch, State

    Block = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]


@inner
def _room(
    moves: NDArray[np.int32], change: NDArray[np.float64], asked: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return arrays with room for so many moves, that hold what these hold."""
    if asked <= len(moves):
        return moves, change
    room = 2 * asked
    more, further = np.empty((room, 4), np.int32), np.empty((room, 2))
    # Loops compile in a fraction of the time of assigned slices.
    for k in range(len(moves)):
        for column in range(4):
            more[k, column] = moves[k, column]
        for column in range(2):
            further[k, column] = change[k, column]
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


@inner
def _evaluate(
    state: State,
    scratch: Scratch,
    moves: NDArray[np.int32],
    known: NDArray[np.int64],
    edge: int,
    gain: NDArray[np.float64],
    related: NDArray[np.bool_],
    removal: NDArray[np.float64],
    beside: bool,
    change: NDArray[np.float64],
) -> None:
    """Write what the alternatives of one edit change, and what it changes itself.

    Args:
        state: the network and its counts.
        scratch: scratch space.
        moves: int32 [n, 4], edits of known edges, additions, and the edit.
        known: int64 [n_known], the known edges.
        edge: the edited edge.
        gain: float64 [n_added], the changes by the additions.
        related: bool [n_genes], from :func:`find_related`.
        removal: see :func:`weigh_block`.
        beside: whether the edit is made.
        change: float64 [n], filled.
    """
    for k in range(len(moves)):
        move, is_known = moves[k], k < len(known)
        if not is_known and k < len(moves) - 1:
            change[k] = gain[k - len(known)]
        elif beside and (not is_known or known[k] == edge):
            change[k] = np.nan
        elif is_known and not related[move[1]] and not np.isnan(removal[known[k]]):
            change[k] = removal[known[k]]
        else:
            ends, signs = (move[0], move[1]), (move[2], move[3])
            now = edit(state, scratch, ends[0], ends[1], signs[0], signs[1], False, np.empty(0))
            change[k] = now
            if is_known and not related[move[1]]:
                removal[known[k]] = now


@njit(cache=True, nogil=True)
def weigh_block(
    state: State,
    scratch: Scratch,
    reached: Reach,
    cost: NDArray[np.float64],
    removal: NDArray[np.float64],
    edges: NDArray[np.int64],
) -> Block:
    """Weigh edits and their alternatives by what they change of the cells' cost.

    Alternatives are other edits of known edges into the same target, additions into it, and the
    removals of the same source's other edges; the edit itself comes last. A removal that has
    nothing to do with the edit changes as much with it as without, and is looked up.

    Args:
        state: the network and its counts; in the end as it was.
        scratch: scratch space of this thread.
        reached: which perturbation reaches which gene.
        cost: float64 [n_edges, 3], cost of each sign of each known edge.
        removal: float64 [n_edges], the change by the removal of each edge, NaN where it is not
            known; filled with what is asked for.
        edges: int64 [n], the edited edges.

    Returns:
        int64 [n + 1], where the moves of each edit start; int32 [n_moves, 4], the moves; float64
        [n_moves, 2], their change without the edit and beside it, NaN where that is not computed:
        beside the edit itself and beside other edits of its edge.
    """
    nothing, n_moves = np.zeros(state.counts.shape[0]), 0
    start = np.zeros(len(edges) + 1, np.int64)
    moves, change = np.empty((1024, 4), np.int32), np.empty((1024, 2))
    for k in range(len(edges)):
        edge = edges[k]
        source, target, edited = state.source[edge], state.target[edge], state.sign[edge]
        make_edit(state, scratch, edge, state.original[edge])
        n_into = state.in_start[target + 1] - state.in_start[target]
        most = 3 * n_into + state.out_start[source + 1] - state.out_start[source]
        moves, change = _room(moves, change, n_moves + most)
        asked = np.empty(most, np.int64)
        n_known = _known_alternatives(state, cost, edge, edited, asked, moves[n_moves:])
        added = _additions(state, reached, target, nothing)
        gain = np.empty(len(added))
        last = n_moves + n_known + len(added)
        moves, change = _room(moves, change, last + 1)
        for a in range(len(added)):
            for column in range(4):
                moves[n_moves + n_known + a, column] = added[a, column]
        moves[last, 0], moves[last, 1] = source, target
        moves[last, 2], moves[last, 3] = state.original[edge], edited
        here, related = moves[n_moves : last + 1], find_related(state, whole(target))
        for beside in range(2):
            if beside:
                make_edit(state, scratch, edge, edited)
            evaluate_additions(state, scratch, reached, added, gain)
            what = change[n_moves : last + 1, beside]
            others = asked[:n_known]
            _evaluate(state, scratch, here, others, edge, gain, related, removal, beside > 0, what)
        start[k + 1] = n_moves = last + 1
    return start, moves[:n_moves], change[:n_moves]
