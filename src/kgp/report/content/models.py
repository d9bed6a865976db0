"""Models as figures: scores with intervals, and what one prediction attended to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its interval; ``low`` and ``high`` are None where none was computed."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A column of the model table."""

    key: str
    label: str
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model: its scores by metric key, and its paired difference to the reference."""

    name: str
    is_baseline: bool
    n_seeds: int
    scores: dict[str, Estimate]
    difference: dict[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paired difference ``model - against`` in one metric, over the same test items."""

    model: str
    against: str
    metric: str
    difference: Estimate


@dataclass(frozen=True, slots=True)
class ModelTable:
    """Models judged on one split; ``reference`` names the row of the mean response."""

    dataset: str
    split: str
    items: str
    n_train: int
    n_validation: int
    n_test: int
    leakage_note: str
    interval_note: str
    reference: str
    metrics: tuple[Metric, ...]
    rows: tuple[ModelRow, ...]
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True, slots=True)
class AttendedNeighbour:
    """A node that the model attended to; ``weight`` is its share of the drug's attention."""

    name: str
    node_type: str
    relation: str
    weight: float


@dataclass(frozen=True, slots=True)
class GeneResponse:
    """Predicted and measured response of one gene, both in ``AttentionSummary.unit``."""

    gene: str
    predicted: float
    measured: float | None


@dataclass(frozen=True, slots=True)
class AttentionSummary:
    """Where a model looked when it predicted one drug, and what it predicted."""

    drug: str
    model: str
    held_out: bool
    unit: str
    shares: dict[str, float]
    neighbours: tuple[AttendedNeighbour, ...]
    genes: tuple[GeneResponse, ...] = ()
