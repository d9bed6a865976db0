"""Exact local search for the network that best explains the responses with few edits.

Edits are made one at a time, those with much evidence first: the least fall of the objective
that an edit must bring starts high and halves towards zero, so that strong edits explain the
weak ones' evidence away before these are tried. The effect of every edit is computed exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.kernels import accept, evaluate
from kgp.models.refinement.reasoning import reach, walk_counts
from kgp.models.refinement.scan import scan
from kgp.models.refinement.state import Reach, State, Walks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.progress import Step

_ENOUGH = 1e-9


def make_scratch(objective: Objective) -> tuple[Walks, Walks]:
    """Allocate the kernels' scratch space: walks that end in, and walks that leave a gene."""
    n, longest = objective.original.n_genes, objective.max_length

    def one() -> Walks:
        return Walks(
            np.zeros((longest, n, 2), np.int64), np.zeros(n, np.int32), np.zeros(n, np.bool_)
        )

    return one(), one()


def make_state(
    objective: Objective,
    network: SignedNetwork,
    counts: NDArray[np.int32],
    candidates: NDArray[np.int32] | None = None,
) -> State:
    """Lay out the edges of a network, of the original and of ``candidates`` for the kernels.

    Args:
        objective: prices and perturbed genes.
        network: the present network.
        counts: int32 [n_genes, n_rows, 2], its walk counts.
        candidates: int32 [n_candidates, 2], pairs that may become edges.
    """
    original, n = objective.original, network.n_genes
    pairs = np.zeros((0, 2), np.int32) if candidates is None else candidates
    extra = pairs[:, 0].astype(np.int64) * n + pairs[:, 1]
    key = np.unique(np.concatenate([network.keys(), original.keys(), extra]))
    source, target = (key // n).astype(np.int32), (key % n).astype(np.int32)
    order = np.lexsort((source, target)).astype(np.int32)
    row_of = np.full(n, -1, np.int32)
    row_of[objective.rows] = np.arange(len(objective.rows), dtype=np.int32)
    shortest = 1 if objective.lengths == "upto" else objective.max_length
    return State(
        source,
        target,
        network.sign_at(key),
        original.sign_at(key),
        np.searchsorted(source, np.arange(n + 1)).astype(np.int64),
        np.searchsorted(target[order], np.arange(n + 1)).astype(np.int64),
        order,
        row_of,
        counts,
        objective.cell_class,
        objective.class_cost,
        objective.edit_cost,
        shortest,
        objective.max_length,
    )


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
    counts = walk_counts(
        network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )
    scratch = make_scratch(objective)
    for _ in range(max_sweeps):
        moves, _gains = propose(objective, network, counts, scratch, threshold)
        state = make_state(objective, network, counts, moves[:, :2])
        edges = find_edges(state, moves, network.n_genes)
        made, _fall = accept(state, *scratch, edges, moves[:, 3].astype(np.int8), threshold)
        network = network.with_edges(state.source, state.target, state.sign)
        if step is not None:
            step.advance()
            step.note(f"{_changed(objective.original, network):,} edges changed")
        if made == 0 and threshold <= _ENOUGH:
            break
        threshold = threshold / 2 if threshold > 0.5 else _ENOUGH
    return network


def _changed(original: SignedNetwork, network: SignedNetwork) -> int:
    keys = np.union1d(original.keys(), network.keys())
    return int((original.sign_at(keys) != network.sign_at(keys)).sum())


def propose(
    objective: Objective,
    network: SignedNetwork,
    counts: NDArray[np.int32],
    scratch: tuple[Walks, Walks],
    threshold: float,
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """List the edits that may lower the objective by ``threshold``, best first.

    Returns:
        int32 [n_moves, 4] source, target, sign before, sign after; float64 [n_moves] gains.
    """
    state = make_state(objective, network, counts)
    present = edits_of_known_edges(state)
    gains = -evaluate(state, *scratch, present, np.empty((0, 0)))
    onward = np.diff(state.out_start) > 0
    floor = np.where(onward, 0.0, threshold)
    everywhere = np.arange(network.n_genes, dtype=np.int32)
    added, added_gains = scan_columns(state, make_reach(objective, network), everywhere, floor)
    further = onward[added[:, 1]]
    added_gains[further] = -evaluate(state, *scratch, added[further], np.empty((0, 0)))
    moves, gains = np.concatenate([present, added]), np.concatenate([gains, added_gains])
    original = objective.original.sign_at(
        moves[:, 0].astype(np.int64) * network.n_genes + moves[:, 1]
    )
    price = objective.edit_cost
    gains = gains + price[original + 1, moves[:, 2] + 1] - price[original + 1, moves[:, 3] + 1]
    chosen = np.flatnonzero(gains > threshold)
    chosen = chosen[np.argsort(-gains[chosen], kind="stable")]
    return moves[chosen], gains[chosen]


def edits_of_known_edges(state: State) -> NDArray[np.int32]:
    """Return all edits of present and of original edges, int32 [2 * n_edges, 4]."""
    other = np.stack([np.where(state.sign == 0, -1, 0), np.where(state.sign == 1, -1, 1)])
    return np.concatenate(
        [np.stack([state.source, state.target, state.sign, after], axis=1) for after in other]
    ).astype(np.int32)


def make_reach(objective: Objective, network: SignedNetwork) -> Reach:
    """Lay out which perturbation reaches which gene in ``network``, both ways round."""
    by_row = reach(
        network, objective.rows, max_length=objective.max_length, lengths=objective.lengths
    )
    by_gene = by_row.tocsc()
    return Reach(
        by_gene.indptr.astype(np.int64),
        by_gene.indices.astype(np.int32),
        by_gene.data,
        by_row.indptr.astype(np.int64),
        by_row.indices.astype(np.int32),
    )


def scan_columns(
    state: State, reached: Reach, columns: NDArray[np.int32], floor: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Find additions into ``columns`` that gain more than ``floor`` in the target's own cells.

    Returns:
        int32 [n_found, 4] source, target, 0, sign; float64 [n_found] gains.
    """
    found, gains = scan(state, reached, columns, floor)
    absent = np.zeros(len(found), np.int32)
    return np.stack([found[:, 0], found[:, 1], absent, found[:, 2]], axis=1), gains


def find_edges(state: State, moves: NDArray[np.int32], n_genes: int) -> NDArray[np.int32]:
    """Return the edge ids of ``moves``, int32 [n_moves]; every pair must be laid out."""
    key = state.source.astype(np.int64) * n_genes + state.target
    return np.searchsorted(key, moves[:, 0].astype(np.int64) * n_genes + moves[:, 1]).astype(
        np.int32
    )
