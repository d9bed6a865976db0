"""The changed edges and their evidence, as a picture and as a table."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.calibrate import calibration_of
from kgp.report.markup import Child, Node, h
from kgp.report.plots.calibration import calibration_plot
from kgp.report.plots.heads import glyph
from kgp.report.plots.layout import Look, look_of
from kgp.report.plots.network import network_plot
from kgp.report.plots.regulon import regulon_plot
from kgp.report.plots.regulon_rows import most_changed
from kgp.report.tables import Column, TableData, to_html

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.report.content import ChangeSummary, EdgeChange, EdgeState

MOST_ROWS = 50
MOST_NAMES = 2
STATES: dict[EdgeState, str] = {
    1: "activation",
    -1: "repression",
    0: "dual or unknown",
    None: "none",
}


def changes_section(summary: ChangeSummary) -> tuple[Child, ...]:
    """Counts by kind, the pictures, and the surest changes with what speaks for and against."""
    if not summary.changes:
        same = f"Versions {summary.from_version} and {summary.to_version} hold the same edges."
        return (h("p", same, class_="finding"),)
    ranked = sorted(summary.changes, key=lambda c: (-(c.confidence or 0.0), c.regulator, c.target))[
        :MOST_ROWS
    ]
    drawn: dict[str, list[Child]] = {
        "before": [glyph(change.before) for change in ranked],
        "after": [glyph(change.after) for change in ranked],
        "supports": [names(change.supports) for change in ranked],
        "contradicts": [names(change.contradicts) for change in ranked],
    }
    rest = len(summary.changes) - len(ranked)
    full = f"kgp grn diff {summary.network} {summary.from_version} {summary.to_version}"
    more = (f"{numerals.count(rest)} more in report.json and by ", h("code", full), ".")
    return (
        h("p", counted(summary), class_="finding"),
        network_plot(summary),
        regulon_plot(most_changed(summary)),
        calibration_plot(calibration_of(summary)),
        h("div", to_html(change_table(tuple(ranked)), drawn), class_="tall"),
        h("p", *more, class_="note") if rest else None,
    )


def counted(summary: ChangeSummary) -> str:
    """Say how many edges were added, removed and flipped."""
    looks = Counter(look_of(change.before, change.after) for change in summary.changes)
    kinds: tuple[tuple[Look, str], ...] = (
        ("added", "added"),
        ("removed", "removed"),
        ("flipped", "changed in sign"),
    )
    parts = ", ".join(f"{numerals.count(looks[look])} {word}" for look, word in kinds)
    versions = f"from version {summary.from_version} to {summary.to_version}"
    total = numerals.plural(len(summary.changes), "changed edge")
    return f"{summary.network}, {versions}: {total}; {parts}."


def change_table(changes: tuple[EdgeChange, ...]) -> TableData:
    """Changed edges with confidence and evidence; the last column only for a planted truth."""
    judged = any(change.right is not None for change in changes)
    columns = (
        Column("Regulator"),
        Column("Target"),
        Column("Before"),
        Column("After"),
        Column("Confidence", "figure", digits=2),
        Column("Experiments for", key="supports"),
        Column("Experiments against", key="contradicts"),
        *((Column("Restores truth", key="right"),) if judged else ()),
    )
    rows = tuple(
        (
            c.regulator,
            c.target,
            STATES[c.before],
            STATES[c.after],
            c.confidence,
            ", ".join(c.supports),
            ", ".join(c.contradicts),
            *((c.right,) if judged else ()),
        )
        for c in changes
    )
    return TableData("", columns, rows)


def names(experiments: Sequence[str]) -> Node | str:
    """The number of experiments and the first few names; all of them on hover."""
    if not experiments:
        return numerals.ABSENT
    first = ", ".join(experiments[:MOST_NAMES])
    rest = len(experiments) - MOST_NAMES
    more = f" and {numerals.count(rest)} more" if rest > 0 else ""
    return h(
        "span",
        h("b", numerals.count(len(experiments))),
        f": {first}{more}",
        title=", ".join(experiments[:40]),
    )
