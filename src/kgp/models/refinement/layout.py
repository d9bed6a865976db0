"""Networks, prices and perturbations laid out for the compiled kernels; edits tried in threads."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.additions import evaluate_additions
from kgp.models.refinement.cell_kernels import tabulate_outcomes
from kgp.models.refinement.counting import count_shortest
from kgp.models.refinement.kernels import evaluate_block
from kgp.models.refinement.state import Reach, Scratch, State, Walks

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective

_WORTH_A_THREAD = 256
"""Least number of edits to try for which starting threads pays."""


_MOST_THREADS = 8

_PARTS = 8
"""Parts of the work for each thread."""


def count_threads() -> int:
    """Return how many threads may work at once."""
    return min(os.cpu_count() or 1, _MOST_THREADS)


def make_scratch(objective: Objective, threads: int = 0) -> tuple[Scratch, ...]:
    """Allocate the kernels' scratch space, one for each thread (default: one for each core)."""
    n, longest = objective.original.n_genes, objective.how.max_length

    def walks(n: int) -> Walks:
        return Walks(
            np.zeros((n, longest, 2), np.int64), np.zeros(n, np.int32), np.zeros(n, np.bool_)
        )

    threads = threads or count_threads()
    table = tabulate_outcomes(longest, objective.how.conflict.rule == "shortest")
    by_lengths = (len(objective.rows), longest + 2, longest + 2)
    return tuple(
        Scratch(
            walks(n),
            walks(len(objective.rows)),
            walks(n),
            np.zeros(longest, np.int64),
            np.zeros((longest, 2), np.int64),
            table,
            np.zeros((n, 2), np.int64),
            np.zeros(n, np.bool_),
            np.full(by_lengths, np.nan),
            np.zeros(math.prod(by_lengths), np.int64),
        )
        for _ in range(threads)
    )


def make_state(
    objective: Objective,
    network: SignedNetwork,
    candidates: NDArray[np.int32] | None = None,
    like: State | None = None,
) -> State:
    """Lay out the edges of a network, of the original and of ``candidates`` for the kernels.

    Args:
        objective: prices and perturbations.
        network: the present network.
        candidates: int32 [n_candidates, >= 2], pairs that may become edges.
        like: another layout of the same network, whose counts are taken over.
    """
    original, n = objective.original, network.n_genes
    pairs = np.zeros((0, 2), np.int32) if candidates is None else candidates
    extra = pairs[:, 0].astype(np.int64) * n + pairs[:, 1]
    key = np.unique(np.concatenate([network.keys(), original.keys(), extra]))
    source, target = (key // n).astype(np.int32), (key % n).astype(np.int32)
    order = np.lexsort((source, target)).astype(np.int32)
    before = original.sign_at(key)
    seed_start, seed_row, seed_sign = objective.rows.by_gene(n)
    carried_start, carried = _grouped(network.links[:, 0], network.links[:, 1], n)
    carrier_start, carrier = _grouped(network.links[:, 1], network.links[:, 0], n)
    counts, lengths = (
        count_shortest(objective, network) if like is None else (like.counts, like.lengths)
    )
    return State(
        source,
        target,
        network.sign_at(key),
        before,
        np.searchsorted(source, np.arange(n + 1)).astype(np.int64),
        np.searchsorted(target[order], np.arange(n + 1)).astype(np.int64),
        order,
        source[order],
        carried_start,
        carried,
        carrier_start,
        carrier,
        seed_start,
        seed_row,
        seed_sign,
        counts,
        lengths,
        np.zeros(lengths.shape[:2], np.bool_),
        np.zeros(n, np.bool_),
        objective.cell_class,
        objective.class_cost,
        objective.silent,
        objective.cap,
        objective.prior.costs(source, target, before),
        objective.how.conflict.rule == "shortest",
        objective.how.min_length,
        objective.how.max_length,
    )


def _grouped(
    key: NDArray[np.int32], value: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where each key's values start, and the values in order of their keys."""
    order = np.argsort(key, kind="stable")
    start = np.searchsorted(key[order], np.arange(n + 1)).astype(np.int64)
    return start, value[order].astype(np.int32)


def evaluate(
    state: State,
    scratch: tuple[Scratch, ...],
    moves: NDArray[np.int32],
    per_row: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the exact change of the cells' cost for each of many edits, none of them made.

    Args:
        state: the network and its counts.
        scratch: scratch space, one for each thread.
        moves: int32 [n_moves, 4], columns source, target, sign before, sign after.
        per_row: float64 [n_moves, n_rows], filled with the change within each row.

    Returns:
        float64 [n_moves], below zero where the data like the edit; edit costs not included.
    """
    if per_row is None:
        # By target, because edits into one gene look at the same columns of the counts.
        order, change = np.argsort(moves[:, 1], kind="stable"), np.empty(len(moves))
        change[order] = _evaluate(state, scratch, moves[order], np.empty((0, 0)))
        return change
    return _evaluate(state, scratch, moves, per_row)


def _evaluate(
    state: State,
    scratch: tuple[Scratch, ...],
    moves: NDArray[np.int32],
    rows: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Do :func:`evaluate`, in threads where there are many moves."""
    change = np.empty(len(moves))

    def work(space: Scratch, part: slice) -> None:
        evaluate_block(state, space, moves[part], change[part], rows[part])

    _in_parts(len(moves), scratch, work)
    return change


def _in_parts(n: int, scratch: tuple[Scratch, ...], work: Callable[[Scratch, slice], None]) -> None:
    """Do ``work`` on parts of ``n`` moves, in threads where there are many."""
    if n < _WORTH_A_THREAD or len(scratch) == 1:
        work(scratch[0], slice(n))
        return
    # Small parts, because the moves of a hub, which cost most, stand together.
    parts = iter(split(n, len(scratch)))

    def take_parts(space: Scratch) -> None:
        for part in parts:
            work(space, part)

    with ThreadPoolExecutor(len(scratch)) as pool:
        list(pool.map(take_parts, scratch))


def split(n: int, threads: int) -> list[slice]:
    """Divide ``n`` things into parts, so many that threads which take them in turn end together."""
    size = max(-(-n // (_PARTS * threads)), 1)
    return [slice(first, first + size) for first in range(0, n, size)]


def evaluate_added(
    state: State, scratch: tuple[Scratch, ...], moves: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Return what :func:`evaluate` does, faster, for additions that stand together by target.

    Each is the same sum in the same order, so that edits which gain the same are found equal.
    """
    n = len(state.seed_start) - 1
    none = np.zeros(n + 1, np.int64), np.zeros(0, np.int32), np.zeros((0, 2), np.int8)
    anew = Reach(*none, np.zeros(1, np.int64), np.zeros(0, np.int32), np.ones(n, np.bool_))
    change = np.empty(len(moves))

    def work(space: Scratch, part: slice) -> None:
        evaluate_additions(state, space, anew, moves[part], change[part])

    _in_parts(len(moves), scratch, work)
    return change


def regulates(state: State) -> NDArray[np.bool_]:
    """Return bool [n_genes]: genes whose change reaches others, themselves or through links."""
    onward = np.diff(state.out_start) > 0
    start = np.repeat(np.arange(len(onward)), np.diff(state.carried_start))
    onward[start[onward[state.carried]]] = True
    return np.asarray(onward)


def find_edges(state: State, moves: NDArray[np.int32], n_genes: int) -> NDArray[np.int32]:
    """Return the edge ids of ``moves``, int32 [n_moves]; every pair must be laid out."""
    key = state.source.astype(np.int64) * n_genes + state.target
    return np.searchsorted(key, moves[:, 0].astype(np.int64) * n_genes + moves[:, 1]).astype(
        np.int32
    )


def edits_of_known_edges(state: State) -> NDArray[np.int32]:
    """Return all edits of the edges that are laid out, int32 [2 * n_edges, 4]."""
    other = np.stack([np.where(state.sign == 0, -1, 0), np.where(state.sign == 1, -1, 1)])
    return np.concatenate(
        [np.stack([state.source, state.target, state.sign, after], axis=1) for after in other]
    ).astype(np.int32)


def price(
    objective: Objective, moves: NDArray[np.int32], *, floor: float = 0.0
) -> NDArray[np.float64]:
    """Return what moves change of the cost of the edits, float64 [n_moves]; see Prior.costs."""
    source, target = moves[:, 0], moves[:, 1]
    n = objective.original.n_genes
    before = objective.original.sign_at(source.astype(np.int64) * n + target)
    cost, k = objective.prior.costs(source, target, before, floor=floor), np.arange(len(moves))
    return np.asarray(cost[k, moves[:, 3] + 1] - cost[k, moves[:, 2] + 1])
