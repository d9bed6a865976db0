"""What response sets are like, as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kgp.cli.tables import short_text
from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.api.responses import ResponseStats

_COUNT: Final = "count"
_SHARE: Final = "share"
_MEASURE: Final = 30
"""Characters of a measure; --json has all of it."""


def response_tables(sets: Sequence[ResponseStats]) -> tuple[TableData, ...]:
    """What was perturbed, how it was measured, and what is known of it, one table each."""
    return _perturbed(sets), _measured(sets), _labelled(sets)


def _perturbed(sets: Sequence[ResponseStats]) -> TableData:
    counted = [*("genes", "drugs", "combinations"), *("up", "down", "treatment")]
    columns = (
        Column("Responses"),
        Column("Signatures", _COUNT),
        *(Column(name.capitalize(), _COUNT) for name in counted),
        Column("Contexts", _COUNT),
        Column("Drugs matched", _SHARE),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in sets:
        found = each.perturbations | each.directions
        counts = [found[name] for name in counted]
        rows.append((each.name, each.signatures, *counts, each.contexts, each.drugs_matched))
    return TableData("Perturbations", columns, tuple(rows))


def _measured(sets: Sequence[ResponseStats]) -> TableData:
    columns = (
        Column("Responses"),
        Column("Measure"),
        Column("Features", _COUNT),
        Column("In the graph", _SHARE),
        Column("Control sets", _COUNT),
        Column("Share one", _COUNT),
        Column("Replicates", "figure", digits=1),
        Column("No errors", _SHARE),
    )
    rows = tuple(
        (
            each.name,
            short_text(each.measure, _MEASURE),
            each.features,
            each.features_known,
            each.control_sets or None,
            each.largest_control_set or None,
            each.replicates,
            each.without_errors,
        )
        for each in sets
    )
    return TableData("Measurements", columns, rows)


def _labelled(sets: Sequence[ResponseStats]) -> TableData:
    columns = (
        Column("Responses"),
        Column("Rule"),
        Column("Alpha", "figure", digits=2),
        Column("Least effect", "figure", digits=2),
        *(Column(name, _SHARE) for name in ("Up", "Down", "Unchanged", "Unknown")),
    )
    rows: list[tuple[Cell, ...]] = []
    for each in sets:
        shares = [each.labels[name] for name in ("up", "down", "unchanged", "unknown")]
        # Without errors there is no test, and only the size of the effects speaks.
        tested = each.without_errors < 1
        how = (each.rule.name, each.rule.alpha) if tested else ("by size", None)
        rows.append((each.name, *how, each.rule.min_effect, *shares))
    return TableData("Labels", columns, tuple(rows))
