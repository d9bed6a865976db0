"""Walks from each perturbation to each gene, counted for the compiled kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.refinement.cell_kernels import find_lengths
from kgp.models.refinement.reasoning_walks import Steps
from kgp.models.refinement.state import Reach

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective

_PAIR = 128
"""Two lengths fit into one number: the positive one plus this many times the negative one."""


def count_shortest(
    objective: Objective, network: SignedNetwork
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return the walks of every cell, and the lengths of the shortest; see :class:`State`."""
    counts = count_walks(objective, network)
    lengths = np.zeros((*counts.shape[:2], 2), np.uint8)
    find_lengths(counts, objective.how.min_length, lengths)
    return counts, lengths


def count_walks(objective: Objective, network: SignedNetwork) -> NDArray[np.int32]:
    """Count the walks from each perturbation, int32 [n_genes, n_rows, max_length, 2].

    Genes come first because an edit of the network changes few columns of the response matrix and
    many of their rows.
    """
    rows, n = objective.rows, network.n_genes
    counts = np.zeros((n, len(rows), objective.how.max_length, 2), dtype=np.int32)
    up, down = (rows.matrix(sign, n) for sign in (1, -1))
    steps = Steps.of(network)
    for length, *pair in steps.walk(up, down, objective.how.max_length, capped=False):
        for which, walks in enumerate(each.tocoo() for each in pair):
            counts[walks.col, walks.row, length - 1, which] = walks.data
    return counts


def make_reach(objective: Objective, network: SignedNetwork) -> Reach:
    """Lay out which perturbation reaches which gene in ``network``, both ways round."""
    up, down = _first_walks(objective, network)
    both = (up.astype(np.int32) + _PAIR * down.astype(np.int32)).tocsr()
    by_gene = both.tocsc()
    return Reach(
        by_gene.indptr.astype(np.int64),
        by_gene.indices.astype(np.int32),
        np.stack([by_gene.data % _PAIR, by_gene.data // _PAIR], axis=1).astype(np.int8),
        both.indptr.astype(np.int64),
        both.indices.astype(np.int32),
        np.zeros(network.n_genes, np.bool_),
    )


def _first_walks(objective: Objective, network: SignedNetwork) -> tuple[Any, Any]:
    """Return the lengths of the shortest walks that one more edge would complete.

    Returns:
        CSR int8 [n_rows, n_genes] for positive and for negative walks, 0 without any.
    """
    rows, last = objective.rows, objective.how.max_length - 1
    upto = objective.how.lengths == "upto"
    steps = Steps.of(network)
    up, down = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    found = [_of_length(each, int(upto or last == 0)) for each in (up, down)]
    for length, *pair in steps.walk(up, down, last, capped=True):
        if upto or length == last:
            for which, each in enumerate(pair):
                new = _of_length(steps.carried(each), length + 1)
                found[which] = found[which] + new - new.multiply(found[which] > 0)
    return found[0].tocsr(), found[1].tocsr()


def _of_length(walks: Any, length: int) -> Any:
    """Return CSR with ``length`` wherever there are walks."""
    walks = walks.tocsr(copy=True)
    walks.data[:] = length
    walks.eliminate_zeros()
    return walks
