from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.structure import Structure
from tests.unit.models.refinement.worlds import network, networks

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

N = 4
NOTHING = Knowledge.nothing(N)
KINDS = EditPrior(add=8.0, remove=2.0, flip=5.0)
EVERY_PAIR = [(i, j) for i in range(N) for j in range(N) if i != j]


def cost(
    knowledge: Knowledge, pair: tuple[int, int], original: int, floor: float = 0.0
) -> list[float]:
    """Return the cost of -1, 0 and +1 of one pair."""
    source, target = (np.array([end], np.int32) for end in pair)
    prior = Prior(KINDS, knowledge)
    found = prior.costs(source, target, np.array([original], np.int8), floor=floor)
    return [float(each) for each in found[0]]


def keys(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(sorted(i * N + j for i, j in pairs), np.int64)


def known(**log_odds: float) -> Knowledge:
    """Know something about the pair 0 → 1, the regulator 0 or the target 1."""
    regulator, target = np.zeros(N), np.zeros(N)
    regulator[0], target[1] = log_odds.get("regulator", 0.0), log_odds.get("target", 0.0)
    pair = np.array([log_odds.get("pair", 0.0)])
    return replace(NOTHING, keys=keys((0, 1)), log_odds=pair, regulator=regulator, target=target)


def test_each_kind_of_edit_has_its_cost_and_no_edit_has_none() -> None:
    assert cost(NOTHING, (0, 1), 0) == [8, 0, 8]
    assert cost(NOTHING, (0, 1), 1) == [5, 2, 0]
    assert cost(NOTHING, (0, 1), -1) == [0, 2, 5]


def test_support_makes_an_edge_cheaper_to_add_and_dearer_to_remove_and_leaves_its_sign() -> None:
    support = known(pair=3.0, regulator=0.5, target=-1.0)
    assert cost(support, (0, 1), 0) == [5.5, 0, 5.5]
    assert cost(support, (0, 1), 1) == [5, 4.5, 0]
    assert cost(support, (0, 2), 0) == [7.5, 0, 7.5]
    assert cost(support, (2, 1), 0) == [9, 0, 9]
    assert cost(support, (2, 3), 0) == [8, 0, 8]


def test_a_surer_sign_is_dearer_to_flip_and_the_edge_no_dearer_to_remove() -> None:
    signs = replace(NOTHING, signed=keys((0, 1), (0, 2)), sign=np.array([1.5, -6.0]))
    assert cost(signs, (0, 1), 1) == [6.5, 2, 0]
    assert cost(signs, (0, 1), 0) == [8, 0, 8]
    assert cost(signs, (0, 2), 1) == [0, 2, 0]
    assert cost(signs, (0, 2), 1, floor=-np.inf) == [-1, 2, 0]
    assert cost(signs, (2, 1), -1) == [0, 2, 5]


def test_no_edit_pays_without_data_however_strong_the_support() -> None:
    assert cost(known(pair=11.0), (0, 1), 0) == [0, 0, 0]
    assert cost(known(pair=-3.0), (0, 1), 1) == [5, 0, 0]


def test_without_a_floor_the_prior_odds_are_as_they_are() -> None:
    assert cost(known(pair=11.0), (0, 1), 0, floor=-np.inf) == [-3, 0, -3]
    assert cost(known(pair=-3.0), (0, 1), 1, floor=-np.inf) == [5, -1, 0]


@pytest.mark.parametrize("original", [-1, 0, 1])
def test_a_frozen_pair_can_only_stay_as_it_was(original: int) -> None:
    frozen = replace(NOTHING, frozen=keys((0, 1), (2, 3)))
    expected = [np.inf] * 3
    expected[original + 1] = 0.0
    assert cost(frozen, (0, 1), original) == expected
    assert np.isfinite(cost(frozen, (1, 0), original)).all()


@pytest.mark.parametrize(
    "limits",
    [
        {"allowed": keys((0, 1), (2, 3))},
        {"sources": np.array([True, False, True, False])},
        {"targets": np.array([False, True, False, True])},
    ],
    ids=["allowed", "sources", "targets"],
)
def test_limits_forbid_additions_elsewhere_and_no_other_edit(
    limits: dict[str, np.ndarray],
) -> None:
    limited = replace(NOTHING, **limits)
    assert cost(limited, (0, 1), 0) == [8, 0, 8]
    assert cost(limited, (1, 0), 0) == [np.inf, 0, np.inf]
    assert cost(limited, (1, 0), 1) == [5, 2, 0]


def test_no_pair_at_all_may_be_added_where_none_is_allowed() -> None:
    limited = replace(NOTHING, allowed=np.zeros(0, np.int64))
    assert all(cost(limited, pair, 0) == [np.inf, 0, np.inf] for pair in EVERY_PAIR)


def test_degrees_add_their_slopes() -> None:
    # 0 has two targets, 1 three regulators; the mean of log(k + 1/2) is set to 0.
    degrees = Structure(
        np.array([2, 0, 1, 1]), np.array([0, 3, 1, 0]), np.array([True, False, False, False])
    )
    slopes = replace(degrees, wrong=(1.0, 10.0, 0.25, 100.0), missing=(1.0, 10.0))
    prior = Prior(KINDS, NOTHING, slopes)
    ends = np.array([0], np.int32), np.array([1], np.int32)
    # The edge itself does not count: 1 and 2 are left of an edge that is there.
    present = prior.costs(*ends, np.array([1], np.int8))[0, 1]
    expected = 2 + 101 * np.log(1.5) + 10 * np.log(2.5) + 0.25
    assert present == pytest.approx(expected)
    absent = prior.costs(*ends, np.array([0], np.int8), floor=-np.inf)[0, 2]
    assert absent == pytest.approx(8 - np.log(2.5) - 10 * np.log(3.5))


SLOPES = st.tuples(*[st.floats(-3, 3)] * 2)


@settings(max_examples=60)
@given(networks(N), st.integers(0, 999), SLOPES)
def test_no_addition_costs_less_than_the_bound(
    built: SignedNetwork, seed: int, missing: tuple[float, float]
) -> None:
    rng, n = np.random.default_rng(seed), built.n_genes
    some = np.flatnonzero(rng.random(n * n) < 0.4)
    knowledge = replace(
        Knowledge.nothing(n),
        keys=some,
        log_odds=rng.normal(0, 3, len(some)),
        regulator=rng.normal(0, 2, n),
        target=rng.normal(0, 2, n),
    )
    structure = replace(Structure.of(built, np.zeros(0, np.int32)), missing=missing)
    prior = Prior(KINDS, knowledge, structure)
    source, target = (each.ravel().astype(np.int32) for each in np.indices((n, n)))
    absent = (source != target) & (built.to_matrix()[source, target] == 0)
    ends = source[absent], target[absent]
    additions = prior.costs(*ends, np.zeros(absent.sum(), np.int8))[:, [0, 2]]
    assert additions.min(initial=np.inf) >= prior.least_addition() - 1e-9


def test_the_bound_is_the_cost_itself_where_nothing_is_known() -> None:
    assert Prior(KINDS, NOTHING).least_addition() == 8.0
    structure = Structure.of(network(N, (0, 1, 1)), np.zeros(0, np.int32))
    assert Prior(KINDS, NOTHING, structure).least_addition() == 8.0


@pytest.mark.parametrize("value", [-0.5, float("nan")])
@pytest.mark.parametrize("kind", ["add", "remove", "flip"])
def test_a_cost_below_zero_is_refused(kind: str, value: float) -> None:
    with pytest.raises(BadInputError, match=kind):
        replace(KINDS, **{kind: value})
