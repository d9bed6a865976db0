r"""Hill kinetics of a regulatory network: what is produced at which levels of the regulators.

Levels are in units of untreated cells, and time in units of a product's life time, so that

.. math::
    \dot x_i = c_i \left(\frac{f_i(x)}{f_i(1)}\right)^{\alpha_i} - x_i, \qquad
    f_i = b_i + (1 - b_i)\, g_i

with :math:`c_i` the factor by which a perturbation changes the production of gene i (0 for a
knock-out), :math:`b_i` the basal share and :math:`g_i` what the regulators j of gene i leave on:

.. math::
    p_e = \frac{(a_j x_j / K_e)^{h_e}}{1 + (a_j x_j / K_e)^{h_e}}, \qquad
    q_e = p_e \text{ (activator)}, \; 1 - p_e \text{ (repressor)}

    g_i^{\text{all}} = \prod_e \bigl(1 - w_e (1 - q_e)\bigr), \qquad
    g_i^{\text{any}} = 1 - \prod_e (1 - w_e q_e)

With :math:`w_e = 1 - 1/F_e` the first is the thermodynamic model of independent binding with a
fold change of :math:`F_e` per regulator (Bintu et al., Curr Opin Genet Dev 15:116, 2005), and AND
for :math:`w_e = 1`; the second is OR. :math:`a_j` is 0 where a factor lacks its ligand. Rates of
decay set the pace and leave steady states where they are: all are 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Mechanism:
    """Kinetics of a network; nodes from ``n_genes`` on are regulators that nobody measures.

    Attributes:
        n_genes: number of genes that are measured.
        source: int64 [n_edges], regulator of each edge.
        target: int64 [n_edges], ascending.
        sign: float64 [n_edges], +1 activates, -1 represses.
        weight: float64 [n_edges], w, 0 without effect to below 1.
        half: float64 [n_edges], K, level of the regulator at half saturation.
        hill: float64 [n_edges], h, cooperativity.
        either: bool [n_nodes], genes that any of their regulators suffices for.
        basal: float64 [n_nodes], b, share of the largest production without regulators.
        power: float64 [n_nodes], alpha.
        active: bool [n_nodes], False for factors without their ligand: they regulate nothing.
    """

    n_genes: int
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    sign: Floats
    weight: Floats
    half: Floats
    hill: Floats
    either: NDArray[np.bool_]
    basal: Floats
    power: Floats
    active: NDArray[np.bool_]

    def __post_init__(self) -> None:
        columns = (self.target, self.sign, self.weight, self.half, self.hill)
        if any(len(column) != len(self.source) for column in columns):
            raise BadInputError("The columns of a mechanism's edges differ in length")
        if np.any(np.diff(self.target) < 0):
            raise BadInputError("The edges of a mechanism are not sorted by target")
        if np.any((self.weight < 0) | (self.weight >= 1)):
            raise BadInputError("A regulator's weight lies outside 0 to below 1")

    @property
    def n_nodes(self) -> int:
        """Number of genes and hidden regulators."""
        return len(self.basal)


@dataclass(frozen=True, slots=True, eq=False)
class Promoters:
    """The regulated ones among some genes, with the edges into them.

    Attributes:
        mechanism: the kinetics.
        edges: int64, positions of the edges into the genes, sorted by target.
        starts: int64 [n_promoters], where the edges of each gene start.
        genes: int64 [n_promoters], ascending.
    """

    mechanism: Mechanism
    edges: NDArray[np.int64]
    starts: NDArray[np.int64]
    genes: NDArray[np.int64]

    @classmethod
    def of(cls, mechanism: Mechanism, genes: NDArray[np.bool_]) -> Promoters:
        """Take the regulated ones among ``genes``, bool [n_nodes]."""
        edges = np.flatnonzero(genes[mechanism.target])
        targets, starts = np.unique(mechanism.target[edges], return_index=True)
        return cls(mechanism, edges, starts, targets)

    def production(self, levels: Floats) -> Floats:
        """Production relative to untreated cells, [n_promoters, n_columns].

        Args:
            levels: [n_nodes, n_columns].
        """
        if len(self.genes) == 0:
            return np.ones((0, levels.shape[1]))
        rest = self._logarithm(np.ones((len(levels), 1)))
        power = self.mechanism.power[self.genes, None]
        return np.asarray(np.exp(power * (self._logarithm(levels) - rest)), np.float64)

    def _logarithm(self, levels: Floats) -> Floats:
        """Logarithm of f, [n_promoters, n_columns]."""
        from scipy.special import expit

        kinetics, edges = self.mechanism, self.edges
        with np.errstate(divide="ignore"):
            effective = np.log(np.where(kinetics.active[:, None], levels, 0.0))
        either = kinetics.either[kinetics.target[edges]]
        turned = kinetics.sign[edges] * np.where(either, 1.0, -1.0) * kinetics.hill[edges]
        relative = effective[kinetics.source[edges]] - np.log(kinetics.half[edges, None])
        closed = kinetics.weight[edges, None] * expit(turned[:, None] * relative)
        left = np.exp(np.add.reduceat(np.log1p(-closed), self.starts, axis=0))
        share = np.where(kinetics.either[self.genes, None], 1 - left, left)
        basal = kinetics.basal[self.genes, None]
        return np.asarray(np.log(basal + (1 - basal) * share), np.float64)
