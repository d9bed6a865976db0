from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.damage import damage
from kgp.models.refinement.kernels import accept
from kgp.models.refinement.layout import evaluate, find_edges, make_scratch, make_state
from kgp.models.refinement.touched import Memory, Touched
from tests.unit.models.refinement.priced_worlds import World, all_moves, clean, worlds
from tests.unit.models.refinement.worlds import random_network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective


def check_memory(objective: Objective, built: SignedNetwork, edits: NDArray[np.int32]) -> int:
    """Check that edits change what is remembered of them; return how many are remembered."""
    scratch, memory, asked = make_scratch(objective, 1), Memory(built.n_genes), [0]
    state = make_state(objective, built, edits)
    before = all_moves(built)
    memory.recall(before, None, partial(evaluate, make_state(objective, built), scratch))
    was = state.sign.copy()
    edges = find_edges(state, edits, built.n_genes)
    accept(state, scratch[0], edges, edits[:, 3].astype(np.int8), -np.inf)
    made = state.source[state.sign != was]
    built = built.with_edges(state.source, state.target, state.sign)
    now = make_state(objective, built)
    touched = Touched.by(made, state, now, make_reach(objective, built))
    moves = all_moves(built)

    def tried(some: NDArray[np.int32]) -> NDArray[np.float64]:
        asked[0] += len(some)
        return evaluate(now, scratch, some)

    found = memory.recall(moves, touched, tried)
    np.testing.assert_allclose(found, evaluate(now, scratch, moves), atol=1e-9)
    return len(moves) - asked[0]


@settings(max_examples=50)
@given(worlds(), st.integers(0, 99), st.integers(1, 3))
def test_what_is_remembered_of_an_edit_is_what_it_changes(world: World, seed: int, n: int) -> None:
    edits = np.random.default_rng(seed).permutation(all_moves(world.built))[:n]
    check_memory(world.objective, world.built, edits)


def test_most_edits_are_remembered_after_one_far_away() -> None:
    true = random_network(60, 60, seed=2)
    objective = clean(true, damage(true, 0.2, seed=0))
    moves = all_moves(objective.original)
    for move in np.random.default_rng(0).permutation(moves)[:5]:
        assert check_memory(objective, objective.original, move[None]) > 0.5 * len(moves)


def test_nothing_touched_is_remembered_whole() -> None:
    true = random_network(20, 40, seed=2)
    objective = clean(true, damage(true, 0.2, seed=0))
    assert check_memory(objective, objective.original, np.zeros((0, 4), np.int32)) > 0
