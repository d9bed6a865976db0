"""Runs and predictions as text for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.report.findings import model_findings
from kgp.report.tables import Column, TableData

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgp.api.training import TrainedRun
    from kgp.models.predictions import Predictions


def model_lines(run: TrainedRun) -> Iterator[str]:
    """What the table says, and where the run lies."""
    table = run.table
    sizes = f"{table.n_train} / {table.n_validation} / {table.n_test}"
    yield f"{table.dataset}; {table.split}; {sizes} train / validation / test."
    yield f"Intervals: {table.interval_note}. {table.leakage_note}"
    yield from model_findings(table)
    yield f"Run {run.folder}" + (" (there already; nothing was trained)" if run.repeated else "")


def prediction_tables(
    found: Predictions, top: int, names: Mapping[str, str]
) -> Iterator[TableData]:
    """The genes that respond most to each drug, with their symbols."""
    columns = (
        Column("Gene"),
        Column("Symbol"),
        Column("Predicted (arcsinh z)", "difference", digits=2),
    )
    for drug, part, values in zip(found.drugs, found.parts, found.values, strict=True):
        order = np.argsort(-np.abs(values), kind="stable")[:top].tolist()
        rows = tuple((found.genes[i], names[found.genes[i]], float(values[i])) for i in order)
        yield TableData(f"{names.get(drug, drug)} ({part})", columns, rows)
