"""What was found: edits and verdicts as tables of names, and the report beside them."""

from __future__ import annotations

from dataclasses import asdict, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import polars as pl

from kgp.api.frames_report import AuditReport, RefineReport
from kgp.models.refinement.audit_result import EdgeAudit, MissingResponse, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgp.api.frames_given import Input
    from kgp.models.refinement.audit_result import Audit
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.posterior import Alternative
    from kgp.models.refinement.result import Edit, Refinement

EDIT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.String,
    "target": pl.String,
    "before": pl.Int64,
    "after": pl.Int64,
    "kind": pl.String,
    "confidence": pl.Float64,
    "gain": pl.Float64,
    "supporting": pl.List(pl.String),
    "contradicting": pl.List(pl.String),
    "alternatives": pl.List(
        pl.Struct(
            {"source": pl.String, "target": pl.String, "after": pl.Int64, "weight": pl.Float64}
        )
    ),
}

_UNCHECKED = "The changes were not checked on held-out perturbations: read them as hypotheses."

_GENES = ("source", "target", "gene", "regulator")
"""Fields of an audit that hold the position of a gene."""

_EFFECTS = ("effect", "low", "high")
"""Fields that labels alone cannot fill; nor the p-value of a single missing response."""


def edit_table(
    edits: Iterable[Edit],
    genes: Sequence[str],
    observations: Observations,
    unsigned: set[tuple[str, str]],
) -> pl.DataFrame:
    """Lay out edits, one row each, with :data:`EDIT_COLUMNS`.

    Args:
        edits: most certain first.
        genes: of the network.
        observations: whose signature ids are the names of the perturbations.
        unsigned: pairs that stand in the network without a sign; a new sign is no new edge.
    """
    names = observations.signatures
    rows = []
    for edit in edits:
        source, target = genes[edit.source], genes[edit.target]
        kind = "signed" if edit.before == 0 and (source, target) in unsigned else edit.kind
        rows.append(
            {
                **asdict(edit),
                "source": source,
                "target": target,
                "kind": kind,
                "supporting": _distinct(names, edit.supporting),
                "contradicting": _distinct(names, edit.contradicting),
                "alternatives": [_named(other, genes) for other in edit.alternatives],
            }
        )
    return pl.DataFrame(
        {name: [row[name] for row in rows] for name in EDIT_COLUMNS}, schema=EDIT_COLUMNS
    )


def _named(other: Alternative, genes: Sequence[str]) -> dict[str, Any]:
    return {**asdict(other), "source": genes[other.source], "target": genes[other.target]}


def _distinct(names: Sequence[str], rows: Iterable[int]) -> list[str]:
    return list(dict.fromkeys(names[row] for row in rows))


def edge_table(edges: Sequence[EdgeAudit], genes: Sequence[str], alpha: float) -> pl.DataFrame:
    """Lay out the verdicts on edges, and which of them hold at a false discovery rate."""
    holds = pl.Series("holds", [edge.holds(alpha) for edge in edges], pl.Boolean)
    return verdict_table(EdgeAudit, edges, genes).with_columns(holds)


def verdict_table(kind: type[Any], rows: Iterable[Any], genes: Sequence[str]) -> pl.DataFrame:
    """Lay out entries of an audit, one row each, with names for positions of genes."""
    rows = list(rows)
    names = [field.name for field in fields(kind) if field.name not in _EFFECTS]
    if kind is MissingResponse:
        names.remove("p_value")
    return pl.DataFrame(
        {name: [_plain(name, getattr(row, name), genes) for row in rows] for name in names}
    )


def _plain(name: str, value: Any, genes: Sequence[str]) -> Any:
    if name in _GENES:
        return genes[value]
    return value.value if isinstance(value, StrEnum) else value


def refine_report(read: Input, found: Refinement, edits: pl.DataFrame) -> RefineReport:
    """Count what a refinement changed, and say what to keep in mind."""
    count: dict[str, int] = dict(edits["kind"].value_counts().iter_rows())
    return RefineReport(
        read.given,
        count.get("added", 0),
        count.get("removed", 0),
        count.get("flipped", 0),
        count.get("signed", 0),
        found.rates,
        found.objective_before,
        found.objective_after,
        (*read.given.warnings(), *([found.mixing] if found.mixing else []), _UNCHECKED),
    )


def audit_report(read: Input, found: Audit) -> AuditReport:
    """Count what an audit found."""
    rate = found.enrichment
    return AuditReport(
        read.given,
        {verdict.value: found.count(verdict) for verdict in Verdict},
        found.n_responding,
        found.share_missing,
        found.share_opposed,
        rate.rate,
        rate.background_rate,
        rate.p_value,
        rate.sign_agreement if rate.edges_responding else None,
        rate.sign_interval,
        read.given.warnings(),
    )
