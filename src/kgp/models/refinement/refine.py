"""Refine a signed network from perturbation responses, with the evidence of every edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.evidence import explain
from kgp.models.refinement.idleness import idle_share
from kgp.models.refinement.learning import learn, weigh_edges
from kgp.models.refinement.likelihood import estimate_rates, unit_costs
from kgp.models.refinement.objective import (
    count_cells,
    count_outcomes,
    make_objective,
    total_cost,
)
from kgp.models.refinement.posterior import Weight, local_posterior
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning import walk_counts
from kgp.models.refinement.reasoning_rules import CANCEL, SHORTEST, Conflict, Reasoning
from kgp.models.refinement.result import RefineConfig, Refinement
from kgp.models.refinement.sampling import sample
from kgp.models.refinement.search import local_search
from kgp.models.refinement.structure import Structure
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Cells, Objective
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.posterior import Weights
    from kgp.models.refinement.result import Edit
    from kgp.progress import Progress

_LEAST_OVERLAP = 0.05

_LEAST_RATIO = 0.2
"""Least logarithm, in nats, of the ratio by which data raise the odds of a sampled edit."""

_ROUNDING = 1e-9

_COLD_THRESHOLD, _WARM_THRESHOLD = 30.0, 2.0
"""Least fall of the objective asked of the first edits; the second if starting from an optimum."""


def refine(
    network: SignedNetwork,
    observations: Observations,
    config: RefineConfig | None = None,
    *,
    knowledge: Knowledge | None = None,
    progress: Progress | None = None,
) -> Refinement:
    """Change what the responses support well enough, and nothing else.

    Args:
        network: the curated network.
        observations: ternary responses over the same genes.
        config: how to refine.
        knowledge: what is known about single pairs beside the network, and which may change.
        progress: told of the search and of the weighing.

    Returns:
        The refined network and the evidence of every edit. The same input gives the same result.

    Raises:
        BadInputError: if the responses do not fit the network: other genes, no response at all,
            or responding genes that the network hardly reaches.
    """
    config = config or RefineConfig()
    observations.check_fits(network)
    check_overlap(network, observations, config)
    cells = count_cells(observations)
    how = choose_conflict(network, cells, config)
    cap = _most_silence(network, cells, config)
    task = _Task(network, cells, config, progress or SilentProgress(), how, cap)
    known = knowledge or Knowledge.nothing(network.n_genes)
    best = task.by_units(known) if config.method == "unit" else task.by_likelihood(known)
    why = partial(explain, best.objective, cells, observations, best.cell_cost, weights=best.kept)
    refined, edits = best.network, why(best.network)
    if beyond := _beyond_share(edits, network.n_edges, config.max_share):
        refined = _take_back(refined, beyond)
        edits = why(refined)
    return Refinement(
        refined,
        edits,
        total_cost(best.objective, network),
        total_cost(best.objective, refined),
        best.rates,
        best.objective.prior,
        _all_weighed(best),
        how,
        config,
    )


def choose_conflict(network: SignedNetwork, cells: Cells, config: RefineConfig) -> Reasoning:
    """Return how the network is read: as the settings say, else as suits the responses.

    Nothing of the network is fitted here, so the likelihood itself may choose.
    """
    rules = (CANCEL, SHORTEST) if config.conflict is None else (Conflict(config.conflict),)
    ways = [Reasoning(config.max_length, config.lengths, rule) for rule in rules]
    costs = []
    for how in ways:
        counted = count_outcomes(network, cells, how)
        rates = config.rates or estimate_rates(counted)
        costs.append(float((counted * rates.outcome_costs(how.max_length)).sum()))
    return ways[int(np.argmin(costs))]


def _most_silence(network: SignedNetwork, cells: Cells, config: RefineConfig) -> float:
    """Return what silence may count within one row, from the share of idle edges, in nats."""
    if config.method == "unit" or config.idle == 0:
        return np.inf
    wrong = 1 / (1 + np.exp(config.prior.remove))
    idle = idle_share(network, cells, wrong) if config.idle is None else config.idle
    return float(-np.log(idle))


def check_overlap(
    network: SignedNetwork, observations: Observations, config: RefineConfig
) -> float:
    """Return the share of responding genes that walks from perturbed genes reach.

    Raises:
        BadInputError: if it is under 5 %.
    """
    rows, _row_of, _turn = observations.distinct()
    counts = walk_counts(network, rows, max_length=config.max_length)
    reached = np.asarray(counts.any(axis=(1, 2)))
    responding = np.asarray((observations.scored() & (observations.labels != 0)).any(axis=0))
    share = float(reached[responding].mean())
    if share < _LEAST_OVERLAP:
        raise BadInputError(
            f"The network reaches {share:.1%} of the {responding.sum()} responding genes",
            hint="Refining needs at least 5 %: do species and identifiers of the two agree?",
        )
    return share


@dataclass(frozen=True, slots=True, eq=False)
class _Optimum:
    """A refined network, what it minimises, and how its edits weigh."""

    network: SignedNetwork
    objective: Objective
    rates: Rates | None
    cell_cost: np.ndarray
    kept: Weights
    left: Weights
    found: SignedNetwork


_Judged = tuple["SignedNetwork", "Weights", "Weights"]
"""The network with the edits that are kept, how these stand, and how the others do."""


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is refined, and how."""

    network: SignedNetwork
    cells: Cells
    config: RefineConfig
    bars: Progress
    how: Reasoning
    cap: float

    def by_units(self, known: Knowledge) -> _Optimum:
        """Count disagreements and edits, both alike."""
        prior = Prior(EditPrior(*(3 * (self.config.unit_cost,))), known)
        cost = unit_costs(self.how.max_length)
        objective = self._objective(cost, prior)
        best = self._search(objective, self.network, _COLD_THRESHOLD)
        return _Optimum(best, objective, None, cost, {}, {}, best)

    def by_likelihood(self, known: Knowledge) -> _Optimum:
        """Learn rates and costs with the edits, then weigh each edit among its alternatives."""
        config = self.config
        prior, best = Prior(config.prior, known), self.network
        if config.degrees and config.rounds:
            structure = Structure.of(self.network, self.cells.rows.gene)
            prior = replace(prior, structure=structure)
        for learned in range(config.rounds + 1):
            rates = config.rates or self._rates(best)
            objective = self._objective(rates.outcome_costs(self.how.max_length), prior)
            best = self._search(objective, best, _WARM_THRESHOLD if learned else _COLD_THRESHOLD)
            if learned < config.rounds:
                rates = config.rates or self._rates(best)
                priced = self._objective(rates.outcome_costs(self.how.max_length), prior)
                prior = learn(prior, weigh_edges(priced, best), config.prior)
        costs = rates.outcome_costs(self.how.max_length)
        if not config.weigh:
            return _Optimum(best, objective, rates, costs, {}, {}, best)
        judge = self._sample if config.method == "posterior" else self._weigh
        kept_network, kept, left = judge(objective, best)
        return _Optimum(kept_network, objective, rates, costs, kept, left, best)

    def _weigh(self, objective: Objective, best: SignedNetwork) -> _Judged:
        """Weigh each edit of the optimum among its alternatives."""
        with self.bars.step("weigh", unit="edits") as step:
            return local_posterior(
                objective,
                best,
                threshold=self.config.confidence,
                least_gain=self.config.least_gain,
                step=step,
            )

    def _sample(self, objective: Objective, best: SignedNetwork) -> _Judged:
        """Keep what is probable in networks that are sampled."""
        config = self.config
        with self.bars.step("sample", total=config.sweeps, unit="sweeps") as step:
            drawn = sample(objective, best, sweeps=config.sweeps, seed=config.seed, step=step)
            step.note(f"R-hat {drawn.r_hat:.2f}")
        least = max(config.least_gain, _LEAST_RATIO)
        signs = drawn.signs(objective.prior, config.confidence, least)
        edited = np.flatnonzero(signs != drawn.original)
        kept = {
            (int(drawn.source[k]), int(drawn.target[k])): Weight(
                float(drawn.probability[k, signs[k] + 1]), ()
            )
            for k in edited.tolist()
        }
        return self.network.with_edges(drawn.source, drawn.target, signs), kept, {}

    def _rates(self, network: SignedNetwork) -> Rates:
        """Estimate what is missed on the curated network, and what is false on the present one.

        A search takes silent edges away, so after it hardly anything seems to be missed; and it
        adds what responds, so before it much seems to be false.
        """
        curated, present = (
            estimate_rates(count_outcomes(each, self.cells, self.how))
            for each in (self.network, network)
        )
        return replace(curated, false=present.false)

    def _objective(self, cell_cost: np.ndarray, prior: Prior) -> Objective:
        return make_objective(
            self.network,
            self.cells,
            cell_cost,
            prior,
            self.how,
            cap=self.cap,
        )

    def _search(
        self, objective: Objective, start: SignedNetwork, threshold: float
    ) -> SignedNetwork:
        with self.bars.step("search", unit="sweeps") as step:
            return local_search(objective, start=start, start_threshold=threshold, step=step)


def _beyond_share(
    edits: tuple[Edit, ...], n_edges: int, max_share: float | None
) -> tuple[Edit, ...]:
    """Return the least certain edits, which exceed the share of edges that may change."""
    if max_share is None:
        return ()
    return edits[int(max_share * n_edges + _ROUNDING) :]


def _take_back(network: SignedNetwork, edits: tuple[Edit, ...]) -> SignedNetwork:
    """Return the network without these of its edits."""
    signs = network.signs() | {(edit.source, edit.target): edit.before for edit in edits}
    columns = np.array([(*pair, sign) for pair, sign in signs.items()], np.int32).reshape(-1, 3)
    return network.with_edges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int8))


def _all_weighed(best: _Optimum) -> dict[tuple[int, int], tuple[int, float]]:
    """Return sign and confidence of every edit of the optimum, the rejected ones too."""
    judged = ((best.left, best.found.signs()), (best.kept, best.network.signs()))
    return {
        pair: (signs.get(pair, 0), weight.confidence)
        for weights, signs in judged
        for pair, weight in weights.items()
    }
