"""Which observations speak for an edit, and which against it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.layout import evaluate, make_scratch, make_state
from kgp.models.refinement.objective import make_objective
from kgp.models.refinement.reasoning import walk_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.observations import Observations


def change_per_observation(
    objective: Objective,
    observations: Observations,
    cell_cost: NDArray[np.float64],
    network: SignedNetwork,
    moves: NDArray[np.int32],
) -> NDArray[np.float64]:
    """Split what each move changes of the cells' cost among the observations.

    Args:
        objective: the objective of the search.
        observations: what was measured.
        cell_cost: float64 [3, 3], the prices of a single cell.
        network: the network in which each move would be made, alone.
        moves: int32 [n_moves, 4], source, target, sign before, sign after.

    Returns:
        float64 [n_moves, n_observations], above zero where the move fits the row less well.
    """
    change = np.zeros((len(moves), observations.n_observations))
    counts = walk_counts(
        network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )
    row_of = observations.distinct()[1]
    for members in _one_per_gene(row_of):
        silent = observations.measured.copy()
        silent[np.setdiff1d(np.arange(len(row_of)), members)] = False
        only = replace(observations, measured=silent)
        priced = make_objective(
            objective.original,
            only,
            cell_cost,
            objective.prior,
            max_length=objective.max_length,
            lengths=objective.lengths,
        )
        state = make_state(priced, network, counts)
        per_row = np.zeros((len(moves), len(objective.rows)))
        evaluate(state, make_scratch(priced), moves, per_row)
        change[:, members] = per_row[:, row_of[members]]
    return change


def _one_per_gene(row_of: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Divide observations into groups in which no perturbed gene occurs twice."""
    repeat = np.zeros(len(row_of), dtype=np.int64)
    order = np.argsort(row_of, kind="stable")
    starts = np.searchsorted(row_of[order], row_of[order])
    repeat[order] = np.arange(len(row_of)) - starts
    return [np.flatnonzero(repeat == k) for k in range(repeat.max(initial=-1) + 1)]
