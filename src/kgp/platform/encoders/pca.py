"""Expression: principal components of vectors over a feature space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Components:
    """Principal components.

    Args:
        scores: float32 [rows, components], in the unit of the values.
        explained: share of the variance that all of them explain, 0 to 1.
    """

    scores: NDArray[np.float32]
    explained: float


def principal_components(values: NDArray[np.float32], components: int) -> Components:
    """Centre the features and project on the directions of largest variance.

    The sign of a component is such that its largest loading is positive, so a second run gives the
    same; directions without variance are left out.

    Args:
        values: [rows, features], finite.
        components: most components; there are never more than rows - 1 or features.
    """
    centred = values.astype(np.float64) - values.mean(0, dtype=np.float64)
    # The smaller of the two square matrices has all there is to know.
    wide = centred.shape[1] > centred.shape[0]
    square = centred @ centred.T if wide else centred.T @ centred
    variance, vectors = np.linalg.eigh(square)
    variance, vectors = variance[::-1], vectors[:, ::-1]
    real = variance > max(float(variance[0]), 0.0) * max(values.shape) * np.finfo(float).eps
    kept = min(components, int(real.sum()))
    chosen = vectors[:, :kept]
    loadings = centred.T @ chosen / np.sqrt(variance[:kept]) if wide else chosen
    largest = np.take_along_axis(loadings, np.abs(loadings).argmax(0)[None], 0)
    scores = centred @ (loadings * np.sign(largest))
    total = float(np.square(centred).sum())
    share = float(variance[:kept].sum()) / total if total > 0 else 0.0
    return Components(scores.astype(np.float32), share)
