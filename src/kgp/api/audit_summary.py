"""An audit in the figures that are shown, written and reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.audit_result import Verdict
from kgp.report.content import (
    AuditedEdge,
    AuditedRegulator,
    AuditSummary,
    Enrichment,
    Estimate,
    MissingTarget,
)

if TYPE_CHECKING:
    from kgp.models.grn_data import Measured, StoredNetwork
    from kgp.models.refinement.audit_result import (
        Audit,
        EdgeAudit,
        MissingResponse,
        RegulatorAudit,
    )

_RANK = {"confirmed": 0, "contradicted": 1, "silent": 2}


def audit_summary(
    stored: StoredNetwork,
    measured: Measured,
    audit: Audit,
    dataset: str,
    where: dict[str, str],
) -> AuditSummary:
    """Give an audit names and totals."""
    seen = measured.observations
    tested = [edge for edge in audit.edges if edge.verdict is not Verdict.UNTESTABLE]
    edges = [_edge(stored, measured, dataset, audit.alpha, edge) for edge in tested]
    edges.sort(key=lambda e: (_RANK[e.verdict], -abs(e.effect_z or 0), e.regulator, e.target))
    return AuditSummary(
        stored.name,
        dataset,
        {verdict.value: audit.count(verdict) for verdict in Verdict},
        _enrichment(audit),
        _agreement(audit),
        tuple(edges),
        version=stored.version,
        measure=measured.measure,
        where=where,
        max_length=audit.max_length,
        alpha=audit.alpha,
        signatures=seen.n_observations,
        independent=len(set(seen.groups)),
        perturbed=audit.n_perturbed,
        combinations=len(audit.combinations),
        counts_holding={
            "confirmed": audit.count_holding(Verdict.CONFIRMED),
            "contradicted": audit.count_holding(Verdict.CONTRADICTED),
        },
        responding=audit.n_responding,
        share_missing=audit.share_missing if audit.n_responding else None,
        share_opposed=audit.share_opposed if audit.n_responding else None,
        regulators=tuple(_regulator(stored, each) for each in audit.regulators if each.experiments),
        missing=tuple(_missing(stored, measured, each) for each in audit.missing),
        missing_total=audit.n_missing,
        left_out=measured.left_out,
        remarks=_remarks(measured, audit),
    )


def _remarks(measured: Measured, audit: Audit) -> tuple[str, ...]:
    said = []
    n = len(set(measured.observations.seeds()))
    if not audit.n_perturbed:
        said.append("No regulator of the network was perturbed alone: no edge can be tested.")
    elif not audit.enrichment.is_enriched:
        said.append(
            "These data say nothing about this network: its targets respond no more often than "
            "those of random networks with the same degrees."
        )
    if n == 1:
        said.append(
            "One perturbation only: enough for an audit of one regulator, too little to refine."
        )
    if measured.censored:
        said.append(
            "The set lists only what responds: no effect sizes for silent genes; p-values are "
            "against the response rate of the regulator's other genes."
        )
    elif not np.isfinite(measured.errors).any():
        said.append(
            "The effects have no errors (no replicates): no intervals, and only large ones speak."
        )
    if "M·A" in measured.measure:
        said.append(
            "Effects are rebuilt from components: errors are too small and p-values too good."
        )
    return tuple(said)


def _edge(
    stored: StoredNetwork, measured: Measured, dataset: str, alpha: float, edge: EdgeAudit
) -> AuditedEdge:
    source, target = stored.signed.genes[edge.source], stored.signed.genes[edge.target]
    return AuditedEdge(
        stored.names[source],
        stored.names[target],
        edge.sign,  # type: ignore[arg-type]  # -1 or +1
        edge.verdict.value,
        _strongest(measured, edge.source, edge.target),
        (dataset,),
        _estimate(edge),
        edge.p_value,
        edge.q_value,
        edge.agreeing,
        edge.opposing,
        edge.tested,
        edge.independent,
        edge.holds(alpha),
        source,
        target,
    )


def _strongest(measured: Measured, regulator: int, target: int) -> float | None:
    """The strongest response in any experiment, turned to over-expression; None without one."""
    seen = measured.observations
    rows = np.flatnonzero((seen.perturbed == regulator) & (seen.labels[:, target] != 0))
    alone = [row for row in rows.tolist() if not (seen.partners and seen.partners[row])]
    effects = measured.effects[alone, target] * seen.direction[alone]
    return max(effects.tolist(), key=abs, default=None)


def _regulator(stored: StoredNetwork, found: RegulatorAudit) -> AuditedRegulator:
    gene = stored.signed.genes[found.gene]
    return AuditedRegulator(
        stored.names[gene],
        found.experiments,
        found.independent,
        found.confirmed,
        found.contradicted,
        found.silent,
        found.untestable,
        found.responding,
        found.opposed,
        found.missing,
        found.fold,
        found.p_value,
        found.q_value,
        gene,
    )


def _missing(stored: StoredNetwork, measured: Measured, found: MissingResponse) -> MissingTarget:
    source, target = stored.signed.genes[found.regulator], stored.signed.genes[found.gene]
    return MissingTarget(
        stored.names[source],
        stored.names[target],
        found.sign,  # type: ignore[arg-type]  # -1 or +1
        found.experiments,
        found.independent,
        _estimate(found),
        found.p_value,
        source,
        target,
        _strongest(measured, found.regulator, found.gene),
    )


def _estimate(found: EdgeAudit | MissingResponse) -> Estimate | None:
    return None if found.effect is None else Estimate(found.effect, found.low, found.high)


def _enrichment(audit: Audit) -> Enrichment | None:
    found = audit.enrichment
    if not found.edges_tested or not found.others_responding:
        return None
    low, high = (bound / found.background_rate for bound in found.rate_interval)
    fold = Estimate(found.fold, low, high)
    null = found.same_degrees
    return Enrichment(
        found.rate,
        found.background_rate,
        fold,
        found.p_value,
        found.degree_fold,
        None if null is None else null.p_value,
        found.is_enriched,
    )


def _agreement(audit: Audit) -> Estimate | None:
    found = audit.enrichment
    if not found.edges_responding:
        return None
    return Estimate(found.signs_agreeing / found.edges_responding, *found.sign_interval)
