"""Compiled bookkeeping of what additions into one gene change in each row.

What :func:`kgp.models.refinement.additions.evaluate_into` finds stays in ``Scratch.known``, its
places in ``Scratch.filled``, until it is forgotten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.compiled import inner, truth
from kgp.models.refinement.walks import clear, find_rows, walk_back

if TYPE_CHECKING:
    from kgp.models.refinement.state import Scratch, State


@inner
def _forget(scratch: Scratch, n_filled: int, everything: bool) -> int:
    """Forget what is known of one target, or of its rows that are met; return what is left."""
    width, n_left = scratch.known.shape[1], 0
    for k in range(n_filled):
        place = scratch.filled[k]
        row = place // width**2
        if everything or scratch.rows.seen[row]:
            scratch.known[row, place // width % width, place % width] = np.nan
        else:
            scratch.filled[n_left] = place
            n_left += 1
    return n_left


@inner
def forget(scratch: Scratch, n_filled: int) -> None:
    """Forget all that is known."""
    _forget(scratch, n_filled, truth(True))


@inner
def forget_rows(state: State, scratch: Scratch, source: int, target: int, n_filled: int) -> int:
    """Forget what an edit of source → target changes of what is known of the target.

    Args:
        state: the network and its counts.
        scratch: scratch space.
        source: where the edited edge starts.
        target: where it ends.
        n_filled: how much is known.

    Returns:
        How much is known still.
    """
    n_back = walk_back(state, scratch.back, source)
    n_rows = find_rows(state, scratch.back, n_back, scratch.rows)
    # Where walks from the target can come back to it, they change as well.
    around = (
        scratch.back.seen[target] or state.carrier_start[source] < state.carrier_start[source + 1]
    )
    n_left = _forget(scratch, n_filled, truth(around))
    clear(scratch.back, n_back)
    clear(scratch.rows, n_rows)
    return n_left
