"""What synthetic responses are made of: treatments, and how samples of them are measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

KNOCK_OUT, KNOCK_DOWN, OVER_EXPRESSION = "knock-out", "knock-down", "over-expression"
DIRECTION = {KNOCK_OUT: -1, KNOCK_DOWN: -1, OVER_EXPRESSION: 1}
"""What is done to a gene → whether there is less or more of it."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to cells.

    Args:
        genes: numbers of the perturbed genes; none for controls.
        kind: a key of ``DIRECTION``.
        ligand: whether the ligand is there without which gated factors do nothing.
    """

    genes: tuple[int, ...] = ()
    kind: str = KNOCK_OUT
    ligand: bool = True

    @property
    def direction(self) -> int:
        """-1 where there is less of the genes, +1 where there is more."""
        return DIRECTION[self.kind]


class Mechanism(Protocol):
    """How a treatment becomes a response."""

    @property
    def n_genes(self) -> int:
        """Number of genes of the network, hidden regulators not counted."""

    def change(self, treatment: Treatment) -> Floats:
        """Return the true log2 fold changes, [n_genes], against the untreated cells."""


@dataclass(frozen=True, slots=True, eq=False)
class Assay:
    """How genes are measured.

    Args:
        base: log2 level of each gene in untreated cells, [n_genes].
        spread: standard deviation between replicates in log2 units, biology and measurement
            together, [n_genes].
        dispersion: of counts, [n_genes]: their variance is mean + dispersion * mean².
    """

    base: Floats
    spread: Floats
    dispersion: Floats

    def logs(self, change: Floats, n: int, random: np.random.Generator) -> Floats:
        """Return log2 levels of ``n`` replicates, [n, n_genes]."""
        noise = random.standard_normal((n, len(self.base))) * self.spread
        return np.asarray(self.base + change + noise, np.float64)

    def counts(
        self, change: Floats, n: int, random: np.random.Generator, *, depth: float = 1.0
    ) -> Ints:
        """Return negative binomial counts of ``n`` replicates, [n, n_genes].

        Args:
            change: log2 fold changes, [n_genes].
            n: number of replicates.
            random: source of randomness.
            depth: mean sequencing depth, where 1 gives a gene of log2 level b a mean of 2^b.
        """
        size = random.uniform(0.7, 1.4, (n, 1)) * depth
        mean = 2.0 ** (self.base + change) * size
        shape = 1 / self.dispersion
        return random.negative_binomial(shape, shape / (shape + mean)).astype(np.int64)


def make_assay(n_genes: int, random: np.random.Generator, *, noise: float = 1.0) -> Assay:
    """Draw levels and noise of genes.

    Variances are scaled inverse chi-squared, which is what moderated tests assume; ``noise`` scales
    their root, and 0 gives samples without noise (counts keep that of counting).
    """
    df, typical = 8.0, 0.25
    variances = typical**2 * df / random.chisquare(df, n_genes)
    return Assay(
        random.uniform(4.0, 11.0, n_genes),
        noise * np.sqrt(variances),
        np.maximum(noise**2 * 0.03 * df / random.chisquare(df, n_genes), 1e-6),
    )
