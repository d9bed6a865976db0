"""Why an edit was made: what it gains, which observations speak for it and which against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.layout import evaluate, make_scratch, make_state, price
from kgp.models.refinement.objective import count_cells, make_objective
from kgp.models.refinement.posterior import Weight, edits_made, undo_moves
from kgp.models.refinement.result import Edit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Cells, Objective
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.posterior import Weights
    from kgp.models.refinement.result import Kind

    Floats = NDArray[np.float64]

_NOTICEABLE = 1e-6
_NOT_WEIGHED = Weight(1.0, ())


def explain(
    objective: Objective,
    cells: Cells,
    observations: Observations,
    cell_cost: Floats,
    network: SignedNetwork,
    weights: Weights,
) -> tuple[Edit, ...]:
    """Give every edit of ``network`` its evidence, by taking it back alone.

    Args:
        objective: the objective of the search.
        cells: the labels as the objective has them.
        observations: the same labels, signature by signature.
        cell_cost: float64 [1 + 2 * max_length, 3], the prices of a single cell, by outcome and
            observed label + 1.
        network: the refined network.
        weights: how each edit stands among its alternatives; 1 where it was not weighed.

    Returns:
        The edits, most certain first.
    """
    state = make_state(objective, network)
    moves = undo_moves(state, edits_made(state))
    change = _per_observation(objective, cells, observations, cell_cost, network, moves)
    gains = change.sum(axis=1) + price(objective, moves)
    edits = [
        _edit(move, rows, gain, weights.get((move[0], move[1]), _NOT_WEIGHED))
        for move, rows, gain in zip(moves.tolist(), change, gains.tolist(), strict=True)
    ]
    return tuple(sorted(edits, key=lambda edit: (-edit.confidence, -edit.gain)))


def _edit(move: list[int], rows: Floats, gain: float, weight: Weight) -> Edit:
    source, target, after, before = move
    supporting, contradicting = _ranked(rows), _ranked(-rows)
    return Edit(
        source,
        target,
        before,
        after,
        _kind(before, after),
        weight.confidence,
        gain,
        supporting,
        contradicting,
        tuple(rows[[*supporting, *contradicting]].tolist()),
        weight.alternatives,
    )


def _per_observation(
    objective: Objective,
    cells: Cells,
    observations: Observations,
    cell_cost: Floats,
    network: SignedNetwork,
    moves: NDArray[np.int32],
) -> Floats:
    """Split what each move changes of the cells' cost among the observations.

    Returns:
        float64 [n_moves, n_observations], above zero where the move fits the row less well.
    """
    change = np.zeros((len(moves), observations.n_observations))
    groups = _one_per_row(cells.row_of)
    for members in groups:
        priced, row_of = objective, cells.row_of
        if len(groups) > 1:
            only = count_cells(observations.take(members))
            priced = make_objective(
                objective.original,
                only,
                cell_cost,
                objective.prior,
                objective.how,
                cap=objective.cap,
            )
            row_of = np.zeros(len(cells.row_of), np.int64)
            row_of[members] = only.row_of
        per_row = np.zeros((len(moves), len(priced.rows)))
        evaluate(make_state(priced, network), make_scratch(priced), moves, per_row)
        change[:, members] = per_row[:, row_of[members]]
    return change


def _one_per_row(row_of: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Divide observations into groups in which no perturbation occurs twice."""
    repeat = np.zeros(len(row_of), dtype=np.int64)
    order = np.argsort(row_of, kind="stable")
    starts = np.searchsorted(row_of[order], row_of[order])
    repeat[order] = np.arange(len(row_of)) - starts
    return [np.flatnonzero(repeat == k) for k in range(repeat.max(initial=-1) + 1)]


def _ranked(change: Floats) -> tuple[int, ...]:
    """Return the rows where ``change`` is noticeably above zero, largest first."""
    order = np.argsort(-change, kind="stable")
    return tuple(order[change[order] > _NOTICEABLE].tolist())


def _kind(before: int, after: int) -> Kind:
    if before == 0:
        return "added"
    return "removed" if after == 0 else "flipped"
