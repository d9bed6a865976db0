"""The cards at the top of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.findings import best

if TYPE_CHECKING:
    from kgp.report.content import (
        AuditSummary,
        ChangeSummary,
        ModelTable,
        RefinementSummary,
        ReportContent,
    )


@dataclass(frozen=True, slots=True)
class Headline:
    """A card at the top of the page; ``section`` is where it leads."""

    section: str
    label: str
    figure: str
    note: str
    tag: str = ""


def headlines(content: ReportContent) -> list[Headline]:
    """The cards at the top of the page, one per section that has figures."""
    cards: list[Headline] = []
    if (graph := content.graph) is not None:
        n_relationships = numerals.plural(sum(graph.relationships.values()), "relationship")
        n_nodes = numerals.count(sum(graph.nodes.values()))
        cards.append(Headline("graph", "Nodes", n_nodes, f"with {n_relationships}"))
    if content.sources:
        n_synthetic = sum(source.synthetic for source in content.sources)
        tag = f"{n_synthetic} synthetic" if n_synthetic else ""
        rows = numerals.plural(sum(source.rows_in for source in content.sources), "row")
        n_sources = numerals.count(len(content.sources))
        cards.append(Headline("sources", "Sources", n_sources, f"{rows} read", tag))
    drawn = (
        _model_card(content.models) if content.models else None,
        _audit_card(content.audit) if content.audit else None,
        _refinement_card(content.refinement) if content.refinement else None,
        _changes_card(content.changes) if content.changes else None,
    )
    return [*cards, *(card for card in drawn if card is not None)]


def _model_card(models: ModelTable) -> Headline | None:
    metric = models.metrics[0] if models.metrics else None
    model = best(models.rows, metric) if metric else None
    if metric is None or model is None:
        return None
    gain = model.difference.get(metric.key)
    if gain is None:
        score = numerals.figure(model.scores[metric.key].value)
        return Headline("models", "Best score", score, f"{model.name}, {metric.label}")
    written = numerals.signed(gain.value)
    tag = "baseline" if model.is_baseline else ""
    note = f"{model.name}, {metric.label}"
    return Headline("models", f"Best against {models.reference}", written, note, tag)


def _audit_card(audit: AuditSummary) -> Headline:
    confirmed, against = audit.counts.get("confirmed", 0), audit.counts.get("contradicted", 0)
    figure = f"{numerals.count(confirmed)} : {numerals.count(against)}"
    return Headline("audit", "Edges confirmed : contradicted", figure, f"{audit.network}, audited")


def _refinement_card(refinement: RefinementSummary) -> Headline | None:
    if not refinement.scores:
        return None
    score = refinement.scores[0]
    figure = f"{numerals.figure(score.nothing)} → {numerals.figure(score.refined)}"
    tag = "planted truth" if refinement.planted else ""
    return Headline(
        "refinement", numerals.sentence(score.label), figure, "doing nothing → refined", tag
    )


def _changes_card(changes: ChangeSummary) -> Headline:
    versions = f"{changes.network}, version {changes.from_version} → {changes.to_version}"
    return Headline("changes", "Edges changed", numerals.count(len(changes.changes)), versions)
