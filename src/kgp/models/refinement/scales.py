"""Edits weighed in threads, each beside all that could stand in its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kgp.models.refinement.additions import mark_stale
from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.kernels import make_edit
from kgp.models.refinement.layout import make_state, price
from kgp.models.refinement.related import find_related
from kgp.models.refinement.weighing import weigh_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.state import Reach, Scratch, State

_MOST_COPIED = 1 << 28
"""Most bytes of walk counts of which each thread has its own."""


class Weighed(NamedTuple):
    """What the alternatives of an edit and, last, the edit itself change.

    Attributes:
        moves: int32 [n, 4], columns source, target, sign before, sign after.
        change: float64 [n, 2], of the cells' cost, without the edit and beside it; NaN for other
            edits of the same edge, because one edge has one sign.
        cost: float64 [n], what they cost as edits; infinite for what is not allowed.
    """

    moves: NDArray[np.int32]
    change: NDArray[np.float64]
    cost: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """Weighs edits in threads; what comes out is the same for any number of them.

    Attributes:
        objective: cells and edits in nats.
        states: the network and its counts, for each thread; edits are taken back and made again.
        scratch: scratch space, one for each thread or more.
        reached: which perturbation reaches which gene before any edit was taken back for good.
        cost: float64 [n_edges, 3], prior odds of each sign of each known edge.
        removal: float64 [n_edges], what the removal of each edge changes, NaN where not known.
    """

    objective: Objective
    states: tuple[State, ...]
    scratch: tuple[Scratch, ...]
    reached: Reach
    cost: NDArray[np.float64]
    removal: NDArray[np.float64]

    @classmethod
    def of(
        cls, objective: Objective, network: SignedNetwork, scratch: tuple[Scratch, ...]
    ) -> Scales:
        """Lay a network out, as often as there are threads and room."""
        state = make_state(objective, network)
        copies = range(1, len(scratch) if state.counts.nbytes * len(scratch) < _MOST_COPIED else 1)
        others = [_copied(state) for _ in copies]
        ends = state.source, state.target, state.original
        return cls(
            objective,
            (state, *others),
            scratch,
            make_reach(objective, network),
            # As they are, prior odds may speak for an edit; none is made for that alone.
            objective.prior.costs(*ends, floor=-np.inf),
            np.full(len(state.source), np.nan),
        )

    def weigh(self, edges: NDArray[np.int64]) -> list[Weighed]:
        """Weigh edits with and without their alternatives, each as if it alone were in question."""
        n = min(len(self.states), len(edges))
        with ThreadPoolExecutor(n) as pool:
            parts = list(pool.map(lambda k: self._weigh_part(edges[k::n], k), range(n)))
        return [parts[place % n][place // n] for place in range(len(edges))]

    def _weigh_part(self, edges: NDArray[np.int64], k: int) -> list[Weighed]:
        """Weigh some edits in thread ``k``."""
        given = (self.reached, self.cost, self.removal)
        start, moves, change = weigh_block(
            self.states[k], self.scratch[k], *given, np.ascontiguousarray(edges)
        )
        cost = price(self.objective, moves, floor=-np.inf)
        places = (slice(*ends) for ends in pairwise(start.tolist()))
        return [Weighed(moves[here], change[here], cost[here]) for here in places]

    def take_back(self, edge: int) -> None:
        """Take an edit back for good, and forget what may have changed with it."""
        state = self.states[0]
        self.removal[find_related(state, int(state.target[edge]))[state.target]] = np.nan
        for each in self.states:
            make_edit(each, self.scratch[0], edge, int(state.original[edge]))
        mark_stale(state, self.scratch[0], self.reached, int(state.target[edge]))


def _copied(state: State) -> State:
    """Return the same state, with arrays of its own for all that an edit changes."""
    own = (state.sign.copy(), state.counts.copy(), state.lengths.copy())
    return state._replace(sign=own[0], counts=own[1], lengths=own[2])
