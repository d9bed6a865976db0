"""Models and baselines on one split, in one table, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.findings import model_findings
from kgp.report.markup import Child, h
from kgp.report.plots.intervals import Whisker, interval_plot
from kgp.report.tables import Column, TableData, to_html

if TYPE_CHECKING:
    from kgp.report.content import ModelRow, ModelTable

MOST_PLOTS = 3


def models_section(models: ModelTable) -> tuple[Child, ...]:
    """The finding, the table, one dot-and-whisker plot per metric, and what to beware of."""
    ordered = in_order(models)
    drawn: dict[str, list[Child]] = {"model": [_named(row, models.reference) for row in ordered]}
    sizes = (
        f"{models.dataset}, {models.split} split: {numerals.count(models.n_train)} {models.items} "
        f"to train on, {numerals.count(models.n_validation)} to validate, "
        f"{numerals.count(models.n_test)} to test."
    )
    plots = [
        interval_plot(
            f"intervals-{i}",
            metric.label,
            models.reference,
            [
                Whisker(row.name, row.difference[metric.key], not row.is_baseline)
                for row in ordered
                if row.name != models.reference and metric.key in row.difference
            ],
        )
        for i, metric in enumerate(models.metrics[:MOST_PLOTS])
    ]
    return (
        h("p", " ".join(model_findings(models)), class_="finding"),
        h("p", sizes),
        to_html(model_table(models), drawn),
        h("p", models.interval_note, class_="note") if models.interval_note else None,
        h("p", h("b", "Leakage: "), models.leakage_note, class_="note")
        if models.leakage_note
        else None,
        h("div", *plots, class_="figures"),
    )


def in_order(models: ModelTable) -> list[ModelRow]:
    """The reference first, then the baselines, then the models, each in the order given."""
    return sorted(models.rows, key=lambda row: (row.name != models.reference, not row.is_baseline))


def model_table(models: ModelTable) -> TableData:
    """Mean and interval of every metric, and the difference to the reference in the first."""
    columns = (
        Column("Model"),
        Column("Seeds", "count"),
        *(Column(metric.label, "figure", metric.key) for metric in models.metrics),
        *(
            Column(f"{metric.label} minus {models.reference}", "difference", f"{metric.key}_gain")
            for metric in models.metrics[:1]
        ),
    )
    rows = tuple(
        (
            row.name,
            row.n_seeds,
            *(row.scores.get(metric.key) for metric in models.metrics),
            *(row.difference.get(metric.key) for metric in models.metrics[:1]),
        )
        for row in in_order(models)
    )
    return TableData("", columns, rows)


def _named(row: ModelRow, reference: str) -> Child:
    if row.name == reference:
        return h("span", row.name, " ", h("span", "reference", class_="quiet-tag"))
    if row.is_baseline:
        return h("span", row.name, " ", h("span", "baseline", class_="quiet-tag"))
    return h("b", row.name)
