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


@dataclass(frozen=True, slots=True, eq=False)
class Objective:
    """What a search minimises: the cost of the cells plus the cost of the edits.

    Attributes:
        original: the network before any edit.
        rows: int32 [n_rows], distinct perturbed genes, ascending.
        cell_class: int16 [n_genes, n_rows], the row of ``class_cost`` that prices a cell.
        class_cost: float64 [n_classes, 3], cost of predicting -1, 0, +1; class 0 is unmeasured.
        edit_cost: float64 [3, 3], cost by sign before + 1 and sign after + 1.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
    """

    original: SignedNetwork
    rows: NDArray[np.int32]
    cell_class: NDArray[np.int16]
    class_cost: NDArray[np.float64]
    edit_cost: NDArray[np.float64]
    max_length: int
    lengths: Lengths


def make_objective(
    original: SignedNetwork,
    observations: Observations,
    cell_cost: NDArray[np.float64],
    edit_cost: NDArray[np.float64],
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> Objective:
    """Price every cell of the response matrix; repeats of one perturbed gene add up.

    Args:
        original: the network before any edit.
        observations: what was measured, over the network's genes.
        cell_cost: float64 [3, 3], cost by predicted label + 1 and observed label + 1.
        edit_cost: float64 [3, 3], cost by sign before + 1 and sign after + 1.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
    """
    observations.check_fits(original)
    rows, row_of_observation = np.unique(observations.perturbed, return_inverse=True)
    labels, scored = observations.toward_activation(), observations.scored()
    tally = np.zeros((original.n_genes, len(rows), 3), dtype=np.int32)
    for label in (-1, 0, 1):
        hit = (scored & (labels == label)).astype(np.int32)
        np.add.at(tally[:, :, label + 1].T, row_of_observation, hit)
    key = (tally @ (tally.max() + 1) ** np.arange(3)).ravel()
    distinct, first, cell_class = np.unique(key, return_index=True, return_inverse=True)
    assert distinct[0] == 0 or np.all(scored)
    class_cost = tally.reshape(-1, 3)[first] @ cell_cost.T
    return Objective(
        original,
        rows.astype(np.int32),
        cell_class.reshape(tally.shape[:2]).astype(np.int16),
        class_cost,
        edit_cost,
        max_length,
        lengths,
    )


def total_cost(objective: Objective, network: SignedNetwork) -> float:
    """Return the objective of ``network``: the cost of its cells plus that of its edits."""
    counts = walk_counts(
        network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )
    predicted = (counts[..., 0] > 0).astype(np.int8) - (counts[..., 1] > 0)
    cells = objective.class_cost[objective.cell_class, predicted + 1].sum()
    before, after = objective.original.signs(), network.signs()
    edits = sum(
        objective.edit_cost[before.get(pair, 0) + 1, after.get(pair, 0) + 1]
        for pair in before.keys() | after.keys()
    )
    return float(cells + edits)
