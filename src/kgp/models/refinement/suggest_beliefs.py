r"""How sure is each edge, and each edge that may be missing, given the responses so far?

The network is refined first, so that an edge is not blamed for what another one explains. With
:math:`E_s` the exact energy (minus log posterior, in nats) of the refined network in which one
edge alone is changed to *s*,

.. math::
    p(s) = \frac{e^{-E_s}}{\sum_{s'} e^{-E_{s'}}}, \qquad s \in \{-1, 0, +1\}

Of the further additions *a* into one target at most one is believed, because they explain the same
cells: :math:`p(a) = e^{-E_a} / (1 + \sum_{a'} e^{-E_{a'}})`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.layout import (
    evaluate,
    make_scratch,
    make_state,
    price,
    regulates,
)
from kgp.models.refinement.learning import weigh_edges
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.prior import Prior
from kgp.models.refinement.reasoning_rules import CANCEL, Conflict, Reasoning
from kgp.models.refinement.refine import refine
from kgp.models.refinement.scan import scan_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.prior import Knowledge
    from kgp.models.refinement.result import RefineConfig

    Floats = NDArray[np.float64]

LEAST_BELIEF = 0.01
"""Further additions less probable than this are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Beliefs:
    """What is believed of pairs of genes.

    Attributes:
        network: the network before any edit.
        source: int32 [n_pairs]: edges of the network and of its refinement, then likely additions.
        target: int32 [n_pairs].
        probability: float64 [n_pairs, 3], of the pair being -1, 0, +1.
        spoken: bool [n_pairs], edges of the network about which the responses say anything.
        n_edges: how many of the pairs are edges, which are believed independently.
        rates: of the labels.
        how: which walks carry effects, and what holds where both signs meet.
    """

    network: SignedNetwork
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    probability: Floats
    spoken: NDArray[np.bool_]
    n_edges: int
    rates: Rates
    how: Reasoning

    @property
    def stated(self) -> NDArray[np.int8]:
        """int8 [n_pairs], the signs that the network states, 0 where it has no edge."""
        keys = self.source.astype(np.int64) * self.network.n_genes + self.target
        return self.network.sign_at(keys)

    def of(self, sign: NDArray[np.int8]) -> Floats:
        """Return float64 [n_pairs], the probability that each pair has this sign."""
        return np.asarray(self.probability[np.arange(len(sign)), sign + 1])

    def edge_entropy(self) -> float:
        """Return the entropy of the network's own edges, in bits, each taken alone."""
        return float(entropy(self.probability[self.stated != 0]).sum())

    def draw(self, rng: np.random.Generator) -> NDArray[np.int8]:
        """Draw the sign of every pair, int8 [n_pairs]; at most one addition into a target."""
        n = self.n_edges
        below = self.probability[:n].cumsum(axis=1)[:, :2]
        sign = np.zeros(len(self.source), np.int8)
        sign[:n] = (rng.random(n)[:, None] > below).sum(axis=1) - 1
        order = n + np.argsort(self.target[n:], kind="stable")
        target = self.target[order]
        each = self.probability[order][:, [0, 2]].ravel()
        end = np.append(0.0, each.cumsum())
        start = end[2 * np.searchsorted(target, target)].repeat(2)
        point = start + rng.random(self.network.n_genes)[target].repeat(2)
        hit = np.flatnonzero((point >= end[:-1]) & (point < end[1:]))
        sign[order[hit // 2]] = np.where(hit % 2, 1, -1)
        return sign


def entropy(probability: Floats) -> Floats:
    """Return the entropy of each row, float64 [n], in bits."""
    return np.asarray(-(probability * np.log2(np.maximum(probability, 1e-300))).sum(axis=1))


def believe(
    network: SignedNetwork,
    observations: Observations | None,
    config: RefineConfig,
    knowledge: Knowledge,
) -> Beliefs:
    """Weigh every edge and every likely addition by the prior and the responses so far.

    Args:
        network: the network as it stands.
        observations: responses so far; None where there are none.
        config: how it is refined; gives prior and rates where there are no responses.
        knowledge: what is known of single pairs beside the network.

    Raises:
        BadInputError: as :func:`kgp.models.refinement.refine.refine`.
    """
    if observations is None:
        return _from_prior(network, config, knowledge)
    # Costs learned from a few perturbed regulators say too much about all the others.
    fixed = replace(config, rounds=0)
    found = refine(network, observations, fixed, knowledge=knowledge)
    rates = found.rates or Rates()
    edges = weigh_edges(found.objective, found.network)
    pairs, added = _additions(found.objective, found.network)
    return Beliefs(
        network,
        np.concatenate([edges.source, pairs[:, 0]]),
        np.concatenate([edges.target, pairs[:, 1]]),
        np.concatenate([edges.probabilities(found.prior), added]),
        np.concatenate([edges.spoken, np.zeros(len(pairs), bool)]),
        len(edges.source),
        rates,
        found.how,
    )


def _from_prior(network: SignedNetwork, config: RefineConfig, knowledge: Knowledge) -> Beliefs:
    """Believe of every edge what is believed before any data."""
    ends = (network.source, network.target)
    weight = np.exp(-Prior(config.prior, knowledge).costs(*ends, network.sign))
    probability = weight / weight.sum(axis=1, keepdims=True)
    rule = Conflict(config.conflict) if config.conflict else CANCEL
    how = Reasoning(config.max_length, config.lengths, rule)
    rates, unheard = config.rates or Rates(), np.zeros(network.n_edges, bool)
    return Beliefs(network, *ends, probability, unheard, network.n_edges, rates, how)


def _additions(objective: Objective, network: SignedNetwork) -> tuple[NDArray[np.int32], Floats]:
    """Find likely edges beside those of ``network`` and of the original.

    Returns:
        int32 [n, 2], source and target, and float64 [n, 3], their probabilities.
    """
    n = network.n_genes
    state = make_state(objective, network)
    floor = np.full(n, objective.prior.least_addition() + np.log(LEAST_BELIEF))
    every = np.arange(n, dtype=np.int32)
    moves, gain = scan_columns(state, make_reach(objective, network), every, floor)
    laid_out = state.source.astype(np.int64) * n + state.target
    new = ~np.isin(moves[:, 0].astype(np.int64) * n + moves[:, 1], laid_out)
    moves, gain = moves[new], gain[new]
    onward = regulates(state)[moves[:, 1]]
    gain[onward] = -evaluate(state, make_scratch(objective), moves[onward])
    weight = _weights(gain - price(objective, moves), moves[:, 1], n)
    moves, weight = moves[weight >= LEAST_BELIEF], weight[weight >= LEAST_BELIEF]
    pairs, place = np.unique(moves[:, :2], axis=0, return_inverse=True)
    probability = np.zeros((len(pairs), 3))
    probability[place.ravel(), moves[:, 3] + 1] = weight
    probability[:, 1] = 1 - probability.sum(axis=1)
    return pairs.astype(np.int32), probability


def _weights(gain: Floats, target: NDArray[np.int32], n_genes: int) -> Floats:
    """Weigh additions against the others into their target, and against none."""
    top = np.zeros(n_genes)
    np.maximum.at(top, target, gain)
    weight = np.exp(gain - top[target])
    whole = np.exp(-top) + np.bincount(target, weight, n_genes)
    return np.asarray(weight / whole[target])
