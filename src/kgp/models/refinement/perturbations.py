"""Which genes are perturbed in which direction, as rows of a sparse matrix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Self

    from numpy.typing import ArrayLike, NDArray

Seeds = tuple[tuple[int, int], ...]
"""Position and direction (+1 up, -1 down) of every gene that one experiment perturbs."""


@dataclass(frozen=True, slots=True, eq=False)
class Perturbations:
    """Distinct perturbations, each of one gene or of several together.

    Attributes:
        start: int64 [n_rows + 1], the seeds of a row as a range.
        gene: int32 [n_seeds].
        sign: int8 [n_seeds], +1 up, -1 down.
    """

    start: NDArray[np.int64]
    gene: NDArray[np.int32]
    sign: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.start) - 1

    @classmethod
    def singles(cls, genes: ArrayLike) -> Self:
        """Perturb each of ``genes`` alone, upwards."""
        alone = np.atleast_1d(np.asarray(genes, np.int32))
        return cls(np.arange(len(alone) + 1), alone, np.ones(len(alone), np.int8))

    @classmethod
    def of(cls, rows: Sequence[Seeds]) -> Self:
        """Lay out rows given as seeds."""
        pairs = np.array([seed for row in rows for seed in row], np.int32).reshape(-1, 2)
        start = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
        return cls(start, pairs[:, 0].copy(), pairs[:, 1].astype(np.int8))

    def rows(self) -> tuple[Seeds, ...]:
        """Return the seeds of every row."""
        pairs = list(zip(self.gene.tolist(), self.sign.tolist(), strict=True))
        bounds = self.start.tolist()
        return tuple(tuple(pairs[low:high]) for low, high in pairwise(bounds))

    def matrix(self, sign: int, n_genes: int) -> Any:
        """Return the seeds of one sign as CSR int32 [n_rows, n_genes]."""
        from scipy import sparse

        row = np.repeat(np.arange(len(self)), np.diff(self.start))
        chosen = self.sign == sign
        ones = np.ones(int(chosen.sum()), np.int32)
        ends = (row[chosen], self.gene[chosen])
        return sparse.csr_array((ones, ends), shape=(len(self), n_genes))

    def by_gene(
        self, n_genes: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int8]]:
        """Return, by gene, the rows that perturb it: start [n_genes + 1], row and sign."""
        row = np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.start))
        order = np.argsort(self.gene, kind="stable")
        start = np.searchsorted(self.gene[order], np.arange(n_genes + 1)).astype(np.int64)
        return start, row[order], self.sign[order]


def normalise(seeds: Iterable[tuple[int, int]]) -> tuple[Seeds, int]:
    """Return the perturbation with its first gene upwards, and the sign that was taken out.

    What walks predict is odd: the opposite perturbation has the opposite response. So a knock-out
    and an over-expression of one gene are one row whose labels are turned.
    """
    ordered = sorted(set(seeds))
    turn = ordered[0][1]
    return tuple((gene, sign * turn) for gene, sign in ordered), turn
