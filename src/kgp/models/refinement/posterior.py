r"""How sure is an edit? Each is weighed against what else would explain the same cells.

The optimum of a search picks one of several networks that explain the data almost as well. For
every edit e of the optimum this takes e back and considers every other edit a of the same target,
and the removal of the same regulator's other edges, each with e and without it, by energies E
(minus log posterior, in nats):

.. math::
    w(e) = \frac{e^{-E_e} + \sum_a e^{-E_{e, a}}}
                {e^{-E_e} + \sum_a e^{-E_{e, a}} + 1 + \sum_a e^{-E_a}}

An alternative that has nothing to do with e multiplies both by the same, and changes nothing; one
that explains the same cells gains only where e is not. An edit is kept only if its weight passes a
threshold; the weight, less a little doubt, is its confidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.kernels import make_edit
from kgp.models.refinement.layout import (
    evaluate,
    evaluate_added,
    make_reach,
    make_scratch,
    make_state,
    price,
)
from kgp.models.refinement.removals import Removals, find_related
from kgp.models.refinement.scan import scan_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.state import Reach, Scratch, State
    from kgp.progress import Step

DOUBT = 0.03
"""Weight left to what no single edit explains; chosen on planted worlds that no table shows."""

_RIVAL = 0.5
"""Least loss, in nats, of what an alternative gains beside the edit, for it to be a rival."""

_LISTED, _LEAST_LISTED = 3, 0.001
"""Alternatives that an edit names, and the least weight of one that is worth a name."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another single edit that would explain the same cells.

    Attributes:
        source: position of the regulator.
        target: position of the target.
        after: sign after, 0 where the edge would be removed.
        weight: its share among all alternatives without the edit, 0 to 1.
    """

    source: int
    target: int
    after: int
    weight: float


@dataclass(frozen=True, slots=True)
class Weight:
    """How an edit stands among what else would explain the same cells.

    Attributes:
        confidence: the edit's share of the weight, 0 to 1.
        alternatives: the heaviest of the others.
    """

    confidence: float
    alternatives: tuple[Alternative, ...]


Weights = dict[tuple[int, int], Weight]
"""By source and target of an edit."""


def local_posterior(
    objective: Objective,
    network: SignedNetwork,
    *,
    threshold: float = 0.5,
    least_gain: float = 0.0,
    passes: int = 2,
    step: Step | None = None,
) -> tuple[SignedNetwork, Weights, Weights]:
    """Keep the edits of ``network`` that hold enough weight among their alternatives.

    Args:
        objective: cells and edits in nats; ``objective.original`` is the network before.
        network: the optimum that a search found.
        threshold: least weight of an edit that is kept.
        least_gain: least fall of the cells' cost by an edit that is kept, in nats.
        passes: how often all edits are weighed, each time among those still kept.
        step: told of every edit weighed.

    Returns:
        The network with the kept edits, the weight of each, and those of the others as last
        weighed.
    """
    kept, left = dict[tuple[int, int], Weight](), dict[tuple[int, int], Weight]()
    scratch = make_scratch(objective)
    for _ in range(passes):
        state = make_state(objective, network)
        reached, removals = make_reach(objective, network), Removals.of(state, scratch)
        kept = {}
        for edge in _weakest_first(objective, state, scratch):
            weight, gain = _weigh(objective, removals, reached, edge)
            pair = int(state.source[edge]), int(state.target[edge])
            if weight.confidence > threshold and gain >= least_gain:
                kept[pair] = weight
            else:
                left[pair] = weight
                make_edit(state, scratch[0], edge, int(state.original[edge]))
                removals.forget(pair[1])
            if step is not None:
                step.advance()
        network = network.with_edges(state.source, state.target, state.sign)
    return network, kept, left


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


def _weigh(
    objective: Objective, removals: Removals, reached: Reach, edge: int
) -> tuple[Weight, float]:
    """Weigh the edit of ``edge`` with and without its alternatives; the state stays as is.

    Returns:
        The weight, and how much the cells' cost falls by the edit, in nats.
    """
    state, scratch = removals.state, removals.scratch
    edited, source, target = int(state.sign[edge]), int(state.source[edge]), int(state.target[edge])
    original = int(state.original[edge])
    make_edit(state, scratch[0], edge, original)
    itself = np.array([(source, target, original, edited)], np.int32)
    change = evaluate(state, scratch, itself)
    edges, known = _known_alternatives(state, edge, edited)
    moves = np.concatenate([known, _additions(state, reached, target), itself])
    # As they are, prior odds may speak for an edit; none is made for that alone, see the search.
    cost = price(objective, moves, floor=-np.inf)
    energy = float(change[0] + cost[-1])
    allowed = np.isfinite(cost[:-1])
    edges, moves, cost = edges[allowed[: len(edges)]], moves[:-1][allowed], cost[:-1][allowed]
    settled = _settled(removals, edges, moves[: len(edges)], target)
    without = _changes(state, scratch, moves, settled)
    make_edit(state, scratch[0], edge, edited)
    others = np.append(-without - cost, 0.0)
    beside = np.append(-_changes(state, scratch, moves, settled) - cost, 0.0)
    # One edge has one sign: its other edits are no company.
    beside[:-1][(moves[:, 0] == source) & (moves[:, 1] == target)] = -np.inf
    odds = np.logaddexp.reduce(beside) - energy - np.logaddexp.reduce(others)
    confidence = float((1 - DOUBT) / (1 + np.exp(-odds)))
    return Weight(confidence, _heaviest(moves, others, beside)), -float(change[0])


def _heaviest(
    moves: NDArray[np.int32], others: NDArray[np.float64], beside: NDArray[np.float64]
) -> tuple[Alternative, ...]:
    """List the alternatives that gain most where the edit is not made, and need it not to be."""
    share = np.exp(others - np.logaddexp.reduce(others))[:-1]
    rivals = np.flatnonzero((others[:-1] - beside[:-1] > _RIVAL) & (share >= _LEAST_LISTED))
    best = rivals[np.argsort(-share[rivals], kind="stable")[:_LISTED]]
    return tuple(
        Alternative(int(moves[k, 0]), int(moves[k, 1]), int(moves[k, 3]), float(share[k]))
        for k in best.tolist()
    )


def _settled(
    removals: Removals, edges: NDArray[np.int64], known: NDArray[np.int32], target: int
) -> NDArray[np.float64]:
    """Return the change by each edit of a known edge that no edit into ``target`` touches, or NaN.

    Args:
        removals: what is known of removals.
        edges: int64 [n], the edges.
        known: int32 [n, 4], their edits; those of edges into other genes are removals.
        target: the gene.
    """
    change = np.full(len(edges), np.nan)
    apart = np.flatnonzero(~find_related(removals.state, target)[known[:, 1]])
    change[apart] = removals.ask(edges[apart])
    return change


def _changes(
    state: State,
    scratch: tuple[Scratch, ...],
    moves: NDArray[np.int32],
    settled: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the change of the cells' cost by edits of known edges, some settled, and additions."""
    known, asked = settled.copy(), np.isnan(settled)
    known[asked] = evaluate(state, scratch, moves[: len(settled)][asked])
    return np.concatenate([known, evaluate_added(state, scratch, moves[len(settled) :])])


def _additions(state: State, reached: Reach, target: int) -> NDArray[np.int32]:
    """List the additions that could stand in for an edit into ``target``, int32 [n, 4]."""
    nothing = np.zeros(len(state.seed_start) - 1)
    added, _gains = scan_columns(state, reached, np.array([target], np.int32), nothing)
    into = state.in_edge[state.in_start[target] : state.in_start[target + 1]]
    return added[~np.isin(added[:, 0], state.source[into])]


def _known_alternatives(
    state: State, edge: int, edited: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """List other edits of known edges into the target, and removals of the source's others.

    Returns:
        int64 [n], the edges; int32 [n, 4], their edits.
    """
    source, target = state.source[edge], state.target[edge]
    into = state.in_edge[state.in_start[target] : state.in_start[target + 1]]
    beside = np.arange(state.out_start[source], state.out_start[source + 1])
    beside = beside[(state.sign[beside] != 0) & (state.target[beside] != target)]
    edges = np.concatenate([np.repeat(into, 3), beside])
    signs = np.tile(np.array([-1, 0, 1], np.int32), len(into))
    after = np.concatenate([signs, np.zeros(len(beside), np.int32)])
    changed = (after != state.sign[edges]) & ((edges != edge) | (after != edited))
    edges, after = edges[changed], after[changed]
    columns = (state.source[edges], state.target[edges], state.sign[edges], after)
    return edges.astype(np.int64), np.stack(columns, axis=1).astype(np.int32)
