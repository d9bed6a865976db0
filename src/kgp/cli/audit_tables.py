"""An audit as text for the terminal, 100 columns wide at most."""

from __future__ import annotations

from itertools import chain
from textwrap import wrap
from typing import TYPE_CHECKING, Final

from kgp.cli.tables import GLYPHS, short_text
from kgp.report import numerals
from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.report.content import AuditedEdge, AuditSummary, MissingTarget

_COUNT: Final = "count"
_NAME: Final = 10
"""Characters of a gene's name that a cell shows; --json has all."""
_WIDTH: Final = 100
_SPOKEN: Final = ("confirmed", "contradicted")


def heading(audit: AuditSummary) -> Iterator[str]:
    """What was held against what."""
    version = "" if audit.version is None else f" version {audit.version}"
    where = "".join(f", {key} {value}" for key, value in audit.where.items())
    yield f"{audit.network}{version} held against {audit.dataset}{where}"
    perturbed = numerals.plural(audit.perturbed, "regulator")
    more = f", {numerals.plural(audit.combinations, 'combination')}" if audit.combinations else ""
    groups = numerals.plural(audit.independent, "independent group")
    yield f"{numerals.plural(audit.signatures, 'signature')} in {groups}: {perturbed}{more}"
    if audit.measure:
        yield f"Effects: {short_text(audit.measure, 80)}"
    if audit.left_out:
        others = ", ".join(f"{n:,} perturb {what}" for what, n in sorted(audit.left_out.items()))
        yield f"Left out: {others}"
    yield ""


def audit_tables(audit: AuditSummary, limit: int) -> Iterator[TableData]:
    """Verdicts, the edges that the data speak about, regulators, and responses without a path."""
    yield _verdicts(audit)
    quiet = all(edge.verdict not in _SPOKEN for edge in audit.edges)
    edges = [edge for edge in audit.edges if quiet or edge.verdict in _SPOKEN]
    if edges:
        title = "Edges that the data speak about" if not quiet else "Silent edges"
        yield _edges(f"{title}: {_part(limit, len(edges))}", edges[:limit])
    few = max(limit // 2, 1)
    if audit.regulators:
        yield _regulators(audit, few)
    if audit.missing:
        yield _missing(
            f"Responses without a path of up to {numerals.plural(audit.max_length, 'edge')}: "
            f"{_part(few, audit.missing_total)}",
            audit.missing[:few],
        )


def audit_lines(audit: AuditSummary) -> Iterator[str]:
    """The audit's totals in sentences."""
    said = chain(_enrichment(audit), _totals(audit), audit.remarks)
    for sentence in (*said, "Nothing was changed: an audit reads only."):
        yield from wrap(sentence, _WIDTH)


def _enrichment(audit: AuditSummary) -> Iterator[str]:
    if audit.enrichment:
        rate = audit.enrichment
        yield (
            f"Of the testable edges {rate.edge_rate:.1%} respond, of the other pairs "
            f"{rate.background_rate:.2%}: {rate.fold.value:.1f}-fold "
            f"[{rate.fold.low or 0:.1f}, {rate.fold.high or 0:.1f}], p = {rate.p_value:.1e}."
        )
        if rate.degree_fold is not None and rate.degree_p_value is not None:
            yield (
                f"In random networks of the same degrees fewer respond: "
                f"{rate.degree_fold:.2f}-fold, p = {rate.degree_p_value:.2g}."
                if rate.is_enriched
                else f"In random networks of the same degrees as many respond: "
                f"{rate.degree_fold:.2f}-fold, p = {rate.degree_p_value:.2g}."
            )
    if audit.sign_agreement:
        agree = audit.sign_agreement
        yield (
            f"Of the responding edges {agree.value:.0%} have the network's sign "
            f"[{agree.low or 0:.0%}, {agree.high or 1:.0%}]."
        )


def _totals(audit: AuditSummary) -> Iterator[str]:
    if audit.share_missing is not None and audit.share_opposed is not None:
        yield (
            f"Of {audit.responding:,} responses to regulators the network lacks "
            f"{audit.share_missing:.0%} (no path of up to "
            f"{numerals.plural(audit.max_length, 'edge')}) and predicts {audit.share_opposed:.1%} "
            "with the other sign."
        )


def _verdicts(audit: AuditSummary) -> TableData:
    total = max(sum(audit.counts.values()), 1)
    columns = (
        Column("Verdict"),
        Column("Edges", _COUNT),
        Column("Share", "share"),
        Column(f"At FDR {audit.alpha:.0%}", _COUNT, "holding"),
    )
    held = audit.counts_holding
    rows = tuple((str(name), n, n / total, held.get(name)) for name, n in audit.counts.items())
    return TableData("Verdicts", columns, rows)


def _edges(title: str, edges: list[AuditedEdge]) -> TableData:
    columns = (
        Column("Regulator"),
        Column("Target"),
        Column("Curated"),
        Column("Verdict"),
        Column("Effect [95 %]", "difference", digits=1),
        Column("q", "p"),
        Column("For", _COUNT),
        Column("Against", _COUNT),
        Column("Groups", _COUNT),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            short_text(e.regulator, _NAME),
            short_text(e.target, _NAME),
            GLYPHS[e.sign or 0],
            str(e.verdict),
            e.shown,
            e.q_value,
            e.agreeing,
            e.opposing,
            e.independent,
        )
        for e in edges
    ]
    return TableData(title, columns, tuple(rows))


def _regulators(audit: AuditSummary, limit: int) -> TableData:
    columns = (
        Column("Regulator"),
        Column("Exp.", _COUNT, "experiments"),
        Column("Groups", _COUNT),
        *(Column(name, _COUNT) for name in ("Confirmed", "Contradicted", "Silent")),
        *(Column(name, _COUNT) for name in ("Responding", "No path")),
        Column("Fold", "figure", digits=1),
        Column("q", "p"),
    )
    ranked = sorted(audit.regulators, key=lambda r: (-(r.confirmed + r.contradicted), r.regulator))
    rows: list[tuple[Cell, ...]] = [
        (
            short_text(r.regulator, _NAME),
            r.experiments,
            r.independent,
            r.confirmed,
            r.contradicted,
            r.silent,
            r.responding,
            r.missing,
            r.fold,
            r.q_value,
        )
        for r in ranked[:limit]
    ]
    title = f"Perturbed regulators, those with most to say first: {_part(limit, len(ranked))}"
    return TableData(title, columns, tuple(rows))


def _missing(title: str, missing: tuple[MissingTarget, ...]) -> TableData:
    columns = (
        Column("Regulator"),
        Column("Gene"),
        Column("When active"),
        Column("Effect [95 %]", "difference", digits=1),
        Column("p", "p"),
        Column("Exp.", _COUNT, "experiments"),
        Column("Groups", _COUNT),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            short_text(m.regulator, _NAME),
            short_text(m.target, _NAME),
            "rises" if m.sign == 1 else "falls",
            m.effect or m.effect_z,
            m.p_value,
            m.experiments,
            m.independent,
        )
        for m in missing
    ]
    return TableData(title, columns, tuple(rows))


def _part(limit: int, total: int) -> str:
    return f"{total:,}" if total <= limit else f"{limit:,} of {total:,}"
