"""Which edits change as much after others were made as before, so that none is tried in vain.

What an edit of m → j changes follows from the walks that end in m, from those that go on from j,
and from the cells where both meet. If other edits have changed none of these, it still holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kgp.models.refinement.state import Reach, State


@njit(cache=True, nogil=True)
def _spread_back(state: State, marks: NDArray[np.bool_], steps: int) -> NDArray[np.bool_]:
    """Return bool [n_genes, n]: marks of a gene and of all that walks of so many steps meet."""
    for _ in range(steps):
        spread = marks.copy()
        for gene in range(len(marks)):
            first = state.carried_start[gene]
            for link in range(first - 1, state.carried_start[gene + 1]):
                start = gene if link < first else state.carried[link]
                for edge in range(state.out_start[start], state.out_start[start + 1]):
                    if state.sign[edge] != 0:
                        there = state.target[edge]
                        for k in range(marks.shape[1]):
                            spread[gene, k] |= marks[there, k]
        marks = spread
    return marks


@njit(cache=True, nogil=True)
def _may_differ(
    reached: Reach,
    back: NDArray[np.bool_],
    on: NDArray[np.bool_],
    cells: NDArray[np.bool_],
    moves: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Return bool [n_moves]; for the rest see :class:`Touched`."""
    differs = np.empty(len(moves), np.bool_)
    for k in range(len(moves)):
        source, target = moves[k, 0], moves[k, 1]
        differs[k] = back[source] or on[target]
        place, last = reached.row_start[source], reached.row_start[source + 1]
        while place < last and not differs[k]:
            differs[k] = cells[target, reached.row[place]]
            place += 1
    return differs


class Touched(NamedTuple):
    """What edits that were made have changed.

    Attributes:
        reached: which perturbation reaches which gene now.
        back: bool [n_genes], genes in which other walks end than before.
        on: bool [n_genes], genes from which other walks go on than before.
        cells: bool [n_genes, n_rows], rows where a cell that walks from the gene meet was touched.
    """

    reached: Reach
    back: NDArray[np.bool_]
    on: NDArray[np.bool_]
    cells: NDArray[np.bool_]

    @classmethod
    def by(
        cls, made: NDArray[np.int32], edited: State, now: State, reached: Reach
    ) -> Touched | None:
        """Say what edits have changed; None where that cannot be told.

        Args:
            made: int32 [n_made], the sources of the edited edges.
            edited: the layout in which they were made.
            now: a fresh one of the network with them.
            reached: which perturbation reaches which gene in it.
        """
        if now.min_length > 1:  # then not all that reach a gene are known
            return None
        steps = now.max_length - 1
        back, on = (
            np.asarray(edited.touched.any(axis=1)),
            np.zeros((len(edited.touched), 1), np.bool_),
        )
        on[made] = True
        for marks, start, ends in (
            (back, now.carrier_start, now.carrier),
            (on[:, 0], now.carried_start, now.carried),
        ):
            gene = np.repeat(np.arange(len(marks)), np.diff(start))
            marks[gene[marks[ends]]] = True
        on = _spread_back(now, on, max(steps - 1, 0))[:, 0] if steps else np.zeros_like(back)
        return cls(reached, back, on, _spread_back(now, edited.touched, steps))

    @classmethod
    def nothing(cls, state: State, reached: Reach) -> Touched:
        """Say that nothing was changed."""
        none = np.zeros(state.touched.shape, np.bool_)
        return cls(reached, none[:, 0], none[:, 0], none)

    def may_differ(self, moves: NDArray[np.int32]) -> NDArray[np.bool_]:
        """Return bool [n_moves]: edits that may change other than they did before."""
        return np.asarray(_may_differ(*self, moves))


class Memory:
    """What edits change, remembered for as long as nothing has changed for them.

    Args:
        n_genes: of the network.
    """

    def __init__(self, n_genes: int) -> None:
        self._n_genes = n_genes
        self._code, self._change = np.zeros(0, np.int64), np.zeros(0)

    def recall(
        self,
        moves: NDArray[np.int32],
        touched: Touched | None,
        evaluate: Callable[[NDArray[np.int32]], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Return what moves change, float64 [n_moves]; only those are evaluated that must be.

        Args:
            moves: int32 [n_moves, 4], no two alike.
            touched: what was changed since the last call; None if everything was.
            evaluate: returns what moves change.
        """
        source, target = moves[:, 0].astype(np.int64), moves[:, 1]
        code = ((source * self._n_genes + target) * 3 + moves[:, 2] + 1) * 3 + moves[:, 3] + 1
        change, known = np.empty(len(moves)), np.zeros(len(moves), np.bool_)
        if touched is not None and len(self._code):
            place = np.minimum(np.searchsorted(self._code, code), len(self._code) - 1)
            known = (self._code[place] == code) & ~touched.may_differ(moves)
            change[known] = self._change[place[known]]
        change[~known] = evaluate(moves[~known])
        order = np.argsort(code)
        self._code, self._change = code[order], change[order]
        return change
