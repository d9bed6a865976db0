"""How often curated edges are wrong, missing or of the wrong sign: learned with the edits.

Empirical Bayes by expectation and maximisation. Given the optimum of a search, the exact change of
the cells' cost says for each edge how probably it is wrong; those probabilities, over the edges
about which the responses speak, give the costs of the next search. A network that the responses
bear out gets dear edits, a damaged one cheap ones, and nobody has to choose a lambda.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.layout import evaluate, make_scratch, make_state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.prior import EditPrior, Prior
    from kgp.models.refinement.state import State

    Floats = NDArray[np.float64]

SLOPE_SPREAD = 1.0
"""Standard deviation of the slopes before any data."""

CHOICE_SPREAD = 4.0
"""Standard deviation of what being perturbed says, about which nothing is known beforehand."""

COST_SPREAD = 2.0
"""Standard deviation, in nats, of the three costs before any data."""

FLIPS_BEFORE = (0.3, 30.0)
"""Flipped signs, and edges in all, that count as seen before any data."""

_SPEAKS = 0.1
"""Least absolute change of the cost, in nats, for an edge about which the responses speak."""

_NEVER_BELOW_0 = (1, 2)
"""Places of the slopes of both degrees. Many regulators of one gene share their effect on it; that
each shows little must not make all such edges wrong."""

_ROUNDS = 8
_NEWTON_STEPS = 12


@dataclass(frozen=True, slots=True, eq=False)
class WeighedEdges:
    """What the responses say about edges, at the optimum of a search.

    Attributes:
        source: int32 [n_edges], of present, original and added edges.
        target: int32 [n_edges].
        original: int8 [n_edges], signs before any edit.
        data: float64 [n_edges, 3], cost of the cells with the edge -1, 0, +1, less that as it is.
        reached: int32, genes that some perturbation reaches, which can be sources of additions.
        measured: int32, genes that were measured.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    original: NDArray[np.int8]
    data: Floats
    reached: NDArray[np.int32]
    measured: NDArray[np.int32]

    @property
    def spoken(self) -> NDArray[np.bool_]:
        """Bool [n_edges]: original edges whose loss the responses would feel."""
        loss = self.data[:, 1] - self.data[np.arange(len(self.data)), self.original + 1]
        return np.asarray((self.original != 0) & (np.abs(loss) > _SPEAKS))

    def probabilities(self, prior: Prior) -> Floats:
        """Return float64 [n_edges, 3], the probability of each sign given all other edges."""
        cost = prior.costs(self.source, self.target, self.original, floor=-np.inf)
        energy = self.data + cost
        weight = np.exp(energy.min(axis=1, keepdims=True) - energy)
        return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def weigh_edges(objective: Objective, network: SignedNetwork) -> WeighedEdges:
    """Compute what the responses say about every edge of ``network`` and of the original."""
    state = make_state(objective, network)
    reached = make_reach(objective, network)
    measured = np.flatnonzero((objective.cell_class != 0).any(axis=1))
    return WeighedEdges(
        state.source,
        state.target,
        state.original,
        _by_sign(objective, state),
        np.unique(reached.gene),
        measured.astype(np.int32),
    )


def _by_sign(objective: Objective, state: State) -> Floats:
    """Return float64 [n_edges, 3], the change of the cells' cost by each sign of each edge."""
    columns = (state.source, state.target, state.sign)
    moves = [np.stack([*columns, np.full_like(state.sign, sign)], axis=1) for sign in (-1, 0, 1)]
    flat = np.concatenate(moves).astype(np.int32)
    change = np.zeros(len(flat))
    other = flat[:, 2] != flat[:, 3]
    change[other] = evaluate(state, make_scratch(objective), flat[other])
    return change.reshape(3, -1).T


def learn(prior: Prior, tested: WeighedEdges, start: EditPrior) -> Prior:
    """Fit the costs of edits, and the weight of degrees, to what the responses say.

    Args:
        prior: costs to begin with.
        tested: what the responses say.
        start: costs before any data, towards which the fit is drawn.

    Returns:
        The prior after a few rounds of expectation and maximisation.
    """
    for _ in range(_ROUNDS):
        probability = tested.probabilities(prior)
        prior = _learn_removals(prior, tested, probability, start)
        prior = _learn_flips(prior, tested, probability)
        prior = _learn_additions(prior, tested, probability, start)
    return prior


def _learn_removals(
    prior: Prior, tested: WeighedEdges, probability: Floats, start: EditPrior
) -> Prior:
    """Logistic regression of being wrong on the degrees, at its mode."""
    spoken = tested.spoken
    ends = (tested.source[spoken], tested.target[spoken])
    support = prior.knowledge.support(*ends)
    x = np.ones((len(support), 1))
    theta = np.array([prior.kinds.remove])
    if prior.structure is not None:
        x = np.column_stack([x, prior.structure.signs_of_error(*ends, tested.original[spoken])])
        theta = np.append(theta, prior.structure.wrong)
    centre, precision = np.zeros(len(theta)), np.full(len(theta), SLOPE_SPREAD**-2.0)
    centre[0], precision[0] = start.remove, COST_SPREAD**-2.0
    precision[3:] = CHOICE_SPREAD**-2.0
    bounded = np.isin(np.arange(len(theta)), _NEVER_BELOW_0)
    for _ in range(_NEWTON_STEPS):
        right = 1 / (1 + np.exp(-(x @ theta + support)))
        slope = x.T @ (1 - probability[spoken, 1] - right) - precision * (theta - centre)
        curve = (x * (right * (1 - right))[:, None]).T @ x + np.diag(precision)
        free = np.flatnonzero(~bounded | (theta > 0) | (slope > 0))
        step = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        theta[free] += np.clip(step, -1, 1)
        theta[bounded] = np.maximum(theta[bounded], 0)
    kinds = replace(prior.kinds, remove=max(float(theta[0]), 0.0))
    structure = prior.structure and replace(prior.structure, wrong=tuple(theta[1:].tolist()))
    return replace(prior, kinds=kinds, structure=structure)


def _learn_flips(prior: Prior, tested: WeighedEdges, probability: Floats) -> Prior:
    """Share of the edges whose sign is wrong, shrunk, given how sure each sign was before."""
    from scipy.optimize import brentq

    spoken = np.flatnonzero(tested.spoken)
    flipped = probability[spoken, 1 - tested.original[spoken]].sum() + FLIPS_BEFORE[0]
    share = flipped / (len(spoken) + FLIPS_BEFORE[1])
    cost = float(np.log((1 - share) / share))
    sure = prior.knowledge.sign_support(tested.source[spoken], tested.target[spoken])
    if sure.any():

        def excess(cost: float) -> float:
            expected = (1 / (1 + np.exp(cost + sure))).sum()
            return float(expected + FLIPS_BEFORE[1] / (1 + np.exp(cost)) - flipped)

        # Where all signs are as sure as the surest, or the least sure, the share says it all.
        reach = float(np.abs(sure).max())
        cost = float(brentq(excess, cost - reach, cost + reach))
    return replace(prior, kinds=replace(prior.kinds, flip=max(cost, 0.0)))


def _learn_additions(
    prior: Prior, tested: WeighedEdges, probability: Floats, start: EditPrior
) -> Prior:
    """Poisson regression of missing edges on the degrees, over all pairs that were tested."""
    from scipy.optimize import minimize

    added = tested.original == 0
    weight = 1 - probability[added, 1]
    x, first = np.ones((len(weight), 1)), np.array([-prior.kinds.add])
    n_pairs = np.float64(len(tested.reached)) * len(tested.measured)
    ends: tuple[Floats, ...] = ()
    if prior.structure is not None:
        where = (tested.source[added], tested.target[added], tested.original[added])
        x = np.column_stack([x, prior.structure.features(*where)])
        first = np.append(first, prior.structure.missing)
        by_source, by_target = prior.structure.ends()
        ends = by_source[tested.reached], by_target[tested.measured]
    total, centre = weight @ x, np.zeros(len(first))
    centre[0] = -start.add
    spread = np.array([COST_SPREAD, SLOPE_SPREAD, SLOPE_SPREAD])[: len(first)]

    def loss(theta: Floats) -> float:
        pairs = n_pairs
        if ends:
            pairs = np.exp(theta[1] * ends[0]).sum() * np.exp(theta[2] * ends[1]).sum()
        expected = np.exp(theta[0]) * pairs
        return float(expected - total @ theta + (((theta - centre) / spread) ** 2).sum() / 2)

    theta = minimize(loss, first, method="Nelder-Mead").x
    # Two signs share what is expected of a pair.
    kinds = replace(prior.kinds, add=max(float(np.log(2) - theta[0]), 0.0))
    structure = prior.structure and replace(prior.structure, missing=tuple(theta[1:].tolist()))
    return replace(prior, kinds=kinds, structure=structure)
