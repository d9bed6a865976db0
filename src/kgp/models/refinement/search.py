"""Exact local search for the network that best explains the responses with few edits.

Edits are made one at a time, those with much evidence first: the least fall of the objective
that an edit must bring starts high and halves towards zero, so that strong edits explain the
weak ones' evidence away before these are tried. What an edit changes is computed exactly, but for
the bound on what silence counts for or against a curated edge: of several edits that share silent
cells each is bounded by itself (:attr:`Objective.cap`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.kernels import accept
from kgp.models.refinement.layout import (
    edits_of_known_edges,
    evaluate,
    evaluate_added,
    find_edges,
    make_scratch,
    make_state,
    price,
    regulates,
)
from kgp.models.refinement.scan import scan_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.state import Scratch, State
    from kgp.progress import Step

_ENOUGH = 1e-9

_WORTH_TRYING = 0.5
"""Least gain, in nats, in the target's own cells for an addition whose further effect is tried."""


def local_search(
    objective: Objective,
    *,
    start: SignedNetwork | None = None,
    start_threshold: float = 30.0,
    max_sweeps: int = 60,
    step: Step | None = None,
) -> SignedNetwork:
    """Edit the network until no single edit lowers the objective any further.

    Args:
        objective: what to minimise.
        start: network to start from, by default the original.
        start_threshold: least fall of the objective asked of the first edits.
        max_sweeps: bound on the sweeps over all candidates.
        step: told of every sweep.

    Returns:
        The network of the last sweep; without noise and damage, the original.
    """
    network, threshold = start or objective.original, start_threshold
    state, scratch = make_state(objective, network), make_scratch(objective)
    met: list[SignedNetwork] = []
    for sweep in range(max_sweeps):
        moves = propose(objective, network, state, scratch, threshold)
        state = make_state(objective, network, moves, state)
        edges = find_edges(state, moves, network.n_genes)
        made, _fall = accept(state, scratch[0], edges, moves[:, 3].astype(np.int8), threshold)
        network = network.with_edges(state.source, state.target, state.sign)
        if step is not None:
            step.advance()
            step.note(f"{_changed(objective.original, network):,} edges changed")
        if made == 0 and threshold <= _ENOUGH:
            break
        if threshold <= _ENOUGH:
            met.append(network)
            if period := _period(met):
                return met[(max_sweeps - 1 - sweep) % period - period - 1]
        threshold = threshold / 2 if threshold > 0.5 else _ENOUGH
    return network


def _period(met: list[SignedNetwork]) -> int:
    """Return after how many sweeps the last network came back, 0 if it is new.

    Each sweep follows from the network that it starts with, so the sweeps repeat from there. They
    can go round because of the bound on silence, which lets each of two edits seem to pay.
    """
    keys, sign = met[-1].keys(), met[-1].sign
    for ago, other in enumerate(reversed(met[:-1]), 1):
        if np.array_equal(other.keys(), keys) and np.array_equal(other.sign, sign):
            return ago
    return 0


def _changed(original: SignedNetwork, network: SignedNetwork) -> int:
    keys = np.union1d(original.keys(), network.keys())
    return int((original.sign_at(keys) != network.sign_at(keys)).sum())


def propose(
    objective: Objective,
    network: SignedNetwork,
    counted: State,
    scratch: tuple[Scratch, ...],
    threshold: float,
) -> NDArray[np.int32]:
    """List the edits that may lower the objective by ``threshold``, best first.

    Args:
        objective: what to minimise.
        network: the present network.
        counted: any layout of it.
        scratch: scratch space.
        threshold: least fall of the objective.

    Returns:
        int32 [n_moves, 4] source, target, sign before, sign after.
    """
    state = make_state(objective, network, like=counted)
    present = edits_of_known_edges(state)
    gains = -evaluate(state, scratch, present)
    onward = regulates(state)
    # What an addition gains further downstream is not known yet where the target regulates.
    floor = np.where(onward, _WORTH_TRYING, threshold + objective.prior.least_addition())
    everywhere = np.arange(network.n_genes, dtype=np.int32)
    added, added_gains = scan_columns(state, make_reach(objective, network), everywhere, floor)
    further = onward[added[:, 1]]
    added_gains[further] = -evaluate_added(state, scratch, added[further])
    moves, gains = np.concatenate([present, added]), np.concatenate([gains, added_gains])
    gains = gains - price(objective, moves)
    chosen = np.flatnonzero(gains > threshold)
    return moves[chosen[np.argsort(-gains[chosen], kind="stable")]]
