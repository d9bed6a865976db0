"""Confidences against what turned out right, in bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report.content.evidence import Calibration, CalibrationBin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kgp.report.content import ChangeSummary


def calibrate(title: str, said: Iterable[tuple[float, bool]], n_bins: int = 10) -> Calibration:
    """Count predictions in bins of equal width, with their expected calibration error.

    The error is the mean over all predictions of |share right - mean confidence| of their bin.
    Naeini MP et al. AAAI 2015, 2901.

    Args:
        title: what was predicted.
        said: confidence in [0, 1], and whether the prediction was right.
        n_bins: number of bins; a confidence of 1 is in the last.
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(n_bins)]
    for confidence, hit in said:
        members[min(int(confidence * n_bins), n_bins - 1)].append((confidence, hit))
    total = sum(map(len, members))
    bins, gap = [], 0.0
    for i, each in enumerate(members):
        n, right = len(each), sum(hit for _, hit in each)
        mean = sum(confidence for confidence, _ in each) / n if n else (i + 0.5) / n_bins
        bins.append(CalibrationBin(i / n_bins, (i + 1) / n_bins, mean, n, right))
        gap += abs(right - n * mean)
    return Calibration(title, tuple(bins), gap / total if total else 0.0)


def calibration_of(summary: ChangeSummary) -> Calibration:
    """Calibration of the changes whose truth is known; empty bins where none is."""
    judged = [
        (change.confidence, change.right)
        for change in summary.changes
        if change.confidence is not None and change.right is not None
    ]
    title = f"Calibration of the changes to {summary.network}, against the planted truth"
    return calibrate(title, judged)
