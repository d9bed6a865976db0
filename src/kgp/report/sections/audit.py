"""A network held against measured responses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.findings import audit_findings
from kgp.report.markup import Child, h
from kgp.report.plots.evidence_cells import evidence_of
from kgp.report.plots.evidence_map import evidence_map
from kgp.report.plots.heads import glyph
from kgp.report.plots.stacked import Part, stacked_bar
from kgp.report.tables import Column, TableData, to_html

if TYPE_CHECKING:
    from kgp.report.content import AuditedEdge, AuditSummary, Verdict

MOST_ROWS = 20


def audit_section(audit: AuditSummary) -> tuple[Child, ...]:
    """The finding, the verdicts as a bar and by edge, and the edges that the data speak to."""
    note = (
        f"Against {audit.dataset}. Untestable: the regulator was not perturbed or "
        f"the target not measured. Silent: measured, and no response."
    )
    parts = [
        Part("confirmed", audit.counts.get("confirmed", 0), "confirmed", magnify=True),
        Part("contradicted", audit.counts.get("contradicted", 0), "contradicted", magnify=True),
        Part("silent", audit.counts.get("silent", 0), "silent"),
        Part("untestable", audit.counts.get("untestable", 0), "untestable"),
    ]
    bar = stacked_bar("audit-bar", f"Audit of {audit.network}", note, parts)
    tables = [_verdict_table(audit, verdict) for verdict in ("confirmed", "contradicted")]
    return (
        h("p", " ".join(audit_findings(audit)), class_="finding"),
        bar,
        evidence_map(evidence_of(audit)),
        h("div", *tables, class_="columns"),
    )


def audit_table(title: str, edges: tuple[AuditedEdge, ...]) -> TableData:
    """Audited edges: what the network says, what was measured, and in which data."""
    columns = (
        Column("Regulator"),
        Column("Sign"),
        Column("Target"),
        Column("Effect", "difference", digits=1),
        Column("q", "p"),
        Column("Data", key="datasets"),
    )
    signs = {1: "activation", -1: "repression", 0: "dual or unknown", None: "no edge"}
    rows = tuple(
        (
            e.regulator,
            signs[e.sign],
            e.target,
            e.shown,
            e.q_value,
            ", ".join(e.datasets),
        )
        for e in edges
    )
    return TableData(title, columns, rows)


def _verdict_table(audit: AuditSummary, verdict: Verdict) -> Child:
    edges = [edge for edge in audit.edges if edge.verdict == verdict]
    edges.sort(key=lambda e: (-e.size, e.regulator, e.target))
    shown = tuple(edges[:MOST_ROWS])
    if not shown:
        return None
    title = f"{verdict.capitalize()} edges, strongest effect first"
    table = to_html(audit_table(title, shown), {"sign": [glyph(edge.sign) for edge in shown]})
    rest = len(edges) - len(shown)
    more = f"{numerals.count(rest)} more in report.json." if rest else None
    return h("div", table, h("p", more, class_="note") if more else None)
