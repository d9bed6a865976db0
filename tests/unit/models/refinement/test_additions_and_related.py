from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.additions import evaluate_additions, mark_stale
from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.kernels import make_edit
from kgp.models.refinement.layout import (
    edits_of_known_edges,
    evaluate,
    evaluate_added,
    make_scratch,
    make_state,
)
from kgp.models.refinement.related import find_related
from tests.unit.models.refinement.priced_worlds import World, all_moves, apply, worlds

CAP = 1.5


@settings(max_examples=40)
@given(worlds(cap=CAP), st.integers(0, 99))
def test_additions_tried_together_change_what_they_change_one_by_one(
    world: World, seed: int
) -> None:
    built, objective = world.built, world.objective
    # A curated edge that was taken away can be added again, and is bounded as curated.
    gone = all_moves(built)[all_moves(built)[:, 3] == 0]
    if len(gone):
        built = apply(built, np.random.default_rng(seed).choice(gone))
    moves = all_moves(built)
    moves = moves[moves[:, 2] == 0]
    moves = moves[np.argsort(moves[:, 1], kind="stable")]
    state, scratch = make_state(objective, built), make_scratch(objective)
    alone, together = evaluate(state, scratch, moves), np.empty(len(moves))
    np.testing.assert_array_equal(evaluate_added(state, scratch, moves), alone)
    evaluate_additions(state, scratch[0], make_reach(objective, built), moves, together)
    np.testing.assert_allclose(together, alone, atol=1e-12)


@settings(max_examples=40)
@given(worlds(max_genes=6, cap=CAP), st.integers(0, 99))
def test_additions_are_exact_after_an_edit_that_changes_who_is_reached(
    world: World, seed: int
) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    if not len(moves):
        return
    made = np.random.default_rng(seed).choice(moves)
    state, scratch = make_state(objective, built, made[None]), make_scratch(objective)
    reached = make_reach(objective, built)
    edge = np.flatnonzero((state.source == made[0]) & (state.target == made[1]))[0]
    make_edit(state, scratch[0], int(edge), int(made[3]))
    mark_stale(state, scratch[0], reached, int(made[1]))
    others = moves[(moves[:, 2] == 0) & (moves[:, :2] != made[:2]).any(axis=1)]
    together = np.empty(len(others))
    evaluate_additions(state, scratch[0], reached, others, together)
    np.testing.assert_allclose(together, evaluate(state, scratch, others), atol=1e-12)


@settings(max_examples=40)
@given(worlds(max_genes=6, cap=CAP), st.integers(0, 99))
def test_an_edit_of_an_unrelated_edge_changes_as_much_after_another_edit(
    world: World, seed: int
) -> None:
    built, objective = world.built, world.objective
    moves = all_moves(built)
    if not len(moves):
        return
    made = np.random.default_rng(seed).choice(moves)
    scratch, state = make_scratch(objective), make_state(objective, built, made[None])
    known = edits_of_known_edges(state)
    apart = known[~find_related(state, int(made[1]))[known[:, 1]]]
    before = evaluate(state, scratch, apart)
    edge = np.flatnonzero((state.source == made[0]) & (state.target == made[1]))[0]
    make_edit(state, scratch[0], int(edge), int(made[3]))
    np.testing.assert_allclose(evaluate(state, scratch, apart), before, atol=1e-12)


def met(world: World, gene: int) -> set[int]:
    """Return the genes that walks from a gene meet before the last step, itself included."""
    built, found = world.built, {gene}
    for _ in range(world.objective.how.max_length - 1):
        linked = {int(end) for start, end in built.links if start in found}
        found |= {end for start, end in built.signs() if start in found | linked}
    return found


@settings(max_examples=100)
@given(worlds(max_genes=6))
def test_genes_are_related_whose_walks_meet(world: World) -> None:
    state, n = make_state(world.objective, world.built), world.built.n_genes
    walks = [met(world, gene) for gene in range(n)]
    for gene in range(n):
        meeting = {other for other in range(n) if walks[gene] & walks[other]}
        related = set(np.flatnonzero(find_related(state, gene)).tolist())
        assert meeting <= related
        if not len(world.built.links):
            assert related == meeting
