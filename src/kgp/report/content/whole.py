"""The whole report: a section that is None was not computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.report.content.audit import AuditSummary
    from kgp.report.content.graph import EmbeddingMap, GraphSummary, SourceSummary
    from kgp.report.content.models import AttentionSummary, ModelTable
    from kgp.report.content.regulation import ChangeSummary, RefinementSummary


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything on the page; ``created`` is a date as text, so that a page can be made again."""

    title: str
    created: str
    store: str
    fingerprint: str
    kgp_version: str
    sources: tuple[SourceSummary, ...] | None = None
    graph: GraphSummary | None = None
    embedding: EmbeddingMap | None = None
    models: ModelTable | None = None
    audit: AuditSummary | None = None
    refinement: RefinementSummary | None = None
    changes: ChangeSummary | None = None
    attention: AttentionSummary | None = None
