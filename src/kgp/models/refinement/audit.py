"""Compare a network as it is with responses: edge by edge, regulator by regulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kgp.models.refinement.audit_result import (
    Audit,
    EdgeAudit,
    MissingResponse,
    RegulatorAudit,
    Verdict,
)
from kgp.models.refinement.enrichment import Enrichment, measure_enrichment
from kgp.models.refinement.reasoning import responses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


def audit(
    network: SignedNetwork, observations: Observations, *, max_length: int = 3, listed: int = 50
) -> Audit:
    """Compare a network with responses, and change nothing.

    Args:
        network: the network.
        observations: ternary responses over the same genes; repeats of a perturbed gene vote.
        max_length: longest walk that may explain a response.
        listed: how many responses without a walk to list.

    Raises:
        BadInputError: if the responses cover other genes, or none responds.
    """
    observations.check_fits(network)
    votes = _count_votes(network, observations)
    edges = _audit_edges(network, votes)
    regulators, absent = _audit_regulators(network, votes, edges, max_length)
    strength = np.abs(votes.net[absent])
    order = np.argsort(-strength, kind="stable")[:listed]
    pairs = np.argwhere(absent)[order]
    return Audit(
        edges,
        regulators,
        tuple(_missing_response(votes, row, gene) for row, gene in pairs.tolist()),
        int(absent.sum()),
        sum(each.responding for each in regulators),
        sum(each.opposed for each in regulators),
        _enrich(network, votes, edges),
        max_length,
    )


class _Votes(NamedTuple):
    """Responses to over-expression, summed over the repeats of each perturbed regulator.

    Attributes:
        rows: int32 [n_rows], perturbed genes that have edges, ascending.
        experiments: int64 [n_rows], repeats.
        tested: int32 [n_rows, n_genes], experiments that measured the gene.
        up: int32 [n_rows, n_genes], experiments in which it rose.
        down: int32 [n_rows, n_genes], experiments in which it fell.
    """

    rows: NDArray[np.int32]
    experiments: NDArray[np.int64]
    tested: NDArray[np.int32]
    up: NDArray[np.int32]
    down: NDArray[np.int32]

    @property
    def net(self) -> NDArray[np.int32]:
        """int32 [n_rows, n_genes], experiments with a rise minus those with a fall."""
        return self.up - self.down


def _count_votes(network: SignedNetwork, observations: Observations) -> _Votes:
    known = np.flatnonzero(np.isin(observations.perturbed, network.regulators))
    observations = observations.take(known)
    rows, row_of, experiments = np.unique(
        observations.perturbed, return_inverse=True, return_counts=True
    )
    scored, labels = observations.scored(), observations.toward_activation()
    tallies = []
    for hit in (scored, scored & (labels > 0), scored & (labels < 0)):
        tally = np.zeros((len(rows), network.n_genes), dtype=np.int32)
        np.add.at(tally, row_of, hit.astype(np.int32))
        tallies.append(tally)
    return _Votes(rows.astype(np.int32), experiments.astype(np.int64), *tallies)


def _audit_edges(network: SignedNetwork, votes: _Votes) -> tuple[EdgeAudit, ...]:
    row_of = {gene: row for row, gene in enumerate(votes.rows.tolist())}
    edges = []
    for (source, target), sign in network.signs().items():
        row = row_of.get(source)
        counts = (0, 0, 0)
        if row is not None:
            up, down = int(votes.up[row, target]), int(votes.down[row, target])
            agree, oppose = (up, down) if sign > 0 else (down, up)
            counts = (agree, oppose, int(votes.tested[row, target]))
        edges.append(EdgeAudit(source, target, sign, _judge(*counts), *counts))
    return tuple(edges)


def _judge(agreeing: int, opposing: int, tested: int) -> Verdict:
    if tested == 0:
        return Verdict.UNTESTABLE
    if agreeing == opposing:
        return Verdict.SILENT
    return Verdict.CONFIRMED if agreeing > opposing else Verdict.CONTRADICTED


def _audit_regulators(
    network: SignedNetwork, votes: _Votes, edges: tuple[EdgeAudit, ...], max_length: int
) -> tuple[tuple[RegulatorAudit, ...], NDArray[np.bool_]]:
    """Summarise regulators; return also bool [n_rows, n_genes], responses without a walk."""
    predicted = responses(network, votes.rows, max_length=max_length)
    reached = _reached(network, votes.rows, max_length)
    observed = np.sign(votes.net)
    absent = (observed != 0) & ~reached
    outcomes = (
        observed != 0,
        (observed != 0) & (predicted == observed),
        (observed != 0) & (predicted == -observed),
        (observed != 0) & (predicted == 0) & reached,
        absent,
    )
    per_row = np.stack([each.sum(axis=1) for each in outcomes], axis=1)
    verdicts = {int(gene): dict.fromkeys(Verdict, 0) for gene in network.regulators}
    for edge in edges:
        verdicts[edge.source][edge.verdict] += 1
    row_of = {gene: row for row, gene in enumerate(votes.rows.tolist())}
    summary = []
    for gene, counts in verdicts.items():
        row = row_of.get(gene)
        experiments = 0 if row is None else int(votes.experiments[row])
        found = [0] * 5 if row is None else per_row[row].tolist()
        summary.append(RegulatorAudit(gene, experiments, *counts.values(), *found))
    return tuple(summary), absent


def _reached(network: SignedNetwork, rows: NDArray[np.int32], max_length: int) -> NDArray[np.bool_]:
    """Say which genes walks of any sign reach: the responses of the network without signs."""
    unsigned = network.with_edges(network.source, network.target, np.abs(network.sign))
    return np.asarray(responses(unsigned, rows, max_length=max_length) != 0)


def _enrich(network: SignedNetwork, votes: _Votes, edges: tuple[EdgeAudit, ...]) -> Enrichment:
    tested = [edge for edge in edges if edge.tested]
    responding = [edge for edge in tested if edge.agreeing != edge.opposing]
    agreeing = sum(edge.verdict is Verdict.CONFIRMED for edge in edges)
    pairs, all_responding = int((votes.tested > 0).sum()), int((votes.net != 0).sum())
    return measure_enrichment(
        len(tested),
        len(responding),
        pairs - len(tested),
        all_responding - len(responding),
        agreeing,
    )


def _missing_response(votes: _Votes, row: int, gene: int) -> MissingResponse:
    net = int(votes.net[row, gene])
    return MissingResponse(int(votes.rows[row]), gene, 1 if net > 0 else -1, abs(net))
