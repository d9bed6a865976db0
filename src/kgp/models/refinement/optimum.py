"""The optimum of a refinement: which network, at which costs, and how its edits stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.description import description_length
from kgp.models.refinement.idleness import idle_share
from kgp.models.refinement.learning import learn, weigh_edges
from kgp.models.refinement.likelihood import Rates, estimate_rates, unit_costs
from kgp.models.refinement.objective import count_outcomes, make_objective
from kgp.models.refinement.posterior import Weight, local_posterior
from kgp.models.refinement.prior import EditPrior, Prior
from kgp.models.refinement.reasoning_rules import CANCEL, SHORTEST, Conflict, Reasoning
from kgp.models.refinement.sampling import sample
from kgp.models.refinement.search import local_search
from kgp.models.refinement.structure import Structure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Cells, Objective
    from kgp.models.refinement.posterior import Weights
    from kgp.models.refinement.prior import Knowledge
    from kgp.models.refinement.result import RefineConfig
    from kgp.progress import Progress

_LEAST_RATIO = 0.2
"""Least logarithm, in nats, of the ratio by which data raise the odds of a sampled edit."""

_OFTEN_TURNED = 0.1
"""Share of direct responses of the other sign above which the signs themselves are in doubt."""

_COLD_THRESHOLD, _WARM_THRESHOLD = 30.0, 2.0
"""Least fall of the objective asked of the first edits; the second if starting from an optimum."""


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


def most_silence(network: SignedNetwork, cells: Cells, config: RefineConfig) -> float:
    """Return what silence may count within one row, from the share of idle edges, in nats."""
    if config.method == "unit" or config.idle == 0:
        return np.inf
    wrong = 1 / (1 + np.exp(config.prior.remove))
    idle = idle_share(network, cells, wrong) if config.idle is None else config.idle
    return float(-np.log(idle))


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """A refined network, what it minimises, and how its edits weigh.

    Attributes:
        network: the network with the edits that are kept.
        objective: what was minimised.
        rates: the rates that priced the cells; None where disagreements were counted.
        cell_cost: float64 [1 + 2 * max_length, 3], cost of a cell by outcome and label + 1.
        kept: how the kept edits stand.
        left: how the other edits of the optimum stand.
        found: the optimum itself.
        r_hat: of the number of edits in sampled networks; None where nothing was sampled.
    """

    network: SignedNetwork
    objective: Objective
    rates: Rates | None
    cell_cost: NDArray[np.float64]
    kept: Weights
    left: Weights
    found: SignedNetwork
    r_hat: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Learned:
    """A network at the optimum of what was learned with it."""

    network: SignedNetwork
    objective: Objective
    rates: Rates

    @property
    def length(self) -> float:
        """Length of this account of the responses, in nats."""
        return description_length(self.objective, self.network)


_Judged = tuple["SignedNetwork", "Weights", "Weights", "float | None"]
"""The network with the edits that are kept, how these and the others stand, and R-hat."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is refined, and how.

    Attributes:
        network: the curated network.
        cells: what was measured.
        config: how to refine.
        bars: told of each search and of the weighing.
        how: which walks count.
        cap: most that silence counts within one row, in nats.
    """

    network: SignedNetwork
    cells: Cells
    config: RefineConfig
    bars: Progress
    how: Reasoning
    cap: float

    def by_units(self, known: Knowledge) -> Optimum:
        """Count disagreements and edits, both alike."""
        prior = Prior(EditPrior(*(3 * (self.config.unit_cost,))), known)
        cost = unit_costs(self.how.max_length)
        objective = self._objective(cost, prior)
        best = self._search(objective, self.network, _COLD_THRESHOLD)
        return Optimum(best, objective, None, cost, {}, {}, best)

    def by_likelihood(self, known: Knowledge) -> Optimum:
        """Learn rates and costs with the edits, then weigh each edit among its alternatives."""
        config, best = self.config, self._account(known)
        costs = best.rates.outcome_costs(self.how.max_length)
        if not config.weigh:
            return Optimum(best.network, best.objective, best.rates, costs, {}, {}, best.network)
        judge = self._sample if config.method == "posterior" else self._weigh
        refined, kept, left, r_hat = judge(best.objective, best.network)
        return Optimum(refined, best.objective, best.rates, costs, kept, left, best.network, r_hat)

    def _account(self, known: Knowledge) -> _Learned:
        """Learn rates, costs and edits.

        Where many responses have the other sign than the network says, either such responses are
        common, and then no sign is worth changing, or the signs of the network are wrong. Each
        account confirms itself if it is where learning starts, so both are learned, and the
        shorter one counts.
        """
        curated = self._estimated(self.network)
        best = self._learn(known, curated, curated)
        if self.config.rates is None and curated.opposite > _OFTEN_TURNED:
            other = self._learn(known, curated, curated.turned_as(Rates()))
            best = min(best, other, key=lambda found: found.length)
        return best

    def _learn(self, known: Knowledge, curated: Rates, rates: Rates) -> _Learned:
        """Learn from a start: ``rates`` that are those of the curated network or turn less."""
        config, signs_hold = self.config, rates is curated
        prior, best = Prior(config.prior, known), self.network
        if config.degrees and config.rounds:
            structure = Structure.of(self.network, self.cells.rows.gene)
            prior = replace(prior, structure=structure)
        for learned in range(config.rounds + 1):
            objective = self._objective(rates.outcome_costs(self.how.max_length), prior)
            best = self._search(objective, best, _WARM_THRESHOLD if learned else _COLD_THRESHOLD)
            if learned < config.rounds:
                rates = self._rates(curated, best, signs_hold=signs_hold)
                priced = self._objective(rates.outcome_costs(self.how.max_length), prior)
                prior = learn(prior, weigh_edges(priced, best), config.prior)
        return _Learned(best, objective, rates)

    def _weigh(self, objective: Objective, best: SignedNetwork) -> _Judged:
        """Weigh each edit of the optimum among its alternatives."""
        with self.bars.step("weigh", unit="edits") as step:
            judged = local_posterior(
                objective,
                best,
                threshold=self.config.confidence,
                least_gain=self.config.least_gain,
                step=step,
            )
        return *judged, None

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
        refined = self.network.with_edges(drawn.source, drawn.target, signs)
        return refined, kept, {}, drawn.r_hat

    def _rates(self, curated: Rates, network: SignedNetwork, *, signs_hold: bool) -> Rates:
        """Take what is missed from the curated network, and what is false from the present one.

        A search takes silent edges away, so after it hardly anything seems to be missed; and it
        adds what responds, so before it much seems to be false. How often a response has the other
        sign is taken from the curated network if its signs hold, else from the present one.
        """
        if self.config.rates is not None:
            return self.config.rates
        now = self._estimated(network)
        rates = replace(curated, false=now.false)
        return rates if signs_hold else rates.turned_as(now)

    def _estimated(self, network: SignedNetwork) -> Rates:
        """Return the rates that are set, or those by which the responses differ from a network."""
        return self.config.rates or estimate_rates(count_outcomes(network, self.cells, self.how))

    def _objective(self, cell_cost: NDArray[np.float64], prior: Prior) -> Objective:
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
