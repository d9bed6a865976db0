"""Walks through a signed network, length by length, as sparse products of blocks of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.refinement.network import SignedNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The edges of a network, laid out for products with rows of walks.

    Attributes:
        activating: CSR [n_genes, n_genes], 1 from regulator to target.
        repressing: CSR [n_genes, n_genes], the same for repressing edges.
        carry: CSR [n_genes, n_genes], what else happens where something happens: the identity
            and the links; None where nothing is linked.
    """

    activating: Any
    repressing: Any
    carry: Any | None

    @classmethod
    def of(cls, network: SignedNetwork, dtype: type = np.int32) -> Self:
        """Lay out a network; ``dtype`` is that of the counts."""
        edges = [network.sign == sign for sign in (1, -1)]
        activating, repressing = (
            _ones(network.source[chosen], network.target[chosen], network.n_genes, dtype)
            for chosen in edges
        )
        everyone = np.arange(network.n_genes)
        first = np.concatenate([everyone, network.links[:, 0]])
        second = np.concatenate([everyone, network.links[:, 1]])
        carry = _ones(first, second, network.n_genes, dtype) if len(network.links) else None
        return cls(activating, repressing, carry)

    def carried(self, walks: Any) -> Any:
        """Return the walks where one more edge could continue them, links included."""
        return walks if self.carry is None else walks @ self.carry

    def walk(
        self, positive: Any, negative: Any, max_length: int, *, capped: bool
    ) -> Iterator[tuple[int, Any, Any]]:
        """Yield length, positive and negative walks for each length from 1.

        Args:
            positive: CSR [n_rows, n_genes], walks of length 0: what is perturbed upwards.
            negative: CSR [n_rows, n_genes], what is perturbed downwards.
            max_length: the last length; below 1 nothing is yielded.
            capped: count one walk at most of each sign, length and end, so that no number grows.
        """
        for length in range(1, max_length + 1):
            positive, negative = (
                positive @ self.activating + negative @ self.repressing,
                positive @ self.repressing + negative @ self.activating,
            )
            if capped:
                positive.data[:] = 1
                negative.data[:] = 1
            yield length, positive, negative
            if length < max_length:
                positive, negative = self.carried(positive), self.carried(negative)


def _ones(row: Any, column: Any, n: int, dtype: type) -> Any:
    return sparse.csr_array((np.ones(len(row), dtype), (row, column)), shape=(n, n))
