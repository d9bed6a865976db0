"""Which regulators and targets an evidence map shows, and in which order. No randomness."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report.content.evidence import EvidenceCell, EvidenceMap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kgp.report.content import AuditedEdge, AuditSummary, Verdict

MOST_ROWS, MOST_COLUMNS = 30, 60
WEIGHT: dict[Verdict, int] = {"confirmed": 1_000, "contradicted": 1_000, "silent": 1}
"""How much a cell counts when rows and columns are chosen: what speaks goes before all else."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The part of a map that is drawn.

    Args:
        rows: regulators, from top to bottom.
        columns: targets, from left to right.
        cells: what stands at a regulator and a target.
        counts: each drawn regulator's edges by verdict, those that are not drawn included.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], EvidenceCell]
    counts: dict[str, Counter[Verdict]]


def matrix(
    evidence: EvidenceMap, most_rows: int = MOST_ROWS, most_columns: int = MOST_COLUMNS
) -> Matrix:
    """Choose the regulators and targets about which the data say most, and bring them in order.

    Regulators stand by their number of edges that respond; targets by the mean place of the
    regulators that they respond to, so that what belongs together stands together.
    """
    tested = [cell for cell in evidence.cells if cell.verdict != "untestable"]
    rows = _heaviest(tested, lambda cell: cell.regulator, most_rows)
    here = [cell for cell in tested if cell.regulator in set(rows)]
    chosen = set(_heaviest(here, lambda cell: cell.target, most_columns))
    columns = _ordered([cell for cell in here if cell.target in chosen], rows)
    inside = {
        (cell.regulator, cell.target): cell
        for cell in evidence.cells
        if cell.regulator in set(rows) and cell.target in chosen
    }
    drawn = {regulator for regulator, _ in inside}
    counts = {
        row: Counter(cell.verdict for cell in evidence.cells if cell.regulator == row)
        for row in rows
    }
    return Matrix(tuple(row for row in rows if row in drawn), tuple(columns), inside, counts)


def _heaviest(
    cells: Iterable[EvidenceCell], name_of: Callable[[EvidenceCell], str], most: int
) -> list[str]:
    weights: Counter[str] = Counter()
    for cell in cells:
        weights[name_of(cell)] += WEIGHT[cell.verdict]
    return sorted(weights, key=lambda name: (-weights[name], name))[:most]


def _ordered(cells: Sequence[EvidenceCell], rows: Sequence[str]) -> list[str]:
    place = {row: i for i, row in enumerate(rows)}
    pulls: dict[str, list[tuple[float, float]]] = {}
    for cell in cells:
        weight = float(WEIGHT[cell.verdict])
        pulls.setdefault(cell.target, []).append((weight, weight * place[cell.regulator]))
    centre = {t: sum(b for _, b in each) / sum(a for a, _ in each) for t, each in pulls.items()}
    return sorted(centre, key=lambda target: (round(centre[target], 9), target))


def evidence_of(audit: AuditSummary) -> EvidenceMap:
    """The tested edges of an audit as a map."""
    cells = tuple(map(_cell, audit.edges))
    return EvidenceMap(audit.network, audit.dataset, cells, audit.measure, audit.alpha)


def _cell(edge: AuditedEdge) -> EvidenceCell:
    effect = edge.effect_z if edge.effect is None else edge.effect.value
    score = None if effect is None else effect * (edge.sign or 0)
    return EvidenceCell(edge.regulator, edge.target, edge.sign, edge.verdict, score, edge.holds)
