"""Does refining help? Networks refined without some regulators, held against those regulators.

An edit can act on a regulator that was held out only downstream: by walks from the held-out gene
through the edited edge. So little is to be expected of sparse data, and the answer may be no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.heldout_edits import (
    changes,
    log_likelihood,
    observed_tables,
    propose,
    weigh_edits,
)
from kgp.models.refinement.heldout_result import (
    ORIGINAL,
    PREDICTORS,
    REFINED,
    THRESHOLDS,
    Confirmed,
    FoldScore,
    HeldOut,
)
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.scores import macro_f1_of, row_tables
from kgp.models.refinement.scores_bootstrap import (
    by_cluster,
    cluster_interval,
    difference_interval,
    share,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.folds import Folds
    from kgp.models.refinement.heldout_edits import Proposal, Refine
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.progress import Step

    Floats = NDArray[np.float64]


def heldout_curve(
    network: SignedNetwork,
    observations: Observations,
    refine: Refine,
    folds: Folds,
    *,
    how: Reasoning | None = None,
    rates: Rates | None = None,
    thresholds: Sequence[float] = THRESHOLDS,
    seed: int = 0,
    step: Step | None = None,
) -> HeldOut:
    """Refine on all folds but one, score on that one, for each fold.

    Args:
        network: the curated network.
        observations: responses over its genes.
        refine: the refinement; it sees the network and the observations of the other folds alone.
        folds: the division, from :func:`kgp.models.refinement.folds.make_folds`.
        how: how both networks are read, by default as :class:`Reasoning` says.
        rates: rates of the likelihood, the same for all predictors and folds.
        thresholds: confidences of the curve.
        seed: of the bootstrap.
        step: told of every fold.

    Raises:
        BadInputError: if the observations do not fit the network.
    """
    observations.check_fits(network)
    how, rates = how or Reasoning(), rates or Rates()
    tables = np.zeros((len(PREDICTORS), observations.n_observations, 3, 3))
    scores, weighed = [], []
    for learned, held_out in folds:
        seen = observations.take(held_out)
        made = propose(refine, network, observations.take(learned))
        tables[:, held_out] = _predict_all(network, made.network, seen, how)
        weighed.append(_weigh(network, made, seen, how, rates))
        sums = tables[:, held_out].sum(axis=1)
        scores.append(_score(len(learned), len(held_out), len(weighed[-1].gain), sums, rates))
        if step is not None:
            step.advance()
    curve = tuple(_confirmed(weighed, threshold, seed) for threshold in thresholds)
    return _judge(tables, folds, tuple(scores), curve, rates, seed)


@dataclass(frozen=True, slots=True, eq=False)
class _Weighed:
    """The edits of one fold: regulator, confidence, gain of held-out log-likelihood."""

    source: NDArray[np.int64]
    confidence: Floats
    gain: Floats


def _weigh(
    network: SignedNetwork, made: Proposal, seen: Observations, how: Reasoning, rates: Rates
) -> _Weighed:
    moves = changes(network, made.network)
    sure = [made.confidence.get((int(move[0]), int(move[1])), 1.0) for move in moves]
    gain = weigh_edits(network, moves, seen, how, rates)
    return _Weighed(moves[:, 0].astype(np.int64), np.array(sure, np.float64), gain)


def _score(n_learned: int, n_held_out: int, n_edits: int, sums: Floats, rates: Rates) -> FoldScore:
    f1, nats = _named(macro_f1_of(sums)), _named(_per_cell(sums, rates))
    return FoldScore(n_learned, n_held_out, n_edits, f1, nats)


def _judge(
    tables: Floats,
    folds: Folds,
    scores: tuple[FoldScore, ...],
    curve: tuple[Confirmed, ...],
    rates: Rates,
    seed: int,
) -> HeldOut:
    """Draw intervals over sets of independent experiments, and give the verdict."""
    clusters = {
        name: by_cluster(each, folds.component)
        for name, each in zip(PREDICTORS, tables, strict=True)
    }
    pair = clusters[REFINED], clusters[ORIGINAL]
    gain = difference_interval(*pair, macro_f1_of, seed)[0]
    nats = difference_interval(*pair, lambda sums: _per_cell(sums, rates), seed)[0]
    f1 = {name: cluster_interval(each, macro_f1_of, seed)[0] for name, each in clusters.items()}
    return HeldOut(scores, f1, gain, nats, curve, folds.n_components, gain.low > 0)


def _predict_all(
    network: SignedNetwork, refined: SignedNetwork, seen: Observations, how: Reasoning
) -> Floats:
    """Cross-tabulate the held-out cells for every predictor, float64 [4, n_rows, 3, 3]."""
    return np.stack(
        [
            row_tables(seen, np.zeros_like(seen.labels)),
            observed_tables(network, seen, Reasoning(1)),
            observed_tables(network, seen, how),
            observed_tables(refined, seen, how),
        ]
    )


def _per_cell(tables: Floats, rates: Rates) -> Floats:
    """Return nats per cell, float64 [...] for [..., 3, 3]; NaN without a cell."""
    cells = tables.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        return np.asarray(log_likelihood(tables, rates) / cells)


def _named(values: Floats) -> dict[str, float]:
    return dict(zip(PREDICTORS, values.tolist(), strict=True))


def _confirmed(folds: Sequence[_Weighed], threshold: float, seed: int) -> Confirmed:
    source, confidence, gain = (
        np.concatenate([getattr(each, name) for each in folds])
        for name in ("source", "confidence", "gain")
    )
    passes = confidence >= threshold
    tested = passes & ~np.isnan(gain)
    counts = np.stack([gain[tested] > 0, np.ones(tested.sum(), bool)], axis=1).astype(np.float64)
    interval, _error = cluster_interval(by_cluster(counts, source[tested]), share, seed)
    return Confirmed(threshold, int(passes.sum()), int(tested.sum()), interval)
