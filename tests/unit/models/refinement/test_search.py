from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.counting import count_walks, make_reach
from kgp.models.refinement.damage import add_noise, damage, observe
from kgp.models.refinement.kernels import accept
from kgp.models.refinement.layout import (
    evaluate,
    find_edges,
    make_scratch,
    make_state,
    price,
)
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.objective import (
    count_cells,
    count_outcomes,
    make_objective,
    outcomes,
    total_cost,
)
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.scan import scan_columns
from kgp.models.refinement.scores import direct_f1
from kgp.models.refinement.search import local_search
from tests.unit.models.refinement import brute_force
from tests.unit.models.refinement.priced_worlds import World, all_moves, apply, clean, worlds
from tests.unit.models.refinement.worlds import network, random_network

CAP = 1.5


@settings(max_examples=25)
@given(worlds())
def test_the_objective_is_the_sum_over_cells_and_edits(world: World) -> None:
    for edited in (world.built, *(apply(world.built, m) for m in all_moves(world.built)[::5])):
        assert total_cost(world.objective, edited) == pytest.approx(world.cost(edited))


@settings(max_examples=25)
@given(worlds())
def test_outcomes_name_the_sign_and_the_length_of_the_shortest_walk(world: World) -> None:
    objective = world.objective
    found = outcomes(world.built, objective.rows, objective.how)
    for row, seeds in enumerate(objective.rows.rows()):
        expected = brute_force.outcomes(world.built, seeds, objective.how)
        assert found[:, row].tolist() == expected.tolist()


@settings(max_examples=25)
@given(worlds())
def test_outcomes_are_counted_by_the_weight_of_each_label(world: World) -> None:
    seen, how = world.seen, world.objective.how
    assert seen.weight is not None
    expected = np.zeros((1 + 2 * how.max_length, 3))
    for row, seeds in enumerate(seen.seeds()):
        found = brute_force.outcomes(world.built, seeds, how)
        for gene in np.flatnonzero(seen.scored()[row]).tolist():
            expected[found[gene], seen.labels[row, gene] + 1] += seen.weight[row, gene]
    # A row may be counted turned round: rises become falls, and labels turn with them.
    turned = np.array([0, *(i + 1 if i % 2 else i - 1 for i in range(1, len(expected)))])
    counted = count_outcomes(world.built, count_cells(seen), how)
    both = counted + counted[turned, ::-1]
    np.testing.assert_allclose(both, expected + expected[turned, ::-1], atol=1e-5)


@settings(max_examples=25)
@given(worlds())
def test_walks_are_counted_by_length_and_sign(world: World) -> None:
    counts = count_walks(world.objective, world.built)
    for row, seeds in enumerate(world.objective.rows.rows()):
        for length in range(1, world.objective.how.max_length + 1):
            expected = brute_force.count_walks(world.built, seeds, length)
            np.testing.assert_array_equal(counts[:, row, length - 1], expected)


@settings(max_examples=25)
@given(worlds())
def test_the_change_by_any_edit_is_that_of_computing_anew(world: World) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    state = make_state(objective, built, moves)
    change = evaluate(state, make_scratch(objective), moves) + price(objective, moves)
    before = world.cost(built)
    expected = [world.cost(apply(built, move)) - before for move in moves]
    np.testing.assert_allclose(change, expected, atol=1e-6)


@settings(max_examples=25)
@given(worlds(cap=CAP))
def test_silence_counts_at_most_the_cap_for_a_curated_edge_and_in_full_for_others(
    world: World,
) -> None:
    built, objective, silent = world.built, world.objective, world.silent()
    moves = all_moves(built)
    per_row = np.zeros((len(moves), len(objective.rows)))
    evaluate(make_state(objective, built, moves), make_scratch(objective), moves, per_row)
    before = world.cells(built)
    for move, found in zip(moves, per_row, strict=True):
        change = world.cells(apply(built, move)) - before
        quiet, moved = (np.where(which, change, 0).sum(axis=1) for which in (silent, ~silent))
        bounded = np.clip(quiet, -CAP, CAP) if move[2] else quiet
        np.testing.assert_allclose(found, bounded + moved, atol=1e-6)


@settings(max_examples=30)
@given(worlds(cap=CAP), st.integers(0, 99))
def test_a_curated_edge_stays_one_while_it_is_removed(world: World, seed: int) -> None:
    built, objective = world.built, world.objective
    removals = all_moves(built)[all_moves(built)[:, 3] == 0]
    if not len(removals):
        return
    gone = np.random.default_rng(seed).choice(removals)
    back = gone[[0, 1, 3, 2]][None]
    state = make_state(objective, apply(built, gone))
    there = evaluate(make_state(objective, built), make_scratch(objective), gone[None])
    np.testing.assert_allclose(evaluate(state, make_scratch(objective), back), -there, atol=1e-6)


@settings(max_examples=25)
@given(worlds(), st.integers(0, 99))
def test_walk_counts_stay_exact_through_any_sequence_of_edits(world: World, seed: int) -> None:
    built, objective = world.built, world.objective
    moves = np.random.default_rng(seed).permutation(all_moves(built))
    state, scratch = make_state(objective, built, moves), make_scratch(objective)
    edges = find_edges(state, moves, built.n_genes)
    _, change = accept(state, scratch[0], edges, moves[:, 3].astype(np.int8), -np.inf)
    now = built.with_edges(state.source, state.target, state.sign)
    np.testing.assert_array_equal(state.counts, count_walks(objective, now))
    np.testing.assert_array_equal(state.lengths, make_state(objective, now).lengths)
    assert change == pytest.approx(world.cost(now) - world.cost(built), abs=1e-5)


@settings(max_examples=25)
@given(worlds(cap=CAP))
def test_the_change_of_each_row_adds_up_to_the_whole(world: World) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    per_row = np.zeros((len(moves), len(objective.rows)))
    state = make_state(objective, built, moves)
    change = evaluate(state, make_scratch(objective), moves, per_row)
    np.testing.assert_allclose(per_row.sum(axis=1), change, atol=1e-9)


def test_many_edits_tried_in_threads_change_as_much_as_one_by_one() -> None:
    true = random_network(30, 90, seed=2)
    objective = clean(true, damage(true, 0.2, seed=0))
    built = objective.original
    moves = all_moves(built)
    state = make_state(objective, built, moves)
    several = make_scratch(objective, 4)
    alone = np.concatenate([evaluate(state, several[:1], move[None]) for move in moves])
    np.testing.assert_array_equal(evaluate(state, several, moves), alone)


@settings(max_examples=40)
@given(worlds())
def test_the_scan_finds_every_addition_that_pays_into_a_gene_that_regulates_nothing(
    world: World,
) -> None:
    built, objective = world.built, world.objective
    state, scratch = make_state(objective, built), make_scratch(objective)
    onward = np.union1d(built.regulators, built.links[:, 0])
    ends = np.setdiff1d(np.arange(built.n_genes), onward).astype(np.int32)
    found, gains = scan_columns(state, make_reach(objective, built), ends, np.zeros(built.n_genes))
    scanned = {tuple(m): g for m, g in zip(found.tolist(), gains, strict=True) if g > 1e-9}
    moves = all_moves(built)
    moves = moves[(moves[:, 2] == 0) & np.isin(moves[:, 1], ends)]
    exact = -evaluate(state, scratch, moves)
    pays = {tuple(m): g for m, g in zip(moves.tolist(), exact, strict=True) if g > 1e-9}
    assert scanned == pytest.approx(pays)


@settings(max_examples=25)
@given(worlds())
def test_no_single_edit_lowers_what_a_search_found(world: World) -> None:
    found = local_search(world.objective)
    moves, onward = all_moves(found), np.union1d(found.regulators, found.links[:, 0])
    # Additions into genes that regulate are tried where their own column gains.
    moves = moves[(moves[:, 2] != 0) | ~np.isin(moves[:, 1], onward)]
    best = world.cost(found)
    assert all(world.cost(apply(found, move)) > best - 1e-5 for move in moves)


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
    prior = Prior(EditPrior(), Knowledge.nothing(60))
    objective = make_objective(damaged, count_cells(seen), Rates().outcome_costs(3), prior)
    found = local_search(objective)
    assert total_cost(objective, found) < total_cost(objective, damaged)
    assert local_search(objective).signs() == found.signs()


def test_the_search_starts_where_it_is_told_to() -> None:
    true = random_network(40, 80, seed=1)
    assert local_search(clean(true, damage(true, 0.2, 0)), start=true, max_sweeps=0) is true


def test_sweeps_that_go_round_end_as_if_all_were_made() -> None:
    true = random_network(24, 60, seed=21)
    damaged = damage(true, 0.4, seed=21)
    seen = add_noise(observe(true, true.regulators), 21)
    prior = Prior(EditPrior(0.5, 0.5, 0.5), Knowledge.nothing(24))
    costs = Rates().outcome_costs(3)
    objective = make_objective(damaged, count_cells(seen), costs, prior, cap=0.3)
    swept, threshold, ends = damaged, 30.0, []
    for _ in range(40):
        swept = local_search(objective, start=swept, start_threshold=threshold, max_sweeps=1)
        threshold = threshold / 2 if threshold > 0.5 else 1e-9
        ends.append(swept.signs())
    assert [ends[-1 - k] == ends[-1] for k in range(9)] == [k % 4 == 0 for k in range(9)]
    for most in range(20, 40):
        assert local_search(objective, max_sweeps=most).signs() == ends[most - 1]
