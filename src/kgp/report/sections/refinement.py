"""A refinement beside doing nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.findings import refinement_findings
from kgp.report.markup import Child, Node, h
from kgp.report.plots.slope import slope_plot
from kgp.report.tables import Column, TableData, to_html

if TYPE_CHECKING:
    from kgp.report.content import PlantedTruth, RefinementSummary


def refinement_section(refinement: RefinementSummary) -> tuple[Child, ...]:
    """What kind of truth it is judged by, the finding, the scores as slopes and as a table."""
    title, note = "Doing nothing against refined", f"{refinement.network}, by {refinement.method}."
    slopes = slope_plot("refinement-slopes", title, note, refinement.scores)
    tables = h(
        "div",
        to_html(score_table(refinement)) if refinement.scores else None,
        h("dl", *(h("div", h("dt", t), h("dd", f)) for t, f in _facts(refinement)), class_="facts"),
    )
    return (
        _planted(refinement.planted) if refinement.planted else None,
        h("p", " ".join(refinement_findings(refinement)), class_="finding"),
        h("div", slopes, tables, class_="figures"),
    )


def score_table(refinement: RefinementSummary) -> TableData:
    """Each score of doing nothing and of the refined network."""
    columns = (
        Column("Score"),
        Column("Doing nothing", "figure"),
        Column("Refined", "figure"),
        Column("Change", "difference"),
    )
    rows = tuple((s.label, s.nothing, s.refined, s.refined - s.nothing) for s in refinement.scores)
    return TableData("", columns, rows)


def _facts(refinement: RefinementSummary) -> list[tuple[str, str]]:
    measured, regulators = refinement.n_measured, refinement.n_regulators
    written = (
        "nothing was written"
        if refinement.version is None
        else f"version {refinement.version}, from version {refinement.parent_version}"
    )
    facts = [
        ("method", refinement.method),
        ("regulators measured", f"{numerals.count(measured)} of {numerals.count(regulators)}"),
        ("edges changed", numerals.count(refinement.n_edits)),
        ("time", numerals.seconds(refinement.seconds)),
        ("written as", written),
    ]
    if refinement.n_right is not None:
        right = f"{numerals.count(refinement.n_right)} of {numerals.count(refinement.n_edits)}"
        facts.insert(3, ("right edits", right))
    return facts


def _planted(planted: PlantedTruth) -> Node:
    crime = (
        " The responses come from the same walk model that the refinement fits (an inverse crime):"
        " real data will be harder than this."
        if planted.same_mechanism
        else " The responses come from another mechanism than the one that the refinement fits."
    )
    told = (
        f"This is not a discovery. The network was damaged on purpose, p = {planted.p:g} of its "
        f"edges, seed {planted.seed}, and the refinement is judged by how much it restores.{crime}"
    )
    return h("p", h("strong", "Planted truth"), " ", told, class_="planted")
