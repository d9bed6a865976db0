"""Edits weighed in threads, each beside all that could stand in its place."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kgp.models.refinement.additions import mark_stale
from kgp.models.refinement.alternatives import list_block
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
        done: by edge, the edits as weighed, as far as nothing has changed for them since.
    """

    objective: Objective
    states: tuple[State, ...]
    scratch: tuple[Scratch, ...]
    reached: Reach
    cost: NDArray[np.float64]
    removal: NDArray[np.float64]
    done: dict[int, Weighed] = field(default_factory=dict)

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
        new = np.array([edge for edge in edges.tolist() if edge not in self.done], np.int64)
        n = min(len(self.states), len(new))
        if n == 1:
            self._weigh_part(new, 0)
        elif n > 1:
            with ThreadPoolExecutor(n) as pool:
                list(pool.map(lambda k: self._weigh_part(new[k::n], k), range(n)))
        return [self.done[edge] for edge in edges.tolist()]

    def _weigh_part(self, edges: NDArray[np.int64], k: int) -> None:
        """Weigh some edits in thread ``k``."""
        state, scratch = self.states[k], self.scratch[k]
        given = (state, scratch, self.reached)
        start, moves, known = list_block(*given, self.cost, np.ascontiguousarray(edges))
        cost = price(self.objective, moves, floor=-np.inf)
        change = weigh_block(*given, self.removal, start, moves, known)
        for edge, ends in zip(edges.tolist(), pairwise(start.tolist()), strict=True):
            here = slice(*ends)
            self.done[edge] = Weighed(moves[here], change[here], cost[here])

    def take_back(self, edge: int) -> None:
        """Take an edit back for good, and forget what may have changed with it."""
        state, stale = self.states[0], np.zeros_like(self.reached.stale)
        target, was_absent = int(state.target[edge]), state.sign[edge] == 0
        related = find_related(state, target)
        self.removal[related[state.target]] = np.nan
        for each in self.states:
            make_edit(each, self.scratch[0], edge, int(state.original[edge]))
        mark_stale(state, self.scratch[0], self.reached._replace(stale=stale), target)
        self.reached.stale[stale] = True
        for other, weighed in list(self.done.items()):
            # What is there again can be removed, which was not listed before.
            listed = was_absent and state.source[other] == state.source[edge]
            sources, targets = weighed.moves[:, 0], weighed.moves[:, 1]
            if listed or stale[sources].any() or related[targets].any():
                del self.done[other]


def _copied(state: State) -> State:
    """Return the same state, with arrays of its own for all that an edit changes."""
    own = (state.sign.copy(), state.counts.copy(), state.lengths.copy())
    return state._replace(sign=own[0], counts=own[1], lengths=own[2])
