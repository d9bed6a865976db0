"""Refinements and explanations as text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.cli.tables import GLYPHS
from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgp.api.networks import Explanation
    from kgp.api.refining import RefineReport
    from kgp.report.content import EdgeChange


def refine_tables(report: RefineReport, limit: int) -> Iterator[TableData]:
    """Scores beside doing nothing, and the strongest changes."""
    summary = report.summary
    if summary.scores:
        columns = (
            Column("Score"),
            Column("Doing nothing", "figure"),
            Column("Refined", "figure"),
            Column("Difference", "difference"),
        )
        rows = tuple((s.label, s.nothing, s.refined, s.refined - s.nothing) for s in summary.scores)
        yield TableData(f"{summary.network}: {summary.method}", columns, rows)
    if report.changes:
        yield _changes(report.changes[:limit], len(report.changes))


def _changes(changes: Sequence[EdgeChange], total: int) -> TableData:
    columns = (
        Column("Regulator"),
        Column("Target"),
        Column("Before"),
        Column("After"),
        Column("Confidence", "figure", digits=2),
        Column("For", "count"),
        Column("Against", "count"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            c.regulator,
            c.target,
            _sign(c.before),
            _sign(c.after),
            c.confidence,
            len(c.supports),
            len(c.contradicts),
        )
        for c in changes
    )
    return TableData(f"Changed edges: {len(changes):,} of {total:,}", columns, rows)


def _sign(sign: int | None) -> str:
    return "no edge" if sign is None else GLYPHS[sign]


def explain_lines(found: Explanation) -> Iterator[str]:
    """The history of one edge as a biologist reads it."""
    yield f"{found.regulator_name} ({found.regulator}) → {found.target_name} ({found.target})"
    yield f"in network {found.network}, which is at version {found.head}"
    if not found.states:
        yield "  never had an edge here"
    for state in found.states:
        until = f" until version {state['until']}" if state["until"] else ", and holds now"
        effect = GLYPHS[state["sign"]] if state["sign"] else state["effect"]
        yield f"  since version {state['since']}{until}: {effect} ({state['layer']})"
        yield f"    sign from {state['sign_source']}"
        if state["confidence"] is not None:
            yield f"    confidence {state['confidence']:.2f}"
        yield from _evidence(state["evidence"])
        if state["until"]:
            yield f"  ended by {found.ends[state['until']]}"
            if state["end_confidence"] is not None:
                yield f"    confidence {state['end_confidence']:.2f}"
            yield from _evidence(state["end_evidence"])


def _evidence(evidence: dict[str, Any]) -> Iterator[str]:
    if evidence.get("pubmed"):
        yield f"    PubMed {', '.join(str(x) for x in evidence['pubmed'][:8])}"
    for key, label in (("supporting", "for"), ("contradicting", "against")):
        if evidence.get(key):
            shown = ", ".join(evidence[key][:6])
            more = f" … ({len(evidence[key])})" if len(evidence[key]) > 6 else ""
            yield f"    {label}: {shown}{more}"
    if "gain" in evidence:
        yield f"    fall of the objective {evidence['gain']:.1f} nats"
