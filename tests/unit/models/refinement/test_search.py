from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.damage import add_noise, damage, observe
from kgp.models.refinement.kernels import accept
from kgp.models.refinement.layout import (
    evaluate,
    find_edges,
    make_reach,
    make_scratch,
    make_state,
    price,
)
from kgp.models.refinement.likelihood import Rates, unit_costs
from kgp.models.refinement.objective import (
    Objective,
    count_cells,
    count_outcomes,
    make_objective,
    total_cost,
)
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning import Lengths, walk_counts
from kgp.models.refinement.scan import scan_columns
from kgp.models.refinement.scores import direct_f1
from kgp.models.refinement.search import local_search
from tests.unit.models.refinement.brute_force import (
    experiments,
    linked_networks,
    observe_at_random,
    predict,
)
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

CELL_COST = Rates().cell_costs()


@dataclass
class World:
    """A network with links, and priced observations of combinations, weighted and gapped."""

    built: SignedNetwork
    seen: Observations
    objective: Objective
    lengths: list[int]

    def cost(self, edited: SignedNetwork) -> float:
        """Return the objective, walk by walk, cell by cell and edit by edit."""
        seen, total = self.seen, 0.0
        assert seen.weight is not None
        for row, seeds in enumerate(seen.seeds()):
            predicted = predict(edited, seeds, self.lengths)
            perturbed = {gene for gene, _ in seeds}
            for gene in range(seen.n_genes):
                if seen.measured[row, gene] and gene not in perturbed:
                    cost = CELL_COST[predicted[gene] + 1, seen.labels[row, gene] + 1]
                    total += cost * seen.weight[row, gene]
        before, after = self.built.signs(), edited.signs()
        kinds = self.objective.prior.kinds
        for pair in before.keys() | after.keys():
            if before.get(pair, 0) != after.get(pair, 0):
                removed = kinds.flip if pair in after else kinds.remove
                total += removed if pair in before else kinds.add
        return total


@st.composite
def worlds(draw: st.DrawFn, max_genes: int = 4, lengths: Lengths | None = None) -> World:
    """Any small world; its labels and weights come from a drawn seed."""
    built = draw(linked_networks(max_genes))
    longest = draw(st.integers(1, 4))
    how: Lengths = lengths or draw(st.sampled_from(["upto", "exact"]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    seen = observe_at_random(built, draw(experiments(built.n_genes)), rng)
    prior = Prior(EditPrior(add=7.0, remove=2.0, flip=4.0), Knowledge.nothing(built.n_genes))
    cells = count_cells(seen)
    objective = make_objective(built, cells, CELL_COST, prior, max_length=longest, lengths=how)
    counted = [longest] if how == "exact" else list(range(1, longest + 1))
    return World(built, seen, objective, counted)


def count(objective: Objective, built: SignedNetwork) -> np.ndarray:
    return walk_counts(
        built, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )


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
    """Make one edit; links stay."""
    edges = built.signs() | {(int(move[0]), int(move[1])): int(move[3])}
    columns = np.array([(*pair, sign) for pair, sign in edges.items()], np.int32)
    return built.with_edges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int8))


@settings(max_examples=50, deadline=None)
@given(worlds())
def test_the_objective_is_the_sum_over_cells_and_edits(world: World) -> None:
    for edited in (world.built, *(apply(world.built, m) for m in all_moves(world.built)[::5])):
        assert total_cost(world.objective, edited) == pytest.approx(world.cost(edited))


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_outcomes_are_the_weighed_cells_by_prediction_and_label(world: World) -> None:
    seen, objective = world.seen, world.objective
    assert seen.weight is not None
    expected = np.zeros((3, 3))
    for row, seeds in enumerate(seen.seeds()):
        predicted = predict(world.built, seeds, world.lengths)
        for gene in np.flatnonzero(seen.scored()[row]).tolist():
            expected[predicted[gene] + 1, seen.labels[row, gene] + 1] += seen.weight[row, gene]
    # A row may be counted turned round, prediction and label alike.
    found = count_outcomes(world.built, count_cells(seen), objective.max_length, objective.lengths)
    np.testing.assert_allclose(found + found[::-1, ::-1], expected + expected[::-1, ::-1])


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_the_change_by_any_edit_is_that_of_computing_anew(world: World) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    state = make_state(objective, built, count(objective, built), moves[:, :2])
    change = evaluate(state, make_scratch(objective), moves) + price(objective, moves)
    before = world.cost(built)
    expected = [world.cost(apply(built, move)) - before for move in moves]
    np.testing.assert_allclose(change, expected, atol=1e-9)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.integers(0, 99))
def test_walk_counts_stay_exact_through_any_sequence_of_edits(world: World, seed: int) -> None:
    built, objective = world.built, world.objective
    moves = np.random.default_rng(seed).permutation(all_moves(built))
    counts = count(objective, built)
    state, scratch = make_state(objective, built, counts, moves[:, :2]), make_scratch(objective)
    edges = find_edges(state, moves, built.n_genes)
    _, change = accept(state, scratch[0], edges, moves[:, 3].astype(np.int8), -np.inf)
    now = built.with_edges(state.source, state.target, state.sign)
    np.testing.assert_array_equal(state.counts, count(objective, now))
    assert change == pytest.approx(world.cost(now) - world.cost(built), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_the_change_of_each_row_adds_up_to_the_whole(world: World) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    state = make_state(objective, built, count(objective, built), moves[:, :2])
    per_row = np.zeros((len(moves), len(objective.rows)))
    change = evaluate(state, make_scratch(objective), moves, per_row)
    np.testing.assert_allclose(per_row.sum(axis=1), change, atol=1e-9)


def test_many_edits_tried_in_threads_change_as_much_as_one_by_one() -> None:
    true = random_network(30, 90, seed=2)
    objective = clean(true, damage(true, 0.2, seed=0))
    built = objective.original
    moves = all_moves(built)
    state = make_state(objective, built, count(objective, built), moves[:, :2])
    several = make_scratch(objective) + make_scratch(objective)
    alone = np.concatenate([evaluate(state, several[:1], move[None]) for move in moves])
    np.testing.assert_array_equal(evaluate(state, several, moves), alone)


@settings(max_examples=40, deadline=None)
@given(worlds(lengths="upto"))
def test_the_scan_finds_every_addition_that_pays_into_a_gene_that_regulates_nothing(
    world: World,
) -> None:
    built, objective = world.built, world.objective
    state, scratch = make_state(objective, built, count(objective, built)), make_scratch(objective)
    onward = np.union1d(built.regulators, built.links[:, 0])
    ends = np.setdiff1d(np.arange(built.n_genes), onward).astype(np.int32)
    found, gains = scan_columns(state, make_reach(objective, built), ends, np.zeros(built.n_genes))
    scanned = {tuple(m): g for m, g in zip(found.tolist(), gains, strict=True) if g > 1e-9}
    moves = all_moves(built)
    moves = moves[(moves[:, 2] == 0) & np.isin(moves[:, 1], ends)]
    exact = -evaluate(state, scratch, moves)
    pays = {tuple(m): g for m, g in zip(moves.tolist(), exact, strict=True) if g > 1e-9}
    assert scanned == pytest.approx(pays)


def clean(true: SignedNetwork, damaged: SignedNetwork) -> Objective:
    prior = Prior(EditPrior(1.5, 1.5, 1.5), Knowledge.nothing(true.n_genes))
    cells = count_cells(observe(true, true.regulators))
    return make_objective(damaged, cells, unit_costs(), prior)


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
    objective = make_objective(damaged, count_cells(seen), CELL_COST, prior)
    found = local_search(objective)
    assert total_cost(objective, found) < total_cost(objective, damaged)
    assert local_search(objective).signs() == found.signs()


def test_the_search_starts_where_it_is_told_to() -> None:
    true = random_network(40, 80, seed=1)
    assert local_search(clean(true, damage(true, 0.2, 0)), start=true, max_sweeps=0) is true
