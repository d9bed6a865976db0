from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.damage import add_noise, damage, observe
from kgp.models.refinement.kernels import accept, evaluate
from kgp.models.refinement.likelihood import EditPrior, Rates, unit_costs
from kgp.models.refinement.objective import Objective, make_objective, total_cost
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.reasoning import Lengths, walk_counts
from kgp.models.refinement.scores import direct_f1
from kgp.models.refinement.search import (
    find_edges,
    local_search,
    make_reach,
    make_scratch,
    make_state,
    scan_columns,
)
from tests.unit.models.refinement.worlds import network, networks, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork


def all_moves(built: SignedNetwork) -> np.ndarray:
    """Every edit of every pair of genes, [n, 4]."""
    sign, n = built.to_matrix(), built.n_genes
    return np.array(
        [
            (i, j, sign[i, j], after)
            for i in range(n)
            for j in range(n)
            for after in (-1, 0, 1)
            if i != j and after != sign[i, j]
        ],
        dtype=np.int32,
    )


def apply(built: SignedNetwork, move: np.ndarray) -> SignedNetwork:
    """Make one edit."""
    edges = built.signs() | {(int(move[0]), int(move[1])): int(move[3])}
    return network(built.n_genes, *((*pair, sign) for pair, sign in edges.items() if sign))


def price_all(
    built: SignedNetwork, labels: np.random.Generator, longest: int, lengths: Lengths
) -> Objective:
    """Price random labels, with a repeat, a knock-out and cells that were not measured."""
    n = built.n_genes
    perturbed = np.append(np.arange(n), 0).astype(np.int32)
    shape = (n + 1, n)
    seen = Observations(
        perturbed,
        labels.choice(np.array([-1, 1], np.int8), size=n + 1),
        labels.integers(-1, 2, size=shape).astype(np.int8),
        labels.random(shape) < 0.8,
        tuple(map(str, range(n + 1))),
    )
    seen.labels[:2, :] = 1
    seen.measured[:2, :] = True
    costs = Rates().cell_costs(), EditPrior().costs()
    return make_objective(built, seen, *costs, max_length=longest, lengths=lengths)


@settings(max_examples=25, deadline=None)
@given(networks(5), st.integers(1, 4), st.sampled_from(["upto", "exact"]), st.integers(0, 99))
def test_the_change_by_any_edit_is_that_of_computing_anew(
    built: SignedNetwork, longest: int, lengths: Lengths, seed: int
) -> None:
    objective = price_all(built, np.random.default_rng(seed), longest, lengths)
    counts = walk_counts(built, objective.rows, max_length=longest, lengths=lengths)
    moves = all_moves(built)
    state, scratch = make_state(objective, built, counts, moves[:, :2]), make_scratch(objective)
    change = evaluate(state, *scratch, moves, np.empty((0, 0)))
    before = total_cost(objective, built)
    expected = [total_cost(objective, apply(built, move)) - before for move in moves]
    price = objective.edit_cost[moves[:, 2] + 1, moves[:, 3] + 1]
    np.testing.assert_allclose(change + price, expected, atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(networks(5), st.integers(1, 4), st.sampled_from(["upto", "exact"]), st.integers(0, 99))
def test_walk_counts_stay_exact_through_any_sequence_of_edits(
    built: SignedNetwork, longest: int, lengths: Lengths, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    objective = price_all(built, rng, longest, lengths)
    counts = walk_counts(built, objective.rows, max_length=longest, lengths=lengths)
    moves = rng.permutation(all_moves(built))
    state, scratch = make_state(objective, built, counts, moves[:, :2]), make_scratch(objective)
    edges = find_edges(state, moves, built.n_genes)
    _, change = accept(state, *scratch, edges, moves[:, 3].astype(np.int8), -np.inf)
    now = built.with_edges(state.source, state.target, state.sign)
    anew = walk_counts(now, objective.rows, max_length=longest, lengths=lengths)
    np.testing.assert_array_equal(state.counts, anew)
    assert change == pytest.approx(total_cost(objective, now) - total_cost(objective, built))


@settings(max_examples=25, deadline=None)
@given(networks(5), st.integers(1, 3), st.integers(0, 99))
def test_the_scan_finds_every_addition_that_pays_into_a_gene_that_regulates_nothing(
    built: SignedNetwork, longest: int, seed: int
) -> None:
    objective = price_all(built, np.random.default_rng(seed), longest, "upto")
    counts = walk_counts(built, objective.rows, max_length=longest)
    state, scratch = make_state(objective, built, counts), make_scratch(objective)
    ends = np.setdiff1d(np.arange(built.n_genes), built.regulators).astype(np.int32)
    found, gains = scan_columns(state, make_reach(objective, built), ends, np.zeros(built.n_genes))
    scanned = {tuple(move): gain for move, gain in zip(found.tolist(), gains, strict=True)}
    moves = all_moves(built)
    moves = moves[(moves[:, 2] == 0) & np.isin(moves[:, 1], ends)]
    exact = -evaluate(state, *scratch, moves, np.empty((0, 0)))
    pays = {tuple(m): g for m, g in zip(moves.tolist(), exact, strict=True) if g > 1e-9}
    assert scanned == pytest.approx(pays)


def clean(true: SignedNetwork, damaged: SignedNetwork) -> Objective:
    seen = observe(true, true.regulators)
    return make_objective(damaged, seen, unit_costs(), EditPrior(1.5, 1.5, 1.5).costs())


def test_an_undamaged_network_is_left_as_it_is() -> None:
    true = random_network(40, 80, seed=1)
    assert local_search(clean(true, true)).signs() == true.signs()


def test_a_removed_and_a_spurious_edge_are_put_right() -> None:
    true = network(8, (0, 1, 1), (0, 2, 1), (1, 3, -1), (1, 4, 1), (1, 5, 1), (0, 6, 1))
    damaged = network(8, (0, 2, 1), (1, 3, -1), (1, 4, 1), (1, 5, 1), (0, 6, 1), (1, 7, 1))
    assert local_search(clean(true, damaged)).signs() == true.signs()


def test_a_damaged_network_comes_nearer_to_the_truth() -> None:
    true = random_network(120, 300, seed=3)
    damaged = damage(true, 0.2, seed=4)
    found = local_search(clean(true, damaged))
    assert direct_f1(true, found) > direct_f1(true, damaged) + 0.03


def test_the_objective_falls_and_the_search_is_deterministic() -> None:
    true = random_network(60, 150, seed=5)
    damaged = damage(true, 0.3, seed=6)
    seen = add_noise(observe(true, true.regulators), seed=7)
    objective = make_objective(damaged, seen, Rates().cell_costs(), EditPrior().costs())
    found = local_search(objective)
    assert total_cost(objective, found) < total_cost(objective, damaged)
    assert local_search(objective).signs() == found.signs()


def test_the_search_starts_where_it_is_told_to() -> None:
    true = random_network(40, 80, seed=1)
    assert local_search(clean(true, damage(true, 0.2, 0)), start=true, max_sweeps=0) is true
