"""Compiled moves of a Markov chain over networks, each with its exact change of the energy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.compiled import inner, whole
from kgp.models.refinement.kernels import edit, make_edit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Scratch, State


@njit(cache=True, nogil=True)
def run_sweeps(
    state: State,
    scratch: Scratch,
    sweeps: int,
    seed: int,
    probability: NDArray[np.float64],
    edits: NDArray[np.int64],
) -> int:
    """Move through networks from their posterior distribution.

    A sweep draws the sign of every edge that is laid out given all others (Gibbs), then moves
    every edit among the single edits of its target's column that could take its place.

    Args:
        state: the network and its counts, changed in place.
        scratch: scratch space.
        sweeps: how many.
        seed: of this stretch of the chain.
        probability: float64 [n_edges, 3], to which each draw adds the probabilities of -1, 0, +1.
        edits: int64 [sweeps], filled with the number of edges that differ from the original.

    Returns:
        Number of edits that took another place.
    """
    np.random.seed(seed)  # noqa: NPY002  compiled code has no generators
    moved = 0
    for sweep in range(sweeps):
        for edge in np.random.permutation(len(state.source)):  # noqa: NPY002
            _draw_sign(state, scratch, edge, probability)
        edited = np.flatnonzero(state.sign != state.original)
        edits[sweep] = len(edited)
        for k in np.random.permutation(len(edited)):  # noqa: NPY002
            moved += _draw_place(state, scratch, edited[k])
    return moved


@inner
def _energies(state: State, scratch: Scratch, edge: int, energy: NDArray[np.float64]) -> None:
    """Write the energy of each sign of an edge, relative to the cells as they are."""
    before = state.sign[edge]
    for sign in range(-1, 2):
        energy[sign + 1] = state.cost[edge, sign + 1]
        if sign != before and energy[sign + 1] < np.inf:
            energy[sign + 1] += edit(
                state,
                scratch,
                state.source[edge],
                state.target[edge],
                before,
                sign,
                False,
                np.empty(0),
            )


@inner
def _draw_sign(state: State, scratch: Scratch, edge: int, probability: NDArray[np.float64]) -> None:
    """Draw the sign of an edge given all others, and keep the probabilities of the draw."""
    energy = np.empty(3)
    _energies(state, scratch, edge, energy)
    weight = np.exp(energy.min() - energy)
    weight /= weight.sum()
    probability[edge] += weight
    drawn = np.random.random()  # noqa: NPY002
    sign = -1 if drawn < weight[0] else (0 if drawn < weight[0] + weight[1] else 1)
    make_edit(state, scratch, edge, sign)


@inner
def _draw_place(state: State, scratch: Scratch, edge: int) -> int:
    """Move an edit among the places of its column that are unedited; 1 if it moved.

    Given that one of them is edited, which of them is drawn by their energies: the distribution
    stays as it is, because the way back is drawn among the same places.
    """
    original = state.original[edge]
    if state.sign[edge] == original:
        return 0
    make_edit(state, scratch, edge, original)
    first, last = state.in_start[state.target[edge]], state.in_start[state.target[edge] + 1]
    energy = np.full((last - first, 3), np.inf)
    for k in range(last - first):
        other = state.in_edge[first + k]
        if state.sign[other] == state.original[other]:
            _energies(state, scratch, whole(other), energy[k])
            energy[k, state.original[other] + 1] = np.inf
    weight = np.exp(energy.min() - energy).ravel()
    drawn = np.random.random() * weight.sum()  # noqa: NPY002
    place = min(np.searchsorted(np.cumsum(weight), drawn, side="right"), len(weight) - 1)
    chosen = state.in_edge[first + place // 3]
    make_edit(state, scratch, chosen, place % 3 - 1)
    return int(chosen != edge)
