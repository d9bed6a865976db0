"""What a model has to beat: the mean response, ridge, nearest neighbours, a kernel.

They see the train and validation parts together, because none of them stops early; their
parameters come from group cross-validation inside these rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import torch

from kgp.errors import BadInputError, unknown
from kgp.models.kernels import minmax_kernel
from kgp.models.metrics import pearson
from kgp.models.splits import drug_groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from kgp.models.dataset import DrugResponses
    from kgp.models.splits import Split

RowScaling = Literal["none", "root_norm"]


@dataclass(frozen=True, slots=True)
class BaselineConfig:
    """Constants of the baselines.

    Args:
        row_scaling: ``root_norm`` divides each training response by the root of its norm, so that
            a few drugs with huge responses do not decide the average; ``none`` leaves them.
        neighbors: neighbours of the nearest-neighbour prediction.
        power: their weight is similarity to this power.
        shares: how much of the neighbours' deviation from the mean is kept, to choose from.
        alphas: ridge penalties to choose from.
        folds: folds of the inner cross-validation, divided by drug group.
    """

    row_scaling: RowScaling = "root_norm"
    neighbors: int = 40
    power: float = 3.0
    shares: tuple[float, ...] = (0.2, 0.35, 0.5, 0.7, 1.0)
    alphas: tuple[float, ...] = tuple(float(a) for a in 10.0 ** np.arange(-1, 5.5, 0.5))
    folds: int = 4


@dataclass(frozen=True, slots=True)
class Prediction:
    """What one model predicts for the test rows.

    Args:
        model: its name in the table.
        values: float32 [test drugs, genes].
        parameters: what was chosen or given.
    """

    model: str
    values: NDArray[np.float32]
    parameters: dict[str, float | str] = field(default_factory=dict)


def scale_rows(responses: NDArray[np.float32], how: RowScaling) -> NDArray[np.float32]:
    """Scale each response; see :class:`BaselineConfig`.

    Raises:
        BadInputError: for an unknown way.
    """
    if how == "none":
        return responses
    if how != "root_norm":
        raise BadInputError(unknown("row scaling", how, ("none", "root_norm")))
    norm = np.linalg.norm(responses, axis=1, keepdims=True)
    root = np.sqrt(np.where(norm > 0, norm, 1)).astype(np.float32)
    return np.divide(responses, root, dtype=np.float32)


def run_baselines(
    data: DrugResponses, split: Split, config: BaselineConfig | None = None
) -> list[Prediction]:
    """Fit every baseline on train and validation rows and predict the test rows."""
    config = config or BaselineConfig()
    fit, test = split.fit, split.test
    counts = data.molecules.counts
    mean = data.responses[fit].mean(0)
    scaled = scale_rows(data.responses[fit], config.row_scaling)
    folds = group_folds(data, fit, config.folds, split.seed)
    cross = minmax_kernel(counts[test], counts[fit])
    tanimoto = Similarity(minmax_kernel(counts[fit], counts[fit]), cross)
    logs = np.log1p(counts)
    linear = Similarity(logs[fit] @ logs[fit].T, logs[test] @ logs[fit].T)
    length = stretch(scaled.mean(0), mean)
    fits = {
        "ridge on fingerprints": _ridge(linear, scaled, folds, config.alphas),
        "kNN Tanimoto": _neighbors(tanimoto, scaled, folds, config),
        "kernel ridge Tanimoto": _ridge(tanimoto, scaled, folds, config.alphas),
    }
    table = [Prediction("mean response", np.repeat(mean[None], len(test), axis=0))]
    for name, (values, chosen) in fits.items():
        parameters: dict[str, float | str] = {"row_scaling": config.row_scaling, **chosen}
        table.append(Prediction(name, values * length, parameters))
    return table


def stretch(scaled_mean: NDArray[np.float32], mean: NDArray[np.float32]) -> np.float32:
    """Return what brings predictions of scaled responses back to the length of responses.

    Plain correlations do not see a common factor; centred ones do.
    """
    return np.float32(float(scaled_mean @ mean) / max(float(scaled_mean @ scaled_mean), 1e-12))


@dataclass(frozen=True, slots=True)
class Similarity:
    """Similarities among the fit rows [fit, fit], and of the test rows to them [test, fit]."""

    inner: NDArray[np.floating]
    cross: NDArray[np.floating]


Fit = tuple["NDArray[np.float32]", dict[str, float]]


def neighbor_mean(
    similar: NDArray[np.floating], responses: NDArray[np.float32], neighbors: int, power: float
) -> NDArray[np.float32]:
    """Average the responses of the nearest training drugs, weighted by similarity.

    Args:
        similar: [test, fit] similarities in [0, 1].
        responses: [fit, genes].
        neighbors: how many of the most similar count.
        power: weight = similarity ** power; where all are 0, all neighbours weigh alike.

    Returns:
        float32 [test, genes].
    """
    count = min(neighbors, similar.shape[1])
    nearest = np.argsort(-similar, axis=1, kind="stable")[:, :count]
    weights = np.take_along_axis(similar, nearest, axis=1) ** power
    weights[weights.sum(1) == 0] = 1
    weights /= weights.sum(1, keepdims=True)
    full = np.zeros_like(similar)
    np.put_along_axis(full, nearest, weights, axis=1)
    return (full @ responses).astype(np.float32)


def group_folds(
    data: DrugResponses, rows: NDArray[np.int64], folds: int, seed: int
) -> NDArray[np.int64]:
    """Assign each of ``rows`` to a fold, whole groups at a time, evenly: int64 [rows]."""
    chosen = [int(row) for row in rows]
    molecules = data.molecules
    groups = drug_groups(
        [molecules.scaffolds[row] for row in chosen], [molecules.blocks[row] for row in chosen]
    )
    size = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(size))
    fold_of, filled = np.zeros(len(size), np.int64), np.zeros(folds, np.int64)
    for group in order[np.argsort(-size[order], kind="stable")]:
        fold_of[group] = filled.argmin()
        filled[filled.argmin()] += size[group]
    return fold_of[groups]


def _neighbors(
    similarity: Similarity,
    responses: NDArray[np.float32],
    folds: NDArray[np.int64],
    config: BaselineConfig,
) -> Fit:
    """Nearest neighbours, drawn back to the mean by a cross-validated share."""

    def blend(
        share: float, cross: NDArray[np.floating], known: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        near = neighbor_mean(cross, known, config.neighbors, config.power)
        kept = np.float32(share)
        blended: NDArray[np.float32] = kept * near + (1 - kept) * known.mean(0)
        return blended

    scores = np.zeros(len(config.shares))
    for fold in np.unique(folds):
        inner, outer = folds != fold, folds == fold
        cross = similarity.inner[np.ix_(outer, inner)]
        for at, share in enumerate(config.shares):
            scores[at] += pearson(blend(share, cross, responses[inner]), responses[outer]).sum()
    best = config.shares[int(scores.argmax())]
    chosen = {"neighbors": config.neighbors, "power": config.power, "share": best}
    return blend(best, similarity.cross, responses), chosen


def _ridge(
    similarity: Similarity,
    responses: NDArray[np.float32],
    folds: NDArray[np.int64],
    alphas: tuple[float, ...],
) -> Fit:
    """Kernel ridge on the residual from the mean, alpha by cross-validated correlation."""
    scores = np.zeros(len(alphas))
    for fold in np.unique(folds):
        inner, outer = folds != fold, folds == fold
        solve = ridge_solver(similarity.inner[np.ix_(inner, inner)], responses[inner])
        for at, alpha in enumerate(alphas):
            guess = solve(alpha, similarity.inner[np.ix_(outer, inner)])
            scores[at] += pearson(guess, responses[outer]).sum()
    alpha = alphas[int(scores.argmax())]
    return ridge_solver(similarity.inner, responses)(alpha, similarity.cross), {"alpha": alpha}


def ridge_solver(
    kernel: NDArray[np.floating], responses: NDArray[np.float32]
) -> Callable[[float, NDArray[np.floating]], NDArray[np.float32]]:
    """Decompose the training kernel once, then solve for any penalty.

    By torch, whose threads can be set: numpy's would wait for each other on a busy machine, and a
    decomposition of a few hundred rows then takes seconds.

    With K = U diag(s) U' and base = mean response, the prediction is
    base + K* U diag(1 / (s + alpha)) U' (Y - base).

    Args:
        kernel: [fit, fit], symmetric and positive semi-definite.
        responses: [fit, genes].

    Returns:
        A function of alpha and K* [rows, fit] that returns float32 [rows, genes].
    """
    base = torch.from_numpy(responses.mean(0)).double()
    values, vectors = torch.linalg.eigh(torch.from_numpy(kernel).double())
    values = values.clamp(min=0)
    projected = vectors.T @ (torch.from_numpy(responses).double() - base)

    def predict(alpha: float, cross: NDArray[np.floating]) -> NDArray[np.float32]:
        weights = projected / (values + alpha).unsqueeze(1)
        guess = base + (torch.from_numpy(cross).double() @ vectors) @ weights
        solved: NDArray[np.float32] = guess.float().numpy()
        return solved

    return predict
