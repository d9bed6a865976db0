"""Which edits can touch what another edit changes.

An edit of s → t changes only what walks from t meet, t included. Where walks from u meet none of
these, an edit of an edge into u changes as much with that edit as without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from kgp.models.refinement.compiled import inner, whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.state import State


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
    back = (state.carrier_start, state.carrier, state.in_start, state.in_source)
    n_met = _spread(on, steps, related, met, whole(1))
    for gene in met[: _spread(back, steps, related, met, n_met)]:
        # Walks from what carries a gene start from that gene as well.
        related[state.carrier[state.carrier_start[gene] : state.carrier_start[gene + 1]]] = True
    return related


@inner
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
