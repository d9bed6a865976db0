"""How far to reason: the length and the rule for conflicts that held-out responses favour.

Nothing is fitted, so every regulator is held out of the choice by itself: a candidate's score is
that of all cells of all folds, and its uncertainty comes from drawing whole sets of experiments
that share neither regulator nor controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.reasoning import predict
from kgp.models.refinement.reasoning_rules import CANCEL, MAJORITY, SHORTEST, Reasoning
from kgp.models.refinement.scores import macro_f1_of, matthews, row_tables
from kgp.models.refinement.scores_bootstrap import by_cluster, cluster_interval, difference_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.models.metrics import Interval
    from kgp.models.refinement.folds import Folds
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


RULE = "the shortest walks whose macro-F1 lies within one standard error of the best"


def default_candidates(longest: int = 3) -> tuple[Reasoning, ...]:
    """Return direct edges, then walks up to 2 … ``longest`` under each rule for conflicts."""
    further = product(range(2, longest + 1), (CANCEL, SHORTEST, MAJORITY))
    return (Reasoning(1), *(Reasoning(length, "upto", rule) for length, rule in further))


@dataclass(frozen=True, slots=True)
class Candidate:
    """How well one way of reading the network predicts held-out responses.

    Attributes:
        how: the way; None predicts no response at all.
        f1: macro-F1 over {-1, 0, 1} of all scored cells, with its 95 % interval.
        error: standard error of ``f1``; NaN where all experiments hang together.
        behind: ``f1`` less that of the best candidate, paired, with interval; 0 for the best.
        matthews: multi-class Matthews correlation, with its interval.
        by_fold: macro-F1 of each fold.
    """

    how: Reasoning | None
    f1: Interval
    error: float
    behind: Interval
    matthews: Interval
    by_fold: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A way of reading a network, and what it was chosen from.

    Attributes:
        chosen: the way.
        table: every candidate in the order given; before them the prediction of no response.
        rule: how the choice was made, in words.
    """

    chosen: Reasoning
    table: tuple[Candidate, ...]
    rule: str


def choose_reasoning(
    network: SignedNetwork,
    observations: Observations,
    folds: Folds,
    candidates: Sequence[Reasoning] | None = None,
    *,
    seed: int = 0,
) -> Choice:
    """Choose the shortest reasoning within one standard error of the best.

    The best has the highest macro-F1; among those within one standard error of it the shortest
    walks are taken, and of one length the highest score.

    Args:
        network: the curated network.
        observations: responses over its genes; perturbed genes themselves are not scored.
        folds: the division by regulators and controls, from
            :func:`kgp.models.refinement.folds.make_folds`.
        candidates: ways to choose from, by default :func:`default_candidates`.
        seed: of the bootstrap.

    Raises:
        BadInputError: if there is no candidate, or the observations do not fit the network.
    """
    ways = default_candidates() if candidates is None else tuple(candidates)
    if not ways:
        raise BadInputError("There is no way of reasoning to choose from", hint="Give one or more")
    observations.check_fits(network)
    tables = [row_tables(observations, np.zeros_like(observations.labels))]
    tables += [row_tables(observations, predict_observed(network, observations, w)) for w in ways]
    clusters = [by_cluster(each, folds.component) for each in tables]
    best = max(clusters[1:], key=lambda each: float(macro_f1_of(each.sum(axis=0))))
    table = []
    for how, cells, cluster in zip((None, *ways), tables, clusters, strict=True):
        f1, error = cluster_interval(cluster, macro_f1_of, seed)
        behind = difference_interval(cluster, best, macro_f1_of, seed)[0]
        correlation = cluster_interval(cluster, matthews, seed)[0]
        by_fold = macro_f1_of(by_cluster(cells, folds.fold))
        table.append(Candidate(how, f1, error, behind, correlation, tuple(by_fold.tolist())))
    return Choice(_shortest_of_the_best(table[1:]), tuple(table), RULE)


def predict_observed(
    network: SignedNetwork, observations: Observations, how: Reasoning
) -> NDArray[np.int8]:
    """Predict each observation in its own direction, int8 [n_observations, n_genes]."""
    rows, row_of, turn = observations.distinct()
    return predict(network, rows, how=how)[row_of] * turn[:, None]


def _shortest_of_the_best(table: Sequence[Candidate]) -> Reasoning:
    best = max(table, key=lambda each: each.f1.mean)
    least = best.f1.mean - np.nan_to_num(best.error)
    near = [(each.how, each.f1.mean) for each in table if each.f1.mean >= least]
    ways = [(how.max_length, -score, i, how) for i, (how, score) in enumerate(near) if how]
    return min(ways)[-1]
