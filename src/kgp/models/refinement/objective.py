"""What a refinement minimises, as a price for every cell and every edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.reasoning_walks import Steps

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
        cell_class: uint16 [n_genes, n_rows], the row of ``class_cost`` that prices a cell.
        class_cost: float64 [n_classes, 1 + 2 * max_length], cost of each outcome: unchanged, then
            rises and falls by walks of length 1, 2 …; class 0 is unmeasured.
        prior: cost of every edit.
        how: which walks count, and what holds where both signs meet.
        silent: bool [n_classes], classes of cells that were only seen unchanged.
        cap: most that silence counts within one row, for or against one edge, in nats.
    """

    original: SignedNetwork
    rows: Perturbations
    cell_class: NDArray[np.uint16]
    class_cost: NDArray[np.float64]
    prior: Prior
    how: Reasoning
    silent: NDArray[np.bool_]
    cap: float = np.inf


WEIGHT_STEPS = 8
"""Labels weigh in steps of an eighth, so that cells fall into few classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The measured labels, as counts; independent of what a disagreement costs.

    Attributes:
        rows: the distinct perturbations.
        cell_class: uint16 [n_genes, n_rows], class 0 is unmeasured.
        tally: int64 [n_classes, 3], summed weight of the labels -1, 0, +1 of a class's cells, in
            steps of an eighth, or coarser ones where cells are too many and too different.
        row_of: int64 [n_observations], the row of each observation.
    """

    rows: Perturbations
    cell_class: NDArray[np.uint16]
    tally: NDArray[np.int64]
    row_of: NDArray[np.int64]


def count_cells(observations: Observations) -> Cells:
    """Sum the labels of every cell of the response matrix; repeats of one perturbation add up."""
    rows, row_of, _turn = observations.distinct()
    tally = _tally(observations, row_of, len(rows))
    tallies, cell_class = _grouped(tally)
    shape = tally.shape[:2]
    return Cells(rows, cell_class.reshape(shape).astype(np.uint16), tallies, row_of)


def _grouped(tally: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct tallies, int64 [n_classes, 3], and the place of each cell among them.

    Many repeats of many weights make too many; then weights count in steps twice as large, rounded
    up, so that what was measured stays so.
    """
    step = int(tally.max(initial=0)) + 1
    key = tally[..., 0].astype(np.int64)
    for label in (1, 2):
        key = key * step + tally[..., label]
    distinct, place = _classes(key.ravel())
    if len(distinct) > _MOST_CLASSES:
        coarse, place = _grouped((tally + 1) // 2)
        return 2 * coarse, place
    return np.stack([distinct // step**2, distinct // step % step, distinct % step], axis=1), place


def _classes(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, 0 first whether it occurs or not, and the place of each key."""
    if key.max(initial=0) < _FEW_KEYS:
        seen = np.zeros(int(key.max(initial=0)) + 1, np.int64)
        seen[key] = seen[0] = 1
        return np.flatnonzero(seen), (np.cumsum(seen) - 1)[key]
    distinct, place = np.unique(np.append(key, 0), return_inverse=True)
    return distinct, place[:-1]


_FEW_KEYS = 1 << 24
_MOST_CLASSES = 1 << 16


def _tally(observations: Observations, row_of: NDArray[np.int64], n_rows: int) -> NDArray[np.int32]:
    """Sum the weight of each label, int32 [n_genes, n_rows, 3], in steps of an eighth."""
    labels, scored = observations.toward_activation(), observations.scored()
    tally = np.zeros((observations.n_genes, n_rows, 3), dtype=np.int32)
    for label in (-1, 0, 1):
        hit = (scored & (labels == label)).astype(np.int32) * WEIGHT_STEPS
        if observations.weight is not None:
            hit = np.rint(hit * observations.weight).astype(np.int32)
        if len(np.unique(row_of)) == len(row_of):
            tally[:, row_of, label + 1] = hit.T
        else:
            np.add.at(tally[:, :, label + 1].T, row_of, hit)
    return tally


def make_objective(
    original: SignedNetwork,
    cells: Cells,
    cell_cost: NDArray[np.float64],
    prior: Prior,
    how: Reasoning | None = None,
    *,
    cap: float = np.inf,
) -> Objective:
    """Price every cell of the response matrix.

    Args:
        original: the network before any edit.
        cells: what was measured, over the network's genes.
        cell_cost: float64 [1 + 2 * max_length, 3], cost by outcome and observed label + 1.
        prior: cost of every edit.
        how: which walks count; by default as :class:`Reasoning` says.
        cap: most that silence counts within one row, for or against one edge, in nats.
    """
    class_cost = cells.tally @ cell_cost.T / WEIGHT_STEPS
    silent = (cells.tally[:, [0, 2]] == 0).all(axis=1)
    fixed = (original, cells.rows, cells.cell_class)
    return Objective(*fixed, class_cost, prior, how or Reasoning(), silent, cap)


def count_outcomes(network: SignedNetwork, cells: Cells, how: Reasoning) -> NDArray[np.float64]:
    """Cross-tabulate predictions and labels, float64 [1 + 2 * max_length, 3].

    Rows are outcomes (unchanged, then rises and falls by walks of length 1, 2 …), columns the
    observed label + 1.
    """
    predicted = outcomes(network, cells.rows, how)
    n_classes, n_outcomes = len(cells.tally), 1 + 2 * how.max_length
    place = predicted.ravel().astype(np.int64) * n_classes + cells.cell_class.ravel()
    number = np.bincount(place, minlength=n_outcomes * n_classes).reshape(n_outcomes, n_classes)
    return np.asarray(number @ cells.tally / WEIGHT_STEPS)


def outcomes(network: SignedNetwork, rows: Perturbations, how: Reasoning) -> NDArray[np.int8]:
    """Return int8 [n_genes, n_rows]: 0 unchanged, 2 l - 1 rises, 2 l falls, by the shortest walk.

    Where walks of both signs meet they cancel, or the shorter ones decide.
    """
    first = np.zeros((2, network.n_genes, len(rows)), np.int8)
    up, down = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    for length, *pair in Steps.of(network).walk(up, down, how.max_length, capped=True):
        if how.lengths == "upto" or length == how.max_length:
            for seen, walks in zip(first, (each.tocoo() for each in pair), strict=True):
                new = seen[walks.col, walks.row] == 0
                seen[walks.col[new], walks.row[new]] = length
    rises, falls = first
    rising, falling = (rises > 0) & (falls == 0), (falls > 0) & (rises == 0)
    if how.conflict.rule == "shortest":
        rising |= (rises > 0) & (rises < falls)
        falling |= (falls > 0) & (falls < rises)
    return np.select([rising, falling], [2 * rises - 1, 2 * falls], 0).astype(np.int8)


def total_cost(objective: Objective, network: SignedNetwork) -> float:
    """Return the objective of ``network``: the cost of its cells plus that of its edits."""
    predicted = outcomes(network, objective.rows, objective.how)
    cells = objective.class_cost[objective.cell_class, predicted].sum()
    return float(cells + edit_cost(objective, network))


def edit_cost(objective: Objective, network: SignedNetwork) -> float:
    """Return the cost of all edits that lead from the original to ``network``."""
    n = network.n_genes
    key = np.union1d(objective.original.keys(), network.keys())
    source, target = (key // n).astype(np.int32), (key % n).astype(np.int32)
    cost = objective.prior.costs(source, target, objective.original.sign_at(key))
    return float(cost[np.arange(len(key)), network.sign_at(key) + 1].sum())
