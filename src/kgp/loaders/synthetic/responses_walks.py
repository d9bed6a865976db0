"""Responses by signed walks: what refinement methods assume, so that they can be tested on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.loaders.synthetic.responses import Floats, Ints, Treatment


@dataclass(frozen=True, slots=True, eq=False)
class SignedWalks:
    """A gene responds with the sign that most walks from the perturbed genes to it have.

    A walk's sign is the product of those of its edges; one that is longer by an edge counts half.
    Where walks of both signs outweigh each other nothing responds.

    Args:
        n_genes: number of genes.
        src: regulators, int64 [n_edges].
        dst: their targets, int64 [n_edges].
        sign: +1 or -1, float64 [n_edges].
        max_length: edges of the longest walk.
        strength: size of every response in log2 units.
    """

    n_genes: int
    src: Ints
    dst: Ints
    sign: Floats
    max_length: int = 3
    strength: float = 2.0

    def change(self, treatment: Treatment) -> Floats:
        """Return log2 fold changes, [n_genes]; the perturbed genes change by their direction."""
        shape = self.n_genes, self.n_genes
        edges = csr_array((self.sign, (self.dst, self.src)), shape)
        reached = np.zeros(self.n_genes)
        reached[list(treatment.genes)] = 1.0
        total = np.zeros(self.n_genes)
        for _ in range(self.max_length):
            # Halves of whole numbers add up exactly, so that equal weights cancel.
            reached = edges @ reached / 2
            total += reached
        total[list(treatment.genes)] = 1.0
        return np.asarray(treatment.direction * self.strength * np.sign(total), np.float64)


def blur(
    labels: NDArray[np.float64], random: np.random.Generator, *, missed: float, invented: float
) -> Floats:
    """Lose a share of the responses, and invent as many in proportion at silent genes.

    Args:
        labels: responses, [n]; 0 is none.
        random: source of randomness.
        missed: share of the responses that become 0.
        invented: number of new responses as a share of the true ones.
    """
    true, silent = np.flatnonzero(labels), np.flatnonzero(labels == 0)
    changed = labels.copy()
    changed[random.permutation(true)[: round(missed * len(true))]] = 0
    new = random.permutation(silent)[: round(invented * len(true))]
    size = float(np.abs(labels).max(initial=0.0))
    changed[new] = size * random.choice((-1.0, 1.0), len(new))
    return changed
