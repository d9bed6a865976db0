"""Refine a signed network from perturbation responses, with the evidence of every edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.evidence import explain
from kgp.models.refinement.learning import learn, weigh_edges
from kgp.models.refinement.likelihood import estimate_rates, unit_costs
from kgp.models.refinement.objective import (
    count_cells,
    count_outcomes,
    make_objective,
    total_cost,
)
from kgp.models.refinement.posterior import local_posterior
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning import walk_counts
from kgp.models.refinement.result import RefineConfig, Refinement
from kgp.models.refinement.search import local_search
from kgp.models.refinement.structure import Structure
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Cells, Objective
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.posterior import Weights
    from kgp.progress import Progress

_LEAST_OVERLAP = 0.05

_WARM_THRESHOLD = 2.0
"""Least fall of the objective asked of the first edits of a search that starts from an optimum."""


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
    task = _Task(network, cells, config, progress or SilentProgress())
    known = knowledge or Knowledge.nothing(network.n_genes)
    best = task.by_units(known) if config.method == "unit" else task.by_likelihood(known)
    refined = _surest(network, best, config)
    edits = explain(best.objective, cells, observations, best.cell_cost, refined, best.kept)
    return Refinement(
        refined,
        edits,
        total_cost(best.objective, network),
        total_cost(best.objective, refined),
        best.rates,
        best.objective.prior,
        _all_weighed(best),
        config,
    )


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


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """What is refined, and how."""

    network: SignedNetwork
    cells: Cells
    config: RefineConfig
    bars: Progress

    def by_units(self, known: Knowledge) -> _Optimum:
        """Count disagreements and edits, both alike."""
        prior = Prior(EditPrior(*(3 * (self.config.unit_cost,))), known)
        objective = self._objective(unit_costs(), prior)
        best = self._search(objective, self.network)
        return _Optimum(best, objective, None, unit_costs(), {}, {}, best)

    def by_likelihood(self, known: Knowledge) -> _Optimum:
        """Learn rates and costs with the edits, then weigh each edit among its alternatives."""
        config = self.config
        structure = Structure.of(self.network) if config.degrees and config.rounds else None
        prior, best = Prior(config.prior, known, structure), self.network
        for learned in range(config.rounds + 1):
            rates = config.rates or self._rates(best)
            objective = self._objective(rates.cell_costs(), prior)
            best = self._search(objective, best, warm=learned > 0)
            if learned < config.rounds:
                rates = config.rates or self._rates(best)
                priced = self._objective(rates.cell_costs(), prior)
                prior = learn(prior, weigh_edges(priced, best), config.prior)
        if not config.weigh:
            return _Optimum(best, objective, rates, rates.cell_costs(), {}, {}, best)
        with self.bars.step("weigh", unit="edits") as step:
            kept_network, kept, left = local_posterior(
                objective,
                best,
                threshold=config.confidence,
                least_gain=config.least_gain,
                step=step,
            )
        return _Optimum(kept_network, objective, rates, rates.cell_costs(), kept, left, best)

    def _rates(self, network: SignedNetwork) -> Rates:
        return estimate_rates(
            count_outcomes(network, self.cells, self.config.max_length, self.config.lengths)
        )

    def _objective(self, cell_cost: np.ndarray, prior: Prior) -> Objective:
        return make_objective(
            self.network,
            self.cells,
            cell_cost,
            prior,
            max_length=self.config.max_length,
            lengths=self.config.lengths,
        )

    def _search(
        self, objective: Objective, start: SignedNetwork, *, warm: bool = False
    ) -> SignedNetwork:
        threshold = {"start_threshold": _WARM_THRESHOLD} if warm else {}
        with self.bars.step("search", unit="sweeps") as step:
            return local_search(objective, start=start, step=step, **threshold)


def _surest(original: SignedNetwork, best: _Optimum, config: RefineConfig) -> SignedNetwork:
    """Take back what exceeds the share of edges that may change, the least certain first."""
    if config.max_share is None:
        return best.network
    before, after = original.signs(), best.network.signs()
    edited = [pair for pair in before.keys() | after.keys() if before.get(pair) != after.get(pair)]
    edited.sort(key=lambda pair: (-best.kept[pair].confidence if pair in best.kept else 0, pair))
    most = int(config.max_share * original.n_edges)
    signs = after | {pair: before.get(pair, 0) for pair in edited[most:]}
    columns = np.array([(*pair, sign) for pair, sign in signs.items()], np.int32).reshape(-1, 3)
    return original.with_edges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int8))


def _all_weighed(best: _Optimum) -> dict[tuple[int, int], tuple[int, float]]:
    """Return sign and confidence of every edit of the optimum, the rejected ones too."""
    signs = best.found.signs()
    every = best.left | best.kept
    return {pair: (signs.get(pair, 0), weight.confidence) for pair, weight in every.items()}
