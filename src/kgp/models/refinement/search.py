"""Exact local search for the network that best explains the responses with few edits.

Edits are made one at a time, those with much evidence first: the least fall of the objective
that an edit must bring starts high and halves towards zero, so that strong edits explain the
weak ones' evidence away before these are tried. What an edit changes is computed exactly, but for
the bound on what silence counts for or against a curated edge: of several edits that share silent
cells each is bounded by itself (:attr:`Objective.cap`).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

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
from kgp.models.refinement.touched import Memory, Touched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.state import Reach, Scratch, State
    from kgp.progress import Step

_ENOUGH = 1e-9

_WORTH_TRYING = 0.5
"""Least gain, in nats, in the target's own cells for an addition whose further effect is tried."""


class _Known(NamedTuple):
    """A network, the edits of its known edges, and what is remembered of all edits.

    Attributes:
        state: the network and its counts.
        reached: which perturbation reaches which gene.
        moves: int32 [n_moves, 4], the edits.
        gains: float64 [n_moves], how much each lowers the cells' cost.
        touched: what has changed since the network of the sweep before; None for everything.
        tried: what edits of known edges and, second, additions change.
    """

    state: State
    reached: Reach
    moves: NDArray[np.int32]
    gains: NDArray[np.float64]
    touched: Touched | None
    tried: tuple[Memory, Memory]

    @classmethod
    def of(
        cls,
        objective: Objective,
        network: SignedNetwork,
        counted: State,
        scratch: tuple[Scratch, ...],
    ) -> _Known:
        """Try all edits of known edges; ``counted`` is any layout of the network."""
        state = make_state(objective, network, like=counted)
        tried = Memory(network.n_genes), Memory(network.n_genes)
        return cls._of(state, make_reach(objective, network), None, tried, scratch)

    def after(
        self,
        objective: Objective,
        network: SignedNetwork,
        edited: State,
        made: NDArray[np.int32],
        scratch: tuple[Scratch, ...],
    ) -> _Known:
        """Try those edits that may change other than before edges from ``made`` were edited."""
        if not len(made):
            return self._replace(touched=Touched.nothing(self.state, self.reached))
        state, reached = make_state(objective, network, like=edited), make_reach(objective, network)
        touched = Touched.by(made, edited, state, reached)
        return self._of(state, reached, touched, self.tried, scratch)

    @classmethod
    def _of(
        cls,
        state: State,
        reached: Reach,
        touched: Touched | None,
        tried: tuple[Memory, Memory],
        scratch: tuple[Scratch, ...],
    ) -> _Known:
        moves = edits_of_known_edges(state)
        change = tried[0].recall(moves, touched, partial(evaluate, state, scratch))
        return cls(state, reached, moves, -change, touched, tried)


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
    known = _Known.of(objective, network, state, scratch)
    met: list[SignedNetwork] = []
    for sweep in range(max_sweeps):
        moves = _propose(objective, known, scratch, threshold)
        state = make_state(objective, network, moves, state)
        edges = find_edges(state, moves, network.n_genes)
        before = state.sign.copy()
        made, _fall = accept(state, scratch[0], edges, moves[:, 3].astype(np.int8), threshold)
        network = network.with_edges(state.source, state.target, state.sign)
        known = known.after(objective, network, state, state.source[state.sign != before], scratch)
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


def _propose(
    objective: Objective, known: _Known, scratch: tuple[Scratch, ...], threshold: float
) -> NDArray[np.int32]:
    """List the edits that may lower the objective by ``threshold``, best first.

    Args:
        objective: what to minimise.
        known: the present network, and what edits of its edges gain.
        scratch: scratch space.
        threshold: least fall of the objective.

    Returns:
        int32 [n_moves, 4] source, target, sign before, sign after.
    """
    state = known.state
    onward = regulates(state)
    # What an addition gains further downstream is not known yet where the target regulates.
    floor = np.where(onward, _WORTH_TRYING, threshold + objective.prior.least_addition())
    everywhere = np.arange(len(onward), dtype=np.int32)
    added, added_gains = scan_columns(state, known.reached, everywhere, floor)
    further = onward[added[:, 1]]
    added_gains[further] = -known.tried[1].recall(
        added[further], known.touched, partial(evaluate_added, state, scratch)
    )
    moves, gains = np.concatenate([known.moves, added]), np.concatenate([known.gains, added_gains])
    gains = gains - price(objective, moves)
    chosen = np.flatnonzero(gains > threshold)
    return moves[chosen[np.argsort(-gains[chosen], kind="stable")]]
