"""Compiled energies of edits and of all that could stand in their place, many edits in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.additions import evaluate_into
from kgp.models.refinement.compiled import inner, whole
from kgp.models.refinement.kernels import edit, make_edit
from kgp.models.refinement.known_rows import forget, forget_rows
from kgp.models.refinement.related import find_related

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, Scratch, State


@inner
def _evaluate(
    state: State,
    scratch: Scratch,
    moves: NDArray[np.int32],
    known: NDArray[np.int64],
    n_known: int,
    related: NDArray[np.bool_],
    removal: NDArray[np.float64],
    beside: bool,
    change: NDArray[np.float64],
) -> None:
    """Write what other edits of known edges change, and what the edit itself changes.

    Args:
        state: the network and its counts.
        scratch: scratch space.
        moves: int32 [n, 4], edits of known edges, additions, and the edit.
        known: int64 [n], their edges.
        n_known: how many edits of known edges come first.
        related: bool [n_genes], from :func:`find_related`.
        removal: see :func:`weigh_block`.
        beside: whether the edit is made.
        change: float64 [n], filled but for the additions.
    """
    last = len(moves) - 1
    for k in range(n_known + 1):
        k, is_known = (k, True) if k < n_known else (last, False)
        move, edge = moves[k], known[k]
        if beside and edge == known[last]:
            change[k] = np.nan
        elif is_known and not related[move[1]] and not np.isnan(removal[edge]):
            change[k] = removal[edge]
        else:
            ends, signs = (move[0], move[1]), (move[2], move[3])
            now = edit(state, scratch, ends[0], ends[1], signs[0], signs[1], False, np.empty(0))
            change[k] = now
            if is_known and not related[move[1]]:
                removal[edge] = now


@njit(cache=True, nogil=True)
def weigh_block(
    state: State,
    scratch: Scratch,
    reached: Reach,
    removal: NDArray[np.float64],
    start: NDArray[np.int64],
    moves: NDArray[np.int32],
    known: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Weigh edits and their alternatives by what they change of the cells' cost.

    A removal that has nothing to do with the edit changes as much with it as without, and is
    looked up.

    Args:
        state: the network and its counts; in the end as it was.
        scratch: scratch space of this thread.
        reached: which perturbation reaches which gene.
        removal: float64 [n_edges], the change by the removal of each edge, NaN where it is not
            known; filled with what is asked for.
        start: int64 [n + 1], from :func:`list_block`.
        moves: int32 [n_moves, 4], likewise.
        known: int64 [n_moves], likewise.

    Returns:
        float64 [n_moves, 2], what each changes without the edit and beside it, NaN where that is
        not computed: beside the edit itself and beside other edits of its edge.
    """
    change = np.empty((len(moves), 2))
    for k in range(len(start) - 1):
        first, last, n_known = start[k], start[k + 1] - 1, 0
        while first + n_known < last and known[first + n_known] >= 0:
            n_known += 1
        here, edges = moves[first : last + 1], known[first : last + 1]
        edge, source, target = known[last], whole(moves[last, 0]), whole(moves[last, 1])
        related, n_filled = find_related(state, target), whole(0)
        for beside in range(2):
            make_edit(state, scratch, edge, moves[last, 2 + beside])
            n_filled = forget_rows(state, scratch, source, target, n_filled)
            what = change[first : last + 1, beside]
            added = slice(n_known, len(here) - 1)
            n_filled = evaluate_into(state, scratch, reached, here[added], what[added], n_filled)
            _evaluate(state, scratch, here, edges, n_known, related, removal, beside > 0, what)
        forget(scratch, n_filled)
    return change
