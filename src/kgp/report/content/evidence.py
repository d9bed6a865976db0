"""Evidence as figures: a regulon in two versions, edges before data, one edge's experiments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Results are read back from JSON by their annotations, so these must exist at run time.
from kgp.report.content.regulation import EdgeState, Verdict  # noqa: TC001

ResponseLabel = Literal["up", "down", "unchanged", "unknown"]
"""What an experiment says of one gene; unknown is not unchanged."""


@dataclass(frozen=True, slots=True)
class RegulonEdge:
    """One edge in both versions; ``confidence`` is that of the change, None where none is known."""

    regulator: str
    target: str
    before: EdgeState
    after: EdgeState
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Regulon:
    """Every edge of some regulators in two versions; ``remark`` is what a reader must know."""

    network: str
    from_version: int
    to_version: int
    edges: tuple[RegulonEdge, ...]
    remark: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceCell:
    """One edge before the data.

    Args:
        regulator: its name.
        target: its name.
        sign: the curated sign.
        verdict: what the experiments say.
        score: effect of the regulator's over-expression (turned, where it was knocked out) times
            the curated sign: above zero it confirms, below zero it contradicts. All experiments
            combined, or the strongest where the audit combines none; None without either.
        holds: whether a confirmation or contradiction stands at the map's false discovery rate.
    """

    regulator: str
    target: str
    sign: EdgeState
    verdict: Verdict
    score: float | None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceMap:
    """A network's edges before one response set.

    Args:
        network: its name.
        dataset: name of the response set.
        cells: the edges.
        unit: of the scores.
        alpha: false discovery rate; None where none was controlled.
    """

    network: str
    dataset: str
    cells: tuple[EvidenceCell, ...]
    unit: str = ""
    alpha: float | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment on one edge.

    Args:
        signature: name or id of the response.
        control_set: the controls it was compared with; empty where the source does not say.
        context: cell line or strain, and condition; empty where the source does not say.
        direction: +1 over-expression, -1 knock-out or knock-down.
        effect: response of the target, in ``EdgeExperiments.unit``; None where the source lists
            only what responds, and this gene did not.
        low: lower end of its 95 % interval; None without replicates.
        high: upper end.
        label: what the response amounts to.
    """

    signature: str
    control_set: str
    context: str
    direction: Literal[-1, 1]
    effect: float | None
    low: float | None
    high: float | None
    label: ResponseLabel


@dataclass(frozen=True, slots=True)
class EdgeExperiments:
    """Every experiment that perturbed the regulator alone and measured the target."""

    network: str
    regulator: str
    target: str
    sign: EdgeState
    verdict: Verdict
    experiments: tuple[Experiment, ...]
    dataset: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Predictions with a confidence from ``low`` to ``high``: how many, and how many were right."""

    low: float
    high: float
    mean_confidence: float
    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against the share right; ``expected_error`` is the mean gap, weighted by n."""

    title: str
    bins: tuple[CalibrationBin, ...]
    expected_error: float
