r"""Which next single perturbation would settle most?

What the response of each gene tells about each edge is its mutual information with the edge's
state (:mod:`kgp.models.refinement.suggest_information`). A gene is one measurement, so it counts
once, for the edge that it says most about; with :math:`I_k(r, e)` for regulator *r* and edge *e* in
the *k*-th of *K* networks drawn from what is believed now, perturbing *r* is worth

.. math::
    I(r) = \sum_j \max_{e \to j} \frac{1}{K} \sum_k I_k(r, e)

A knock-out and an over-expression say the same by this measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.suggest_beliefs import believe
from kgp.models.refinement.suggest_information import information

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.suggest_beliefs import Beliefs

LEAST_BITS = 0.01
"""Information from which on an edge counts as tested."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One perturbation that could come next.

    Attributes:
        gene: position of the regulator.
        bits: expected information about edges and likely additions.
        direct: edges of the regulator whose target is measured.
        indirect: edges further on about which it would say something.
        doubted: those of both that the responses so far speak against.
        additions: likely missing edges about which it would say something.
        perturbed: how often it was perturbed alone so far.
    """

    gene: int
    bits: float
    direct: int
    indirect: int
    doubted: int
    additions: int
    perturbed: int


def suggest(
    network: SignedNetwork,
    observations: Observations | None = None,
    config: RefineConfig | None = None,
    *,
    knowledge: Knowledge | None = None,
    networks: int = 16,
) -> tuple[Suggestion, ...]:
    """Rank the regulators of a network by what perturbing each would tell, most first.

    Args:
        network: the network as it stands.
        observations: responses so far; the next experiment measures the genes that they did.
            None: nothing is known yet, and all genes will be measured.
        config: rates, prior and walks; its seed is that of the networks drawn.
        knowledge: what is known of single pairs beside the network.
        networks: how many networks are drawn from what is believed.

    Raises:
        BadInputError: as :func:`kgp.models.refinement.refine.refine`.
    """
    config = config or RefineConfig()
    known = knowledge or Knowledge.nothing(network.n_genes)
    beliefs = believe(network, observations, config, known)
    measured = _measured(observations, network.n_genes)
    told = information(beliefs, measured, networks, config.seed)
    return _rank(beliefs, told, _times_perturbed(observations, network.n_genes))


def _rank(beliefs: Beliefs, told: Any, perturbed: NDArray[np.int64]) -> tuple[Suggestion, ...]:
    """Sum up per regulator, the most telling first."""
    network, stated = beliefs.network, beliefs.stated
    is_edge = stated != 0
    doubted = beliefs.spoken & (beliefs.of(stated) < 0.5)
    suggestions = []
    for row, gene in enumerate(network.regulators.tolist()):
        span = slice(told.indptr[row], told.indptr[row + 1])
        pair, bits = told.indices[span], told.data[span]
        cells = np.zeros(network.n_genes)
        np.maximum.at(cells, beliefs.target[pair], bits)
        own, known = beliefs.source[pair] == gene, is_edge[pair]
        telling = bits >= LEAST_BITS
        suggestions.append(
            Suggestion(
                gene,
                float(cells.sum()),
                int((own & known).sum()),
                int((telling & ~own & known).sum()),
                int((telling & doubted[pair]).sum()),
                int((telling & ~known).sum()),
                int(perturbed[gene]),
            )
        )
    return tuple(sorted(suggestions, key=lambda each: (-each.bits, each.gene)))


def _measured(observations: Observations | None, n_genes: int) -> NDArray[np.bool_]:
    if observations is None:
        return np.ones(n_genes, bool)
    return np.asarray(observations.measured.any(axis=0))


def _times_perturbed(observations: Observations | None, n_genes: int) -> NDArray[np.int64]:
    if observations is None:
        return np.zeros(n_genes, np.int64)
    alone = [seeds[0][0] for seeds in observations.seeds() if len(seeds) == 1]
    return np.bincount(np.array(alone, np.int64), minlength=n_genes)
