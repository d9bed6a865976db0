"""What removing an edge changes, kept while other edits come and go that cannot touch it.

An edit of s → t changes only what walks from t meet, t included. Where walks from u meet none of
these, the removal of an edge into u changes as much with that edit as without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.layout import evaluate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import Scratch, State


@dataclass(frozen=True, slots=True, eq=False)
class Removals:
    """Changes of the cells' cost by the removal of single edges.

    Attributes:
        state: the network and its counts.
        scratch: scratch space.
        change: float64 [n_edges], NaN where it is not known.
    """

    state: State
    scratch: tuple[Scratch, ...]
    change: NDArray[np.float64]

    @classmethod
    def of(cls, state: State, scratch: tuple[Scratch, ...]) -> Removals:
        """Know nothing yet."""
        return cls(state, scratch, np.full(len(state.source), np.nan))

    def ask(self, edges: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return float64 [n_edges], the change by the removal of each of these present edges."""
        new = edges[np.isnan(self.change[edges])]
        if len(new):
            ends = (self.state.source[new], self.state.target[new], self.state.sign[new])
            moves = np.stack([*ends, np.zeros(len(new))], axis=1).astype(np.int32)
            self.change[new] = evaluate(self.state, self.scratch, moves)
        return self.change[edges]

    def forget(self, target: int) -> None:
        """Forget what an edit of an edge into ``target`` may have changed."""
        self.change[find_related(self.state, target)[self.state.target]] = np.nan


@njit(cache=True, nogil=True)
def find_related(state: State, target: int) -> NDArray[np.bool_]:
    """Return bool [n_genes]: genes from which walks meet one that walks from ``target`` meet.

    Walks are those over any edge that is laid out, present or not, so that the answer holds
    whichever edits are made; where there are links, some more genes may be named.
    """
    n, steps = state.counts.shape[0], state.max_length - 1
    related, met = np.zeros(n, np.bool_), np.empty(n, np.int32)
    related[target], met[0] = True, target
    on = (state.carried_start, state.carried, state.out_start, state.target)
    back = (state.carrier_start, state.carrier, state.in_start, state.source[state.in_edge])
    n_met = _spread(on, steps, related, met, 1)
    for gene in met[: _spread(back, steps, related, met, n_met)]:
        # Walks from what carries a gene start from that gene as well.
        related[state.carrier[state.carrier_start[gene] : state.carrier_start[gene + 1]]] = True
    return related


@njit(cache=True, nogil=True)
def _spread(
    way: tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int64], NDArray[np.int32]],
    steps: int,
    related: NDArray[np.bool_],
    met: NDArray[np.int32],
    n_met: int,
) -> int:
    """Add the genes within so many steps of those met; return how many are met then.

    Args:
        way: ranges of links by gene, the links, ranges of edges by gene, the edges' other ends.
        steps: how far.
        related: bool [n_genes], the genes met.
        met: int32 [n_genes], the same in order.
        n_met: how many are met.
    """
    link_start, links, edge_start, ends = way
    first = 0
    for _ in range(steps):
        last = n_met
        for k in range(first, last):
            own = link_start[met[k]]
            for link in range(own - 1, link_start[met[k] + 1]):
                gene = met[k] if link < own else links[link]
                for edge in range(edge_start[gene], edge_start[gene + 1]):
                    if not related[ends[edge]]:
                        related[ends[edge]], met[n_met] = True, ends[edge]
                        n_met += 1
        first = last
    return n_met
