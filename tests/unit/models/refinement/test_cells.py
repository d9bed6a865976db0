from __future__ import annotations

import numpy as np
import pytest

from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import Cells, count_cells, make_objective
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from tests.unit.models.refinement.worlds import network


def observations(labels: np.ndarray, weight: np.ndarray, perturbed: np.ndarray) -> Observations:
    rows = len(labels)
    return Observations(
        perturbed.astype(np.int32),
        np.ones(rows, np.int8),
        labels.astype(np.int8),
        np.ones(labels.shape, bool),
        tuple(f"s:{i}" for i in range(rows)),
        weight=weight.astype(np.float32),
    )


def tally(cells: Cells) -> np.ndarray:
    """Return the summed weight of -1, 0 and +1 of every cell."""
    return cells.tally[cells.cell_class] / 8


def test_repeats_add_up_by_weight_in_eighths() -> None:
    labels = np.array([[0, 1, 0], [0, 1, -1], [0, 0, -1]])
    weight = np.array([[1, 0.5, 1], [1, 0.25, 0.05], [1, 1, 0.2]])
    cells = count_cells(observations(labels, weight, np.zeros(3)))
    # 0.05 is nearest to 0, 0.2 to 0.25 of a step of an eighth.
    assert tally(cells)[1, 0].tolist() == [0, 1, 0.75]
    assert tally(cells)[2, 0].tolist() == [0.25, 1, 0]


def test_the_perturbed_gene_is_of_the_class_of_what_was_not_measured() -> None:
    cells = count_cells(observations(np.ones((1, 3)), np.ones((1, 3)), np.zeros(1)))
    assert cells.cell_class[:, 0].tolist() == [0, 1, 1]
    assert cells.tally[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("repeats", [1, 400])
def test_long_sums_are_told_apart(repeats: int) -> None:
    labels = np.tile([0, -1, 0, 1], (repeats, 1))
    cells = count_cells(observations(labels, np.ones(labels.shape), np.zeros(repeats)))
    assert tally(cells)[1:, 0].tolist() == [[repeats, 0, 0], [0, repeats, 0], [0, 0, repeats]]


def test_too_many_kinds_of_cells_count_in_coarser_steps() -> None:
    # 90,000 cells, each with 24 repeats of any label and weight: nearly all differ.
    n, repeats, rng = 300, 24, np.random.default_rng(0)
    perturbed = np.repeat(np.arange(n), repeats)
    shape = (n * repeats, n)
    labels, weight = rng.integers(-1, 2, shape), rng.integers(1, 9, shape) / 8
    seen = observations(labels, weight, perturbed)
    cells = count_cells(seen)
    assert len(cells.tally) <= 1 << 16
    exact = np.stack(
        [
            (seen.scored() * (labels == label) * weight).reshape(n, repeats, n).sum(axis=1).T
            for label in (-1, 0, 1)
        ],
        axis=2,
    )
    found = tally(cells)
    assert np.all((found >= exact) & (found - exact <= 0.25))
    assert np.array_equal(found == 0, exact == 0)
    prior = Prior(EditPrior(), Knowledge.nothing(n))
    priced = make_objective(network(n), cells, Rates().outcome_costs(3), prior)
    assert priced.class_cost[priced.cell_class].shape == (n, n, 7)
