r"""Compare a network as it is with responses: edge by edge, regulator by regulator.

An edge's p-value is that of its target not responding at all, in either direction; the verdict then
follows from the direction. Where effects have errors it is the two-sided test of the combined
effect (:mod:`kgp.models.refinement.effects`). Where they have none, labels alone can speak: of
:math:`n` independent groups :math:`m` show a response, and

.. math::
    p = P(X \ge m), \qquad X \sim \mathrm{Binomial}(n, b_r), \qquad
    b_r = \frac{1 + \text{responses of genes that are no targets}}{1 + \text{tests of them}},

with the background :math:`b_r` of the same regulator's perturbations. q-values are those of
Benjamini and Hochberg over all edges with a p-value. Edges whose label is unknown are among them:
leaving out what is undecided would choose edges by their p-value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.labels import adjust
from kgp.models.refinement.audit_regulators import audit_combinations, audit_regulators
from kgp.models.refinement.audit_result import (
    Audit,
    EdgeAudit,
    MissingResponse,
    Verdict,
)
from kgp.models.refinement.audit_votes import Effects, Votes, count_votes
from kgp.models.refinement.degree_null import draw_degree_null
from kgp.models.refinement.enrichment import Enrichment, measure_enrichment
from kgp.models.refinement.reasoning import walk_counts

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


_DOUBT = 0.05
"""A response whose combined effect has a larger p-value is listed after the others."""


def audit(
    network: SignedNetwork,
    observations: Observations,
    *,
    effects: ArrayLike | None = None,
    errors: ArrayLike | None = None,
    df: ArrayLike | None = None,
    max_length: int = 3,
    listed: int = 50,
    alpha: float = 0.05,
) -> Audit:
    """Compare a network with responses, and change nothing.

    Args:
        network: the network.
        observations: ternary responses over the same genes; repeats of a perturbation vote, and
            those of one group count as one independent experiment.
        effects: float [n_observations, n_genes], as measured, not turned; NaN where not measured.
        errors: float [n_observations, n_genes], their standard errors; NaN without replicates.
        df: float [n_observations] or one number, degrees of freedom of the errors; by default
            infinite.
        max_length: longest walk that may explain a response.
        listed: how many responses without a walk to list.
        alpha: false discovery rate at which verdicts are counted.

    Raises:
        BadInputError: if the responses cover other genes, none responds, or the effects do not go
            with them.
    """
    observations.check_fits(network)
    measured = Effects.of(observations, effects, errors, df)
    votes = count_votes(network, observations, measured)
    edges = _audit_edges(network, votes)
    walks = walk_counts(network, votes.rows, max_length=max_length) > 0
    up, down = walks[:, :, 0].T, walks[:, :, 1].T
    outcomes = _Outcomes(np.sign(votes.net), up, down)
    regulators = audit_regulators(network, votes, edges, outcomes.counts())
    absent = outcomes.absent[: votes.n_single]
    return Audit(
        edges,
        regulators,
        audit_combinations(votes, outcomes.counts()),
        _list_missing(votes, absent, listed),
        int(absent.sum()),
        sum(each.responding for each in regulators),
        sum(each.opposed for each in regulators),
        _enrich(network, votes, edges),
        max_length,
        alpha,
    )


class _Outcomes:
    """What walks say of each response, bool [n_rows, n_genes] each."""

    def __init__(
        self, observed: NDArray[np.int32], up: NDArray[np.bool_], down: NDArray[np.bool_]
    ) -> None:
        moved = observed != 0
        predicted = up.astype(np.int8) - down
        self.responding = moved
        self.explained = moved & (predicted == observed)
        self.opposed = moved & (predicted == -observed)
        self.ambiguous = moved & up & down
        self.absent = moved & ~up & ~down

    def counts(self) -> NDArray[np.int64]:
        """Return int64 [n_rows, 5], from responding to missing."""
        every = (self.responding, self.explained, self.opposed, self.ambiguous, self.absent)
        return np.stack([each.sum(axis=1) for each in every], axis=1)


def _audit_edges(network: SignedNetwork, votes: Votes) -> tuple[EdgeAudit, ...]:
    p_values = _p_values(network, votes)
    row_of, edges = votes.row_of(), []
    known = np.isfinite(p_values)
    q_values = np.full(len(p_values), np.nan)
    q_values[known] = adjust(p_values[known])
    ends = zip(network.source.tolist(), network.target.tolist(), network.sign.tolist(), strict=True)
    for at, (source, target, sign) in enumerate(ends):
        row = row_of.get(source)
        if row is None:
            edges.append(EdgeAudit(source, target, sign, Verdict.UNTESTABLE, 0, 0, 0))
            continue
        up, down = int(votes.up[row, target]), int(votes.down[row, target])
        agree, oppose = (up, down) if sign > 0 else (down, up)
        counts = agree, oppose, int(votes.tested[row, target])
        effect, low, high = _effect(votes, row, target)
        edges.append(
            EdgeAudit(
                source,
                target,
                sign,
                _judge(*counts),
                *counts,
                int(votes.groups[row, target]),
                effect,
                low,
                high,
                float(p_values[at]) if known[at] else None,
                float(q_values[at]) if known[at] else None,
            )
        )
    return tuple(edges)


def _p_values(network: SignedNetwork, votes: Votes) -> NDArray[np.float64]:
    """Return float64 [n_edges], NaN where the regulator or the target says nothing."""
    from scipy.stats import binom

    found = np.full(network.n_edges, np.nan)
    row_of = votes.row_of()
    bounds = np.searchsorted(network.source, [*network.regulators, network.n_genes])
    for at, gene in enumerate(network.regulators.tolist()):
        edges = slice(bounds[at], bounds[at + 1])
        row = row_of.get(gene)
        if row is None:
            continue
        targets = network.target[edges]
        asked, moved = votes.asked[row], votes.moved[row]
        other = np.ones(network.n_genes, bool)
        other[targets] = False
        background = (1 + moved[other].sum()) / (1 + asked[other].sum())
        by_count = binom.sf(moved[targets] - 1, asked[targets], background)
        by_count[asked[targets] == 0] = np.nan
        by_effect = votes.p_value[row, targets]
        found[edges] = np.where(np.isfinite(by_effect), by_effect, by_count)
    return found


def _judge(agreeing: int, opposing: int, tested: int) -> Verdict:
    if tested == 0:
        return Verdict.UNTESTABLE
    if agreeing == opposing:
        return Verdict.SILENT
    return Verdict.CONFIRMED if agreeing > opposing else Verdict.CONTRADICTED


def _effect(
    votes: Votes, row: int, gene: int
) -> tuple[float, float, float] | tuple[None, None, None]:
    """Combined effect and the ends of its interval."""
    value, reach = float(votes.effect[row, gene]), float(votes.reach[row, gene])
    return (value, value - reach, value + reach) if np.isfinite(value) else (None, None, None)


def _list_missing(
    votes: Votes, absent: NDArray[np.bool_], listed: int
) -> tuple[MissingResponse, ...]:
    """List first what no test doubts, then by number of experiments and size of the effect."""
    pairs = np.argwhere(absent)
    net, effect, p_value = (
        each[: len(absent)][absent] for each in (votes.net, votes.effect, votes.p_value)
    )
    order = np.lexsort((-np.abs(np.nan_to_num(effect)), -np.abs(net), p_value > _DOUBT))[:listed]
    return tuple(_missing_response(votes, row, gene) for row, gene in pairs[order].tolist())


def _missing_response(votes: Votes, row: int, gene: int) -> MissingResponse:
    net, p_value = int(votes.net[row, gene]), float(votes.p_value[row, gene])
    effect, low, high = _effect(votes, row, gene)
    return MissingResponse(
        int(votes.rows.gene[row]),
        gene,
        1 if net > 0 else -1,
        abs(net),
        int(votes.groups[row, gene]),
        effect,
        low,
        high,
        p_value if np.isfinite(p_value) else None,
    )


def _enrich(network: SignedNetwork, votes: Votes, edges: tuple[EdgeAudit, ...]) -> Enrichment:
    tested = [edge for edge in edges if edge.tested]
    responding = [edge for edge in tested if edge.agreeing != edge.opposing]
    agreeing = sum(edge.verdict is Verdict.CONFIRMED for edge in edges)
    rows = slice(votes.n_single)
    moved = votes.net[rows] != 0
    return measure_enrichment(
        len(tested),
        len(responding),
        int((votes.tested[rows] > 0).sum()) - len(tested),
        int(moved.sum()) - len(responding),
        agreeing,
        draw_degree_null(network, votes.rows.gene[rows], moved),
    )
