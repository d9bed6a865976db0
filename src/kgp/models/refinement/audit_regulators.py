"""An audit summed up by regulator, and by combination of perturbed genes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.labels import adjust
from kgp.models.refinement.audit_result import (
    CombinationAudit,
    EdgeAudit,
    RegulatorAudit,
    Verdict,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.audit_votes import Votes
    from kgp.models.refinement.network import SignedNetwork

_VERDICTS = tuple(Verdict)


def audit_regulators(
    network: SignedNetwork,
    votes: Votes,
    edges: tuple[EdgeAudit, ...],
    outcomes: NDArray[np.int64],
) -> tuple[RegulatorAudit, ...]:
    """Sum up each regulator that has edges, ascending by gene.

    Args:
        network: the network.
        votes: what the experiments say.
        edges: the audited edges.
        outcomes: int64 [n_rows, 5], numbers of responding genes from responding to missing.
    """
    counts = {int(gene): [0] * len(_VERDICTS) for gene in network.regulators}
    for edge in edges:
        counts[edge.source][_VERDICTS.index(edge.verdict)] += 1
    background = {
        gene: _background(votes, row, counts[gene]) for gene, row in votes.row_of().items()
    }
    tests = {gene: _test(*found, counts[gene]) for gene, found in background.items()}
    tested = {gene: p for gene, p in tests.items() if p is not None}
    adjusted = adjust(np.array(list(tested.values()), np.float64)).tolist()
    q_values = dict(zip(tested, adjusted, strict=True))
    row_of, summed = votes.row_of(), []
    for gene, verdicts in counts.items():
        row = row_of.get(gene)
        if row is None:
            summed.append(RegulatorAudit(gene, 0, 0, *_four(verdicts)))
            continue
        summed.append(
            RegulatorAudit(
                gene,
                int(votes.experiments[row]),
                int(votes.independent[row]),
                *_four(verdicts),
                *background[gene],
                *_five(outcomes, row),
                tests[gene],
                q_values.get(gene),
            )
        )
    return tuple(summed)


def audit_combinations(votes: Votes, outcomes: NDArray[np.int64]) -> tuple[CombinationAudit, ...]:
    """Sum up the perturbations of several genes; ``outcomes`` as in :func:`audit_regulators`."""
    seeds = votes.rows.rows()
    return tuple(
        CombinationAudit(seeds[row], int(votes.experiments[row]), *_five(outcomes, row))
        for row in range(votes.n_single, len(seeds))
    )


def _four(verdicts: list[int]) -> tuple[int, int, int, int]:
    confirmed, contradicted, silent, untestable = verdicts
    return confirmed, contradicted, silent, untestable


def _five(outcomes: NDArray[np.int64], row: int) -> tuple[int, int, int, int, int]:
    responding, explained, opposed, ambiguous, missing = outcomes[row].tolist()
    return responding, explained, opposed, ambiguous, missing


def _background(votes: Votes, row: int, verdicts: list[int]) -> tuple[int, int]:
    """Genes measured and responding that are no targets of the regulator."""
    confirmed, contradicted, silent, _ = verdicts
    tested = int((votes.tested[row] > 0).sum()) - confirmed - contradicted - silent
    return tested, int((votes.net[row] != 0).sum()) - confirmed - contradicted


def _test(others: int, others_responding: int, verdicts: list[int]) -> float | None:
    """One-sided hypergeometric p-value of the targets' responses."""
    from scipy.stats import hypergeom

    confirmed, contradicted, silent, _ = verdicts
    testable = confirmed + contradicted + silent
    if not testable:
        return None
    moved = confirmed + contradicted
    return float(hypergeom.sf(moved - 1, testable + others, moved + others_responding, testable))
