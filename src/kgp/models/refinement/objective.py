"""What a refinement minimises, as a price for every cell and every edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.reasoning import Lengths, walk_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.perturbations import Perturbations
    from kgp.models.refinement.prior import Prior


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """What a search minimises: the cost of the cells plus the cost of the edits.

    Attributes:
        original: the network before any edit.
        rows: the distinct perturbations.
        cell_class: int16 [n_genes, n_rows], the row of ``class_cost`` that prices a cell.
        class_cost: float64 [n_classes, 3], cost of predicting -1, 0, +1; class 0 is unmeasured.
        prior: cost of every edit.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
    """

    original: SignedNetwork
    rows: Perturbations
    cell_class: NDArray[np.int16]
    class_cost: NDArray[np.float64]
    prior: Prior
    max_length: int
    lengths: Lengths


WEIGHT_STEPS = 8
"""Labels weigh in steps of an eighth, so that cells fall into few classes."""


def make_objective(
    original: SignedNetwork,
    observations: Observations,
    cell_cost: NDArray[np.float64],
    prior: Prior,
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> Objective:
    """Price every cell of the response matrix; repeats of one perturbation add up.

    Args:
        original: the network before any edit.
        observations: what was measured, over the network's genes.
        cell_cost: float64 [3, 3], cost by predicted label + 1 and observed label + 1.
        prior: cost of every edit.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
    """
    observations.check_fits(original)
    rows, row_of_observation, _turn = observations.distinct()
    tally = _tally(observations, row_of_observation, len(rows))
    key = (tally @ (int(tally.max()) + 1) ** np.arange(3)).ravel()
    distinct, first, cell_class = np.unique(key, return_index=True, return_inverse=True)
    class_cost = tally.reshape(-1, 3)[first] @ cell_cost.T / WEIGHT_STEPS
    if distinct[0] != 0:
        cell_class, class_cost = cell_class + 1, np.concatenate([np.zeros((1, 3)), class_cost])
    return Objective(
        original,
        rows,
        cell_class.reshape(tally.shape[:2]).astype(np.int16),
        class_cost,
        prior,
        max_length,
        lengths,
    )


def _tally(observations: Observations, row_of: NDArray[np.int64], n_rows: int) -> NDArray[np.int64]:
    """Sum the weight of each label, int64 [n_genes, n_rows, 3], in steps of an eighth."""
    labels, scored = observations.toward_activation(), observations.scored()
    weight = np.full(labels.shape, WEIGHT_STEPS, np.int64)
    if observations.weight is not None:
        weight = np.rint(observations.weight * WEIGHT_STEPS).astype(np.int64)
    tally = np.zeros((observations.n_genes, n_rows, 3), dtype=np.int64)
    for observation, row in enumerate(row_of.tolist()):
        seen = np.flatnonzero(scored[observation])
        tally[seen, row, labels[observation, seen] + 1] += weight[observation, seen]
    return tally


def total_cost(objective: Objective, network: SignedNetwork) -> float:
    """Return the objective of ``network``: the cost of its cells plus that of its edits."""
    counts = walk_counts(
        network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )
    predicted = (counts[..., 0] > 0).astype(np.int8) - (counts[..., 1] > 0)
    cells = objective.class_cost[objective.cell_class, predicted + 1].sum()
    return float(cells + edit_cost(objective, network))


def edit_cost(objective: Objective, network: SignedNetwork) -> float:
    """Return the cost of all edits that lead from the original to ``network``."""
    n = network.n_genes
    key = np.union1d(objective.original.keys(), network.keys())
    source, target = (key // n).astype(np.int32), (key % n).astype(np.int32)
    cost = objective.prior.costs(source, target, objective.original.sign_at(key))
    return float(cost[np.arange(len(key)), network.sign_at(key) + 1].sum())
