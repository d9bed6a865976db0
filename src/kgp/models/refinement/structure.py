r"""What an edge's surroundings say about it: prior odds that are learned from the responses.

Regulators with many targets tend to have more of them, and a gene with many regulators tends to
have another; an edge between two genes that have hardly any other is more often a mistake. How
much of that holds in a network is not assumed but estimated with the edits themselves (empirical
Bayes). With the degrees :math:`k_m, k_j` of regulator and target, the edge itself not counted,

.. math::
    \log\frac{P(\text{wrong})}{P(\text{right})} = -(c + \beta_s x_m + \beta_t x_j), \qquad
    \log P(\text{missing}) = -c' + \gamma_s x_m + \gamma_t x_j, \qquad
    x = \log(k + 1/2) - \overline{\log(k + 1/2)},

the mean being that over the network's edges.

A regulator that was perturbed has a base and a slope of its own for wrong edges, because what is
perturbed is chosen, and mostly from regulators that are known as such.

The slopes start at 0 and are drawn towards 0 (:mod:`kgp.models.refinement.learning`), so a network
about which the responses say nothing keeps one price for all edges. Both :math:`\beta` stay at 0 or
above: that many regulators of one gene show little each is no sign that they are wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """Degrees of a network's genes, and how much they weigh.

    Attributes:
        outgoing: int64 [n_genes], targets of each gene.
        incoming: int64 [n_genes], regulators of each gene.
        perturbed: bool [n_genes], genes that were perturbed.
        centre: means of both logarithms over the network's edges.
        wrong: slopes of the cost of a removal: by the degree of regulator and target, and for a
            perturbed regulator its base and what it adds to the slope.
        missing: slopes of the cost of an addition by the degree of regulator and target.
    """

    outgoing: NDArray[np.int64]
    incoming: NDArray[np.int64]
    perturbed: NDArray[np.bool_]
    centre: tuple[float, ...] = (0.0, 0.0)
    wrong: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    missing: tuple[float, ...] = (0.0, 0.0)

    @classmethod
    def of(cls, network: SignedNetwork, perturbed: NDArray[np.int32]) -> Structure:
        """Count the degrees of a network, whose ``perturbed`` genes were; without weight yet."""
        n = network.n_genes
        plain = cls(
            np.bincount(network.source, minlength=n),
            np.bincount(network.target, minlength=n),
            np.isin(np.arange(n), perturbed),
        )
        if not network.n_edges:
            return plain
        means = plain.features(network.source, network.target, network.sign).mean(axis=0)
        return replace(plain, centre=tuple(means.tolist()))

    def features(
        self, source: NDArray[np.int32], target: NDArray[np.int32], original: NDArray[np.int8]
    ) -> Floats:
        """Return float64 [n, 2], the logarithms of both degrees, the edge itself not counted."""
        itself = (original != 0).astype(np.int64)
        degrees = np.stack([self.outgoing[source] - itself, self.incoming[target] - itself], axis=1)
        return np.asarray(np.log(degrees + 0.5) - self.centre)

    def signs_of_error(
        self, source: NDArray[np.int32], target: NDArray[np.int32], original: NDArray[np.int8]
    ) -> Floats:
        """Return float64 [n, 4], what may tell wrong edges: both degrees, and being perturbed."""
        x = self.features(source, target, original)
        chosen = self.perturbed[source].astype(np.float64)
        return np.column_stack([x, chosen, chosen * x[:, 0]])

    def costs(
        self, source: NDArray[np.int32], target: NDArray[np.int32], original: NDArray[np.int8]
    ) -> tuple[Floats, Floats]:
        """Return what degrees add to the cost of a removal and of an addition, float64 [n] each."""
        x = self.features(source, target, original)
        wrong = self.signs_of_error(source, target, original) @ np.array(self.wrong)
        return wrong, -(x @ np.array(self.missing))

    def ends(self) -> tuple[Floats, Floats]:
        """Return float64 [n_genes] each: the features of every gene as a source and as a target."""
        source, target = (np.log(degree + 0.5) for degree in (self.outgoing, self.incoming))
        return source - self.centre[0], target - self.centre[1]

    def cheapest(self) -> float:
        """Return the least that degrees add to the cost of any addition."""
        best = [
            max(slope * end.min(), slope * end.max())
            for slope, end in zip(self.missing, self.ends(), strict=True)
        ]
        return -float(sum(best))
