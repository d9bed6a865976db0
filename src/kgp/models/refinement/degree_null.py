"""Is it the edges, or only who has many of them? Responses under networks of the same degrees.

Genes that respond to everything are also those that curators gave many regulators, so that even a
network with its edges exchanged at random looks enriched against all other pairs. What an edge
knows beyond its ends shows against networks in which every gene keeps its number of targets and of
regulators. They are drawn by a Markov chain of exchanges (Milo et al., arXiv:cond-mat/0312028) that
starts from the network itself; the p-value is that of Besag and Clifford (1991,
doi:10.1093/biomet/78.2.301), (1 + draws that are at least as high) / (1 + draws).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork

DRAWS, FEW_DRAWS, LARGE = 999, 199, 50_000
"""Networks drawn; fewer for a network of more than ``LARGE`` edges, to keep an audit quick."""
_BURN_IN, _BETWEEN = 10, 2
"""Exchanges tried per edge before the first draw, and between two draws."""
_SEED = 1


class DegreeNull(NamedTuple):
    """Responding edges of networks with the same degrees.

    Attributes:
        mean: of the number of responding edges.
        sd: standard deviation of that number.
        p_value: of the network itself, one-sided; at least 1 / (draws + 1).
        draws: number of networks drawn.
    """

    mean: float
    sd: float
    p_value: float
    draws: int


def draw_degree_null(
    network: SignedNetwork, rows: NDArray[np.int32], responded: NDArray[np.bool_]
) -> DegreeNull:
    """Count responding edges in networks that have the degrees of ``network``.

    The number of testable edges may differ a little between draws, because targets move between
    regulators that were perturbed and others; that belongs to the chance that is measured.

    Args:
        network: the network.
        rows: int32 [n_rows], perturbed regulators.
        responded: bool [n_rows, n_genes], genes that respond to each.
    """
    if not network.n_edges:
        return DegreeNull(0.0, 0.0, 1.0, 0)
    place = np.full(network.n_genes, -1, np.int64)
    place[rows] = np.arange(len(rows))
    at = place[network.source]
    tested = np.flatnonzero(at >= 0)
    regulators = network.regulators.astype(np.int64)
    own = np.searchsorted(regulators, network.source).astype(np.int64)
    target = network.target.astype(np.int64)
    linked = np.zeros((len(regulators), network.n_genes), np.bool_)
    linked[own, target] = True
    seen = int(responded[at[tested], target[tested]].sum())
    draws = DRAWS if network.n_edges <= LARGE else FEW_DRAWS
    random, counts = np.random.default_rng(_SEED), np.zeros(draws, np.int64)
    for draw in range(draws):
        tried = (_BETWEEN if draw else _BURN_IN) * network.n_edges
        pairs = random.integers(0, network.n_edges, (tried, 2), np.int32)
        _exchange(pairs, own, regulators, target, linked)
        counts[draw] = responded[at[tested], target[tested]].sum()
    p_value = (1 + int((counts >= seen).sum())) / (1 + draws)
    return DegreeNull(float(counts.mean()), float(counts.std(ddof=1)), p_value, draws)


@njit(cache=True, nogil=True)
def _exchange(
    pairs: NDArray[np.int32],
    own: NDArray[np.int64],
    regulators: NDArray[np.int64],
    target: NDArray[np.int64],
    linked: NDArray[np.bool_],
) -> None:
    """Exchange the targets of pairs of edges in place, unless a self-loop or a double edge arises.

    Args:
        pairs: int32 [n_tried, 2], positions of edges.
        own: int64 [n_edges], regulator of each edge as a row of ``linked``.
        regulators: int64 [n_regulators], their genes.
        target: int64 [n_edges], changed.
        linked: bool [n_regulators, n_genes], changed with it.
    """
    for k in range(len(pairs)):
        i, j = pairs[k, 0], pairs[k, 1]
        a, b, x, y = own[i], own[j], target[i], target[j]
        if linked[a, y] or linked[b, x] or regulators[a] == y or regulators[b] == x:
            continue
        linked[a, x] = linked[b, y] = False
        linked[a, y] = linked[b, x] = True
        target[i], target[j] = y, x
