r"""How sure is an edit? Each is weighed against what else would explain the same cells.

The optimum of a search picks one of several networks that explain the data almost as well. For
every edit e of the optimum this takes e back and compares, by exact energies E (minus log
posterior, in nats), with every other edit a of the same target and with the removal of the same
regulator's other edges:

.. math::
    w(e) = \frac{\exp(-E_e)}{\exp(-E_e) + \sum_a \exp(-E_a) + \exp(-E_\text{none})}

An edit is kept only if its weight passes a threshold; the weight is its confidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.kernels import accept
from kgp.models.refinement.layout import evaluate, make_reach, make_scratch, make_state, price
from kgp.models.refinement.reasoning import walk_counts
from kgp.models.refinement.scan import scan_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.state import Reach, Scratch, State
    from kgp.progress import Step


def local_posterior(
    objective: Objective,
    network: SignedNetwork,
    *,
    threshold_measured: float = 0.5,
    threshold_unmeasured: float = 0.8,
    passes: int = 2,
    step: Step | None = None,
) -> tuple[SignedNetwork, dict[tuple[int, int], float]]:
    """Keep the edits of ``network`` that hold enough weight among their alternatives.

    Args:
        objective: cells and edits in nats; ``objective.original`` is the network before.
        network: the optimum that a search found.
        threshold_measured: least weight of an edit whose regulator was perturbed.
        threshold_unmeasured: the same where it was not, and evidence is only indirect.
        passes: how often all edits are weighed, each time among those still kept.
        step: told of every edit weighed.

    Returns:
        The network with the kept edits, and the weight of each by (source, target).
    """
    weights: dict[tuple[int, int], float] = {}
    scratch = make_scratch(objective)
    for _ in range(passes):
        counts = walk_counts(
            network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
        )
        state = make_state(objective, network, counts)
        reached = make_reach(objective, network)
        weights = {}
        for edge in _weakest_first(objective, state, scratch):
            weight = _weigh(objective, state, scratch, reached, edge)
            source, target = int(state.source[edge]), int(state.target[edge])
            measured = state.seed_start[source] < state.seed_start[source + 1]
            if weight > (threshold_measured if measured else threshold_unmeasured):
                weights[source, target] = weight
            else:
                _set(state, scratch, edge, int(state.original[edge]))
            if step is not None:
                step.advance()
        network = network.with_edges(state.source, state.target, state.sign)
    return network, weights


def edits_made(state: State) -> NDArray[np.int64]:
    """Return the ids of the edges whose sign differs from the original."""
    return np.flatnonzero(state.sign != state.original)


def undo_moves(state: State, edges: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the moves that take the edits of ``edges`` back, int32 [n_edges, 4]."""
    columns = (state.source, state.target, state.sign, state.original)
    return np.stack([each[edges] for each in columns], axis=1).astype(np.int32)


def _weakest_first(
    objective: Objective, state: State, scratch: tuple[Scratch, ...]
) -> NDArray[np.int64]:
    """Return the edited edges, those first whose reversal costs least."""
    edges = edits_made(state)
    moves = undo_moves(state, edges)
    change = evaluate(state, scratch, moves)
    return edges[np.argsort(change + price(objective, moves), kind="stable")]


def _set(state: State, scratch: tuple[Scratch, ...], edge: int, sign: int) -> float:
    """Give an edge a sign whatever it costs; return the change of the objective."""
    edges, signs = np.array([edge], np.int32), np.array([sign], np.int8)
    return float(accept(state, scratch[0], edges, signs, -np.inf)[1])


def _weigh(
    objective: Objective, state: State, scratch: tuple[Scratch, ...], reached: Reach, edge: int
) -> float:
    """Return the weight of the edit of ``edge`` among its alternatives; the state stays as is."""
    edited = int(state.sign[edge])
    undone = _set(state, scratch, edge, int(state.original[edge]))
    moves, energy = _alternatives(state, scratch, reached, edge)
    energy += price(objective, moves)
    _set(state, scratch, edge, edited)
    others = np.append(energy, 0.0) + undone
    return float(1 / (1 + np.exp(-others).sum()))


def _alternatives(
    state: State, scratch: tuple[Scratch, ...], reached: Reach, edge: int
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """List the edits that could stand in for the one just taken back.

    Returns:
        int32 [n, 4] moves, and float64 [n], the exact change of the cells' cost by each.
    """
    source, target = state.source[edge], int(state.target[edge])
    known = _known_alternatives(state, edge)
    everywhere = np.zeros(len(state.seed_start) - 1)
    added, gains = scan_columns(state, reached, np.array([target], np.int32), everywhere)
    other = added[:, 0] != source
    added, change = added[other], -gains[other]
    if state.sign[state.out_start[target] : state.out_start[target + 1]].any():
        change = evaluate(state, scratch, added)
    energy = np.concatenate([evaluate(state, scratch, known), change])
    return np.concatenate([known, added]), energy


def _known_alternatives(state: State, edge: int) -> NDArray[np.int32]:
    """List other edits of known edges into the target, and removals of the source's others."""
    source, target = state.source[edge], state.target[edge]
    into = state.in_edge[state.in_start[target] : state.in_start[target + 1]]
    beside = np.arange(state.out_start[source], state.out_start[source + 1])
    beside = beside[(state.sign[beside] != 0) & (state.target[beside] != target)]
    moves = [(other, sign) for other in into.tolist() for sign in (-1, 0, 1)]
    moves += [(other, 0) for other in beside.tolist()]
    edges = np.array([other for other, _ in moves], np.int64)
    after = np.array([sign for _, sign in moves], np.int32)
    changed = (edges != edge) & (after != state.sign[edges])
    edges, after = edges[changed], after[changed]
    columns = (state.source[edges], state.target[edges], state.sign[edges], after)
    return np.stack(columns, axis=1).astype(np.int32)
