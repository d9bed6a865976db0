from __future__ import annotations

import numpy as np
import pytest

from kgp.models.refinement.idleness import LEAST_IDLE, MOST_IDLE, idle_share
from kgp.models.refinement.objective import count_cells
from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import network

# 0 → 1 and 0 → 2; three targets behind 1, three behind 2; 9 has too few.
CASCADE = network(
    12,
    *((0, middle, 1) for middle in (1, 2, 9)),
    *((1, target, 1) for target in (3, 4, 5)),
    *((2, target, -1) for target in (6, 7, 8)),
    *((9, target, 1) for target in (10, 11)),
)


def seen(*responding: int, repeats: int = 1, partner: int | None = None) -> Observations:
    """Perturb gene 0, to which ``responding`` respond."""
    labels = np.zeros((repeats, 12), np.int8)
    labels[:, list(responding)] = 1
    return Observations(
        np.zeros(repeats, np.int32),
        np.ones(repeats, np.int8),
        labels,
        np.ones(labels.shape, bool),
        tuple(f"s:{i}" for i in range(repeats)),
        () if partner is None else (((partner, 1),),) * repeats,
    )


def share(observed: Observations, wrong: float = 0.0) -> float:
    return idle_share(CASCADE, count_cells(observed), wrong)


def test_an_edge_is_idle_where_nothing_behind_it_shows() -> None:
    # Behind 2 nothing, behind 1 something: one of two, with half an edge of ten seen before.
    assert share(seen(4)) == pytest.approx((0.5 + 1) / (10 + 2))
    assert share(seen(1)) == pytest.approx((0.5 + 1) / (10 + 2))


def test_an_edge_is_not_idle_where_its_target_or_any_behind_it_responds() -> None:
    assert share(seen(1, 6)) == pytest.approx(0.5 / 12)


def test_an_edge_with_fewer_than_three_witnesses_does_not_count() -> None:
    # 9 responds or not: it is not asked.
    assert share(seen(1, 6, 9)) == share(seen(1, 6))


def test_what_was_not_measured_is_no_witness() -> None:
    observed = seen(1)
    observed.measured[0, [6, 7]] = False
    assert share(observed) == pytest.approx(0.5 / 11)
    observed.measured[0, 1] = False
    assert share(observed) == pytest.approx(0.5 / 10)


def test_what_wrong_edges_account_for_is_taken_off() -> None:
    assert share(seen(11), wrong=0.1) == pytest.approx((2.5 / 12 - 0.1) / 0.9)


def test_repeats_are_one_experiment_in_which_the_majority_tells() -> None:
    observed = seen(1, 6, repeats=3)
    observed.labels[:2, 6] = 0
    assert share(observed) == pytest.approx(1.5 / 12)
    observed.labels[0, 6] = 1
    assert share(observed) == pytest.approx(0.5 / 12)


def test_combinations_do_not_count() -> None:
    assert share(seen(1, partner=11)) == pytest.approx(0.5 / 10)


def test_the_share_stays_between_its_bounds() -> None:
    assert share(seen(1, 6), wrong=0.5) == LEAST_IDLE
    assert fan(60) == pytest.approx(60.5 / 70)
    assert fan(300) == MOST_IDLE


def fan(middles: int) -> float:
    """Return the share where 0 acts on so many genes, each with three targets, and none moves."""
    behind = [(m, middles + 3 * m - k, 1) for m in range(1, middles + 1) for k in range(3)]
    wide = network(4 * middles + 1, *((0, m, 1) for m in range(1, middles + 1)), *behind)
    labels = np.zeros((1, wide.n_genes), np.int8)
    one = np.zeros(1, np.int32), np.ones(1, np.int8)
    observed = Observations(*one, labels, np.ones(labels.shape, bool), ("s",))
    return idle_share(wide, count_cells(observed), 0.0)
