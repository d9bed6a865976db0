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

from kgp.models.refinement.layout import evaluate, make_scratch, price
from kgp.models.refinement.scales import Scales

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.scales import Weighed
    from kgp.models.refinement.state import Scratch, State
    from kgp.progress import Step

DOUBT = 0.03
"""Weight left to what no single edit explains; chosen on planted worlds that no table shows."""

_RIVAL = 0.5
"""Least loss, in nats, of what an alternative gains beside the edit, for it to be a rival."""

_AHEAD = 32
"""Edits that are weighed at once, before it is known whether those before them are kept."""

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
    scales = Scales.of(objective, network, scratch)
    for again in range(passes):
        scales, kept = scales.anew(network) if again else scales, {}
        state = scales.states[0]
        queue = _weakest_first(objective, state, scratch)
        for place, edge in enumerate(queue.tolist()):
            if not scales.is_weighed(edge):
                scales.weigh(queue[place : place + _AHEAD])
            weight, gain = _stand(scales.weighed[edge])
            pair = int(state.source[edge]), int(state.target[edge])
            if weight.confidence > threshold and gain >= least_gain:
                kept[pair] = weight
            else:
                left[pair] = weight
                scales.take_back(edge)
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


def _stand(weighed: Weighed) -> tuple[Weight, float]:
    """Say how an edit stands among its alternatives.

    Returns:
        The weight, and how much the cells' cost falls by the edit, in nats.
    """
    moves, change, cost, _holds = weighed
    energy, allowed = float(change[-1, 0] + cost[-1]), np.isfinite(cost[:-1])
    moves, gain = moves[:-1][allowed], -change[:-1][allowed] - cost[:-1][allowed, None]
    gain[np.isnan(gain)] = -np.inf
    others, beside = np.append(gain[:, 0], 0.0), np.append(gain[:, 1], 0.0)
    odds = np.logaddexp.reduce(beside) - energy - np.logaddexp.reduce(others)
    confidence = float((1 - DOUBT) / (1 + np.exp(-odds)))
    return Weight(confidence, _heaviest(moves, others, beside)), -float(change[-1, 0])


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
