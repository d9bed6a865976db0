"""Refine a signed network from perturbation responses, with the evidence of every edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.evidence import change_per_observation
from kgp.models.refinement.layout import make_state, price
from kgp.models.refinement.likelihood import estimate_rates, unit_costs
from kgp.models.refinement.objective import make_objective, total_cost
from kgp.models.refinement.posterior import edits_made, local_posterior, undo_moves
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning import walk_counts
from kgp.models.refinement.result import Edit, RefineConfig, Refinement
from kgp.models.refinement.search import local_search
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import Kind
    from kgp.progress import Progress

_LEAST_OVERLAP = 0.05
_NOTICEABLE = 1e-6


def refine(
    network: SignedNetwork,
    observations: Observations,
    config: RefineConfig | None = None,
    *,
    progress: Progress | None = None,
) -> Refinement:
    """Change what the responses support well enough, and nothing else.

    Args:
        network: the curated network.
        observations: ternary responses over the same genes.
        config: how to refine.
        progress: told of the search and of the weighing.

    Returns:
        The refined network and the evidence of every edit. The same input gives the same result.

    Raises:
        BadInputError: if the responses do not fit the network: other genes, no response at all,
            or responding genes that the network hardly reaches.
    """
    config, progress = config or RefineConfig(), progress or SilentProgress()
    observations.check_fits(network)
    check_overlap(network, observations, config)
    refined, rates, rounds = network, config.rates, 0
    if config.method == "search" and rates is None:
        rates, rounds = _rates(network, observations, config), config.rate_rounds
    for repeat in range(rounds + 1):
        if repeat:
            rates = _rates(refined, observations, config)
        objective, cell_cost = _objective(network, observations, config, rates)
        refined, weights = _optimise(objective, refined, config, progress)
    return Refinement(
        refined,
        _explain(objective, observations, cell_cost, refined, weights),
        total_cost(objective, network),
        total_cost(objective, refined),
        rates,
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


def _rates(network: SignedNetwork, observations: Observations, config: RefineConfig) -> Rates:
    return estimate_rates(
        network, observations, max_length=config.max_length, lengths=config.lengths
    )


def _objective(
    network: SignedNetwork, observations: Observations, config: RefineConfig, rates: Rates | None
) -> tuple[Objective, NDArray[np.float64]]:
    """Price cells and edits as the method says; return also the price of a single cell."""
    if rates is None or config.method == "unit":
        cell_cost, prior = unit_costs(), EditPrior(*(3 * (config.unit_cost,)))
    else:
        cell_cost, prior = rates.cell_costs(), config.prior
    objective = make_objective(
        network,
        observations,
        cell_cost,
        Prior(prior, Knowledge.nothing(network.n_genes)),
        max_length=config.max_length,
        lengths=config.lengths,
    )
    return objective, cell_cost


def _optimise(
    objective: Objective, start: SignedNetwork, config: RefineConfig, progress: Progress
) -> tuple[SignedNetwork, dict[tuple[int, int], float]]:
    """Search, then weigh; return the network and the weight of each of its edits."""
    with progress.step("search", unit="sweeps") as step:
        best = local_search(objective, start=start, step=step)
    if not config.weigh or config.method == "unit":
        return best, {}
    with progress.step("weigh", unit="edits") as step:
        return local_posterior(
            objective,
            best,
            threshold_measured=config.threshold_measured,
            threshold_unmeasured=config.threshold_unmeasured,
            passes=config.passes,
            step=step,
        )


def _explain(
    objective: Objective,
    observations: Observations,
    cell_cost: NDArray[np.float64],
    network: SignedNetwork,
    weights: dict[tuple[int, int], float],
) -> tuple[Edit, ...]:
    """Give every edit its evidence, by taking it back alone."""
    empty = np.zeros((network.n_genes, 0, 2), np.int32)
    state = make_state(objective, network, empty)
    made = edits_made(state)
    moves = undo_moves(state, made)
    change = change_per_observation(objective, observations, cell_cost, network, moves)
    gains = change.sum(axis=1) + price(objective, moves)
    edits = []
    for (source, target, after, before), rows, gain in zip(
        moves.tolist(), change, gains.tolist(), strict=True
    ):
        confidence = weights.get((source, target), 1.0)
        evidence = (_ranked(rows), _ranked(-rows))
        kind = _kind(before, after)
        edits.append(Edit(source, target, before, after, kind, confidence, gain, *evidence))
    return tuple(sorted(edits, key=lambda edit: (-edit.confidence, -edit.gain)))


def _ranked(change: NDArray[np.float64]) -> tuple[int, ...]:
    """Return the rows where ``change`` is noticeably above zero, largest first."""
    order = np.argsort(-change, kind="stable")
    return tuple(order[change[order] > _NOTICEABLE].tolist())


def _kind(before: int, after: int) -> Kind:
    if before == 0:
        return "added"
    return "removed" if after == 0 else "flipped"
