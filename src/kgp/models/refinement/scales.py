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
from kgp.models.refinement.layout import find_edges, make_state, price
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
        holds: bool [n], whether nothing has changed since for what they change.
    """

    moves: NDArray[np.int32]
    change: NDArray[np.float64]
    cost: NDArray[np.float64]
    holds: NDArray[np.bool_]


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
        weighed: by edge, the edits as weighed, as far as something of it still holds.
    """

    objective: Objective
    states: tuple[State, ...]
    scratch: tuple[Scratch, ...]
    reached: Reach
    cost: NDArray[np.float64]
    removal: NDArray[np.float64]
    weighed: dict[int, Weighed] = field(default_factory=dict)

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

    def anew(self, network: SignedNetwork) -> Scales:
        """Lay out what is left of the network, and keep what still holds."""
        fresh, stale = Scales.of(self.objective, network, self.scratch), self.reached.stale
        for each in self.weighed.values():
            # Walks from stale genes are added up in another order where they are counted anew.
            left = _left(each, stale, np.zeros_like(stale))
            if left is not None:
                (edge,) = find_edges(fresh.states[0], each.moves[-1:], network.n_genes).tolist()
                # Not whole, because what could stand in its place may be listed otherwise.
                holds = np.append(left.holds[:-1], False)
                fresh.weighed[edge] = left._replace(holds=holds)
        return fresh

    def is_weighed(self, edge: int) -> bool:
        """Say whether all is known of an edit, as things are."""
        return edge in self.weighed and bool(self.weighed[edge].holds.all())

    def weigh(self, edges: NDArray[np.int64]) -> list[Weighed]:
        """Weigh edits with and without their alternatives, each as if it alone were in question."""
        new = np.array([edge for edge in edges.tolist() if not self.is_weighed(edge)], np.int64)
        n = min(len(self.states), len(new))
        if n == 1:
            self._weigh_part(new, 0)
        elif n > 1:
            with ThreadPoolExecutor(n) as pool:
                list(pool.map(lambda k: self._weigh_part(new[k::n], k), range(n)))
        return [self.weighed[edge] for edge in edges.tolist()]

    def _weigh_part(self, edges: NDArray[np.int64], k: int) -> None:
        """Weigh some edits in thread ``k``."""
        given = (self.states[k], self.scratch[k], self.reached)
        start, moves, known = list_block(*given, self.cost, np.ascontiguousarray(edges))
        cost, change = price(self.objective, moves, floor=-np.inf), np.empty((len(moves), 2))
        asked, where = np.ones(len(moves), np.bool_), [slice(*ends) for ends in pairwise(start)]
        for edge, here in zip(edges.tolist(), where, strict=True):
            before = self.weighed.get(edge)
            if before is not None and np.array_equal(before.moves, moves[here]):
                asked[here], change[here] = ~before.holds, before.change
                asked[here.stop - 1] = True  # the edit itself
        begins = np.concatenate([[0], np.cumsum(asked)])[start]
        change[asked] = weigh_block(*given, self.removal, begins, moves[asked], known[asked])
        for edge, here in zip(edges.tolist(), where, strict=True):
            all_of_it = np.ones(here.stop - here.start, np.bool_)
            self.weighed[edge] = Weighed(moves[here], change[here], cost[here], all_of_it)

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
        for other, weighed in list(self.weighed.items()):
            left = _left(weighed, stale, related)
            # What is there again can be removed, which was not listed before.
            if left is None or (was_absent and state.source[other] == state.source[edge]):
                del self.weighed[other]
            else:
                self.weighed[other] = left


def _left(weighed: Weighed, stale: NDArray[np.bool_], related: NDArray[np.bool_]) -> Weighed | None:
    """Return what still holds of an edit as weighed; None if nothing does.

    Args:
        weighed: the edit.
        stale: bool [n_genes], sources for which something has changed.
        related: bool [n_genes], targets for which something has changed.
    """
    touched = stale[weighed.moves[:, 0]] | related[weighed.moves[:, 1]]
    if touched[-1]:
        return None
    return weighed._replace(holds=weighed.holds & ~touched) if touched.any() else weighed


def _copied(state: State) -> State:
    """Return the same state, with arrays of its own for all that an edit changes."""
    own = (state.sign.copy(), state.counts.copy(), state.lengths.copy())
    return state._replace(sign=own[0], counts=own[1], lengths=own[2])
