"""What a report holds: plain figures, gathered elsewhere, shown here and kept in report.json.

All numbers are unrounded; rounding is the page's business.
"""

from kgp.report.content.audit import (
    AuditedEdge,
    AuditedRegulator,
    AuditSummary,
    Enrichment,
    MissingTarget,
)
from kgp.report.content.graph import (
    DegreeDistribution,
    EmbeddingMap,
    EmbeddingPoint,
    GraphSummary,
    SourceSummary,
)
from kgp.report.content.models import (
    AttendedNeighbour,
    AttentionSummary,
    Comparison,
    Estimate,
    GeneResponse,
    Metric,
    ModelRow,
    ModelTable,
)
from kgp.report.content.regulation import (
    ChangeSummary,
    EdgeChange,
    EdgeState,
    HeldOutSummary,
    PlantedTruth,
    RefinementSummary,
    ScoreChange,
    SignedEdge,
    Verdict,
)
from kgp.report.content.whole import ReportContent

__all__ = [
    "AttendedNeighbour",
    "AttentionSummary",
    "AuditSummary",
    "AuditedEdge",
    "AuditedRegulator",
    "ChangeSummary",
    "Comparison",
    "DegreeDistribution",
    "EdgeChange",
    "EdgeState",
    "EmbeddingMap",
    "EmbeddingPoint",
    "Enrichment",
    "Estimate",
    "GeneResponse",
    "GraphSummary",
    "HeldOutSummary",
    "Metric",
    "MissingTarget",
    "ModelRow",
    "ModelTable",
    "PlantedTruth",
    "RefinementSummary",
    "ReportContent",
    "ScoreChange",
    "SignedEdge",
    "SourceSummary",
    "Verdict",
]
