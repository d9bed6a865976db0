"""Which node each identifier means."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.platform.resolve import Resolution, components, part_names, resolve

Pairs = list[tuple[int, int]]


def pairs(rows: Pairs) -> np.ndarray:
    return np.array(rows, np.int64).reshape(-1, 2)


def run(ranks: list[int], exact: Pairs, synonym: Pairs) -> Resolution:
    edges = pairs(exact)
    found = components(len(ranks), edges)
    return resolve(np.array(ranks, np.int64), found, edges, pairs(synonym))


@pytest.mark.parametrize(
    ("ranks", "exact", "synonym", "expected", "ambiguous"),
    [
        pytest.param([0, 1], [], [], [0, 1], [], id="nothing said: each stands for itself"),
        pytest.param([0, 1], [(1, 0)], [], [0, 0], [], id="the preferred prefix is the node"),
        pytest.param([2, 1, 0], [(0, 1), (1, 2)], [], [2, 2, 2], [], id="through a chain"),
        pytest.param([0, 0, 1], [(2, 0), (2, 1)], [], [0, 1, 2], [2], id="two equally near"),
        pytest.param(
            [0, 1, 1, 0], [(0, 1), (1, 2), (2, 3)], [], [0, 0, 3, 3], [], id="each to the nearest"
        ),
        pytest.param(
            [0, 1, 1, 1, 0],
            [(0, 1), (1, 2), (2, 3), (3, 4)],
            [],
            [0, 0, 2, 4, 4],
            [2],
            id="the middle of two stays apart",
        ),
        pytest.param(
            [0, 0, 1, 1], [(0, 2), (1, 2), (2, 3)], [], [0, 1, 2, 3], [2], id="ambiguity ends there"
        ),
        pytest.param([0, 9], [], [(0, 1)], [0, 0], [], id="an alias"),
        pytest.param([0, 0, 9], [], [(0, 2), (1, 2)], [0, 1, 2], [2], id="an alias of two"),
        pytest.param([0, 9], [], [(0, 1), (0, 1)], [0, 0], [], id="said twice"),
        pytest.param([0, 0, 9], [(0, 2)], [(1, 2)], [0, 1, 0], [], id="exact wins over alias"),
        pytest.param([1, 0, 9], [(0, 1)], [(0, 2)], [1, 1, 1], [], id="alias of what is no node"),
        pytest.param([5, 5], [], [(0, 1), (1, 0)], [0, 1], [], id="aliases of each other"),
        pytest.param([0, 5, 5], [], [(0, 1), (1, 2)], [0, 0, 2], [], id="no alias of an alias"),
        pytest.param([3], [(0, 0)], [(0, 0)], [0], [], id="itself"),
    ],
)
def test_a_case_worked_out_by_hand(
    ranks: list[int], exact: Pairs, synonym: Pairs, expected: list[int], ambiguous: list[int]
) -> None:
    found = run(ranks, exact, synonym)
    assert found.representative.tolist() == expected
    assert np.flatnonzero(found.ambiguous).tolist() == ambiguous


@pytest.mark.parametrize(
    ("ranks", "exact", "synonym", "expected", "ambiguous"),
    [
        pytest.param([0, 0, 9], [(0, 2)], [(1, 2)], [0, 1, 0], [], id="own name wins over alias"),
        pytest.param([0, 0, 9], [(0, 2), (1, 2)], [], [0, 1, 2], [2], id="own name of two"),
        pytest.param([0, 5, 9], [(0, 2), (1, 2)], [], [0, 1, 2], [2], id="a name joins nothing"),
        pytest.param([0, 5, 9], [(2, 0), (0, 1)], [], [0, 0, 0], [], id="whichever stands first"),
        pytest.param(
            [0, 0, 9, 0], [(0, 2), (1, 2)], [(3, 2)], [0, 1, 2, 3], [2], id="alias settles no tie"
        ),
    ],
)
def test_a_bare_name_worked_out_by_hand(
    ranks: list[int], exact: Pairs, synonym: Pairs, expected: list[int], ambiguous: list[int]
) -> None:
    """Entity 2 is a bare symbol."""
    plain, named = part_names(pairs(exact), np.arange(len(ranks)) == 2)
    found = components(len(ranks), plain)
    result = resolve(np.array(ranks, np.int64), found, plain, pairs(synonym), named)
    assert result.representative.tolist() == expected
    assert np.flatnonzero(result.ambiguous).tolist() == ambiguous


def test_two_bare_names_are_never_one() -> None:
    plain, named = part_names(pairs([(0, 1), (1, 2)]), np.array([True, True, False]))
    assert plain.tolist() == []
    assert named.tolist() == [[2, 1]]


def test_nothing_resolves_to_nothing() -> None:
    assert len(run([], [], []).representative) == 0


def test_components_join_what_exact_pairs_join() -> None:
    found = components(5, pairs([(0, 3), (3, 4)])).tolist()
    assert found[0] == found[3] == found[4]
    assert len({found[0], found[1], found[2]}) == 3


N = 7
entity = st.integers(0, N - 1)
some_pairs = st.lists(st.tuples(entity, entity), max_size=8)
ranks = st.lists(st.integers(0, 3), min_size=N, max_size=N)


@given(ranks, some_pairs, some_pairs, st.permutations(range(N)))
def test_the_answer_is_a_function_of_the_statements_alone(
    rank: list[int], exact: Pairs, synonym: Pairs, order: list[int]
) -> None:
    """Neither the numbering of entities nor the order or direction of statements counts."""
    found = run(rank, exact, synonym)
    new = np.array(order)
    renumbered = [0] * N
    for old, place in enumerate(order):
        renumbered[place] = rank[old]
    again = run(
        renumbered,
        [(order[b], order[a]) for a, b in reversed(exact)] * 2,
        [(order[a], order[b]) for a, b in reversed(synonym)],
    )
    assert (again.representative[new] == new[found.representative]).all()
    assert (again.ambiguous[new] == found.ambiguous).all()


@given(ranks, some_pairs, some_pairs)
def test_what_stands_for_others_stands_for_itself(
    rank: list[int], exact: Pairs, synonym: Pairs
) -> None:
    found = run(rank, exact, synonym)
    meant = found.representative
    assert (meant[meant] == meant).all()
    assert (meant[found.ambiguous] == np.flatnonzero(found.ambiguous)).all()


@given(ranks, some_pairs)
def test_nodes_have_the_best_rank_of_their_component(rank: list[int], exact: Pairs) -> None:
    found, group = run(rank, exact, []), components(N, pairs(exact))
    for item in range(N):
        best = min(rank[other] for other in range(N) if group[other] == group[item])
        node = found.representative[item]
        assert group[node] == group[item]
        assert rank[node] == best or node == item
