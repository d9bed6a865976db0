"""Refine a signed network from perturbation responses, with the evidence of every edit."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.evidence import explain
from kgp.models.refinement.objective import count_cells, total_cost
from kgp.models.refinement.optimum import Task, choose_conflict, most_silence
from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.reasoning import reached_genes
from kgp.models.refinement.result import RefineConfig, Refinement
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.optimum import Optimum
    from kgp.models.refinement.result import Edit
    from kgp.progress import Progress

_LEAST_OVERLAP = 0.05

_ROUNDING = 1e-9


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
    cap = most_silence(network, cells, config)
    task = Task(network, cells, config, progress or SilentProgress(), how, cap)
    known = knowledge or Knowledge.nothing(network.n_genes)
    best = task.by_units(known) if config.method == "unit" else task.by_likelihood(known)
    why = partial(explain, best.objective, cells, observations, best.cell_cost, weights=best.kept)
    refined, edits = best.network, why(best.network)
    # What is taken back can leave less for others, so they are asked again.
    while too_many := _not_allowed(edits, network.n_edges, config):
        refined = _take_back(refined, too_many)
        edits = why(refined)
    return Refinement(
        refined,
        edits,
        total_cost(best.objective, network),
        total_cost(best.objective, refined),
        best.rates,
        best.objective,
        _all_weighed(best),
        config,
        best.r_hat,
    )


def check_overlap(
    network: SignedNetwork, observations: Observations, config: RefineConfig
) -> float:
    """Return the share of responding genes that walks from perturbed genes reach.

    Raises:
        BadInputError: if it is under 5 %.
    """
    perturbed = (gene for seeds in observations.seeds() for gene, _ in seeds)
    reached = reached_genes(network, perturbed, max_length=config.max_length)
    responding = np.asarray((observations.scored() & (observations.labels != 0)).any(axis=0))
    share = float(reached[responding].mean())
    if share < _LEAST_OVERLAP:
        raise BadInputError(
            f"The network reaches {share:.1%} of the {responding.sum()} responding genes",
            hint="Refining needs at least 5 %: do species and identifiers of the two agree?",
        )
    return share


def _not_allowed(edits: tuple[Edit, ...], n_edges: int, config: RefineConfig) -> tuple[Edit, ...]:
    """Return edits for which the cells say too little, or the least certain beyond the share."""
    weak = tuple(edit for edit in edits if sum(edit.evidence) < config.least_gain - _ROUNDING)
    if weak or config.max_share is None:
        return weak
    return edits[int(config.max_share * n_edges + _ROUNDING) :]


def _take_back(network: SignedNetwork, edits: tuple[Edit, ...]) -> SignedNetwork:
    """Return the network without these of its edits."""
    signs = network.signs() | {(edit.source, edit.target): edit.before for edit in edits}
    columns = np.array([(*pair, sign) for pair, sign in signs.items()], np.int32).reshape(-1, 3)
    return network.with_edges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int8))


def _all_weighed(best: Optimum) -> dict[tuple[int, int], tuple[int, float]]:
    """Return sign and confidence of every edit of the optimum, the rejected ones too."""
    judged = ((best.left, best.found.signs()), (best.kept, best.network.signs()))
    return {
        pair: (signs.get(pair, 0), weight.confidence)
        for weights, signs in judged
        for pair, weight in weights.items()
    }
