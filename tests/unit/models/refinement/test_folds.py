from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.folds import components, make_folds
from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.brute_force import experiments

if TYPE_CHECKING:
    from kgp.models.refinement.perturbations import Seeds

N_GENES = 12


def of(rows: tuple[Seeds, ...], groups: tuple[str, ...] = ()) -> Observations:
    shape = (len(rows), N_GENES)
    return Observations(
        np.array([row[0][0] for row in rows], np.int32),
        np.array([row[0][1] for row in rows], np.int8),
        np.zeros(shape, np.int8),
        np.ones(shape, bool),
        tuple(map(str, range(len(rows)))),
        tuple(row[1:] for row in rows),
        groups=groups,
    )


@st.composite
def grouped(draw: st.DrawFn) -> Observations:
    """Any experiments, some in groups, some alone."""
    rows = draw(experiments(N_GENES, max_rows=12))
    names = st.sampled_from(["", "a", "b", "c", "d"])
    groups = draw(st.lists(names, min_size=len(rows), max_size=len(rows)))
    return of(rows, draw(st.sampled_from([(), tuple(groups)])))


def related(seen: Observations, one: int, other: int) -> bool:
    genes = [{gene for gene, _ in seen.seeds()[row]} for row in (one, other)]
    groups = {seen.groups[row] for row in (one, other)} if seen.groups else {""}
    return bool(genes[0] & genes[1]) or (len(groups) == 1 and groups != {""})


@given(grouped())
def test_components_are_what_relatives_of_relatives_make(seen: Observations) -> None:
    component = components(seen)
    n = seen.n_observations
    together = np.array([[related(seen, a, b) for b in range(n)] for a in range(n)])
    for _ in range(n):
        together |= together @ together
    np.testing.assert_array_equal(component[:, None] == component[None, :], together)


@given(grouped(), st.integers(2, 6), st.integers(0, 9))
def test_folds_hold_every_row_once_and_share_nothing(
    seen: Observations, n_folds: int, seed: int
) -> None:
    n_components = len(set(components(seen).tolist()))
    assume(n_components > 1)
    folds = make_folds(seen, n_folds, seed)
    assert len(folds) == min(n_folds, n_components)
    held_out = np.concatenate([test for _, test in folds])
    assert sorted(held_out.tolist()) == list(range(seen.n_observations))
    for train, test in folds:
        assert len(train)
        assert len(test)
        assert not any(related(seen, a, b) for a in train.tolist() for b in test.tolist())


@given(grouped(), st.integers(2, 6))
def test_no_two_folds_differ_by_more_than_the_largest_component(
    seen: Observations, n_folds: int
) -> None:
    component = components(seen)
    assume(component.max() > 0)
    sizes = np.bincount(make_folds(seen, n_folds).fold)
    assert sizes.max() - sizes.min() <= np.bincount(component).max()


def test_the_seed_alone_decides_between_equals() -> None:
    seen = of(tuple(((gene, 1),) for gene in range(10)))
    assert make_folds(seen, 3, 1).fold.tolist() == make_folds(seen, 3, 1).fold.tolist()
    assert any((make_folds(seen, 3, 1).fold != make_folds(seen, 3, k).fold).any() for k in (2, 3))


def test_shared_controls_make_fewer_folds_and_it_is_said() -> None:
    rows = tuple(((gene, -1),) for gene in range(6))
    folds = make_folds(of(rows, ("a", "a", "a", "b", "b", "")), 5)
    assert (len(folds), folds.n_components) == (3, 3)
    assert "3 folds of 3, 2, 1 observations instead of 5" in str(folds)


def test_observations_that_all_hang_together_are_refused() -> None:
    seen = of((((0, 1),), ((0, 1), (1, -1)), ((1, 1),)))
    with pytest.raises(BadInputError, match="all 3 observations hang together"):
        make_folds(seen)


def test_one_fold_is_refused() -> None:
    seen = of((((0, 1),), ((1, 1),)))
    with pytest.raises(BadInputError, match="1 folds"):
        make_folds(seen, 1)


def test_an_empty_group_ties_nothing_together() -> None:
    seen = of((((0, 1),), ((1, 1),)), ("", ""))
    assert components(seen).tolist() == [0, 1]
    assert components(replace(seen, groups=("a", "a"))).tolist() == [0, 0]
