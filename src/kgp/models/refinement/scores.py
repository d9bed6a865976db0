"""Macro-F1 over {-1, 0, +1} of networks and of responses, from counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.reasoning import responses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


def ternary_counts(truth: NDArray[np.int8], predicted: NDArray[np.int8]) -> NDArray[np.int64]:
    """Cross-tabulate two arrays of -1, 0, +1.

    Returns:
        int64 [3, 3]: at [t + 1, p + 1] the entries whose truth is t and prediction p.
    """
    if truth.shape != predicted.shape:
        raise BadInputError(f"Truth {truth.shape} and prediction {predicted.shape} differ in shape")
    code = (truth.ravel().astype(np.int64) + 1) * 3 + predicted.ravel() + 1
    return np.bincount(code, minlength=9).reshape(3, 3).astype(np.int64)


def macro_f1(counts: NDArray[np.int64]) -> float:
    r"""Return the mean of the classes' :math:`F_1 = 2 TP / (2 TP + FP + FN)`.

    A class that neither the truth nor the prediction holds is left out of the mean.

    Args:
        counts: int64 [3, 3] from :func:`ternary_counts`.
    """
    return float(macro_f1_of(counts))


def macro_f1_of(tables: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the macro-F1 of many tables: float64 [...] for [..., 3, 3]; NaN for an empty one."""
    both = tables.sum(axis=-2) + tables.sum(axis=-1)
    hits = 2 * np.diagonal(tables, axis1=-2, axis2=-1)
    scores = np.divide(hits, both, out=np.zeros(both.shape), where=both > 0)
    with np.errstate(invalid="ignore"):
        return np.asarray(scores.sum(axis=-1) / (both > 0).sum(axis=-1))


def matthews(tables: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    r"""Return the multi-class Matthews correlation of many tables, float64 [...] for [..., 3, 3].

    :math:`R_K` of Gorodkin (Comput Biol Chem 28:367, 2004); 0 where truth or prediction is
    constant, so a prediction of "unchanged" everywhere scores 0 however rare responses are.
    """
    total = tables.sum(axis=(-2, -1)).astype(np.float64)
    true, predicted = tables.sum(axis=-1), tables.sum(axis=-2)
    hits = np.trace(tables, axis1=-2, axis2=-1)
    shared = hits * total - (true * predicted).sum(axis=-1)
    spread = (total**2 - (true**2).sum(axis=-1)) * (total**2 - (predicted**2).sum(axis=-1))
    safe = np.sqrt(np.maximum(spread, 0.0))
    return np.asarray(np.divide(shared, safe, out=np.zeros(np.shape(total)), where=safe > 0))


def row_tables(observations: Observations, predicted: NDArray[np.int8]) -> NDArray[np.float64]:
    """Cross-tabulate the scored cells of each observation, each by its weight.

    Args:
        observations: what was measured.
        predicted: int8 [n_observations, n_genes], in the direction of the experiment.

    Returns:
        float64 [n_observations, 3, 3]: at [r, t + 1, p + 1] the weight of the cells of row r
        whose label is t and prediction p. Perturbed genes themselves are not scored.
    """
    if predicted.shape != observations.labels.shape:
        raise BadInputError(
            f"Labels {observations.labels.shape} and prediction {predicted.shape} differ in shape"
        )
    row, gene = np.nonzero(observations.scored())
    label, said = (each[row, gene].astype(np.int64) for each in (observations.labels, predicted))
    weight = None if observations.weight is None else observations.weight[row, gene]
    n = observations.n_observations
    code = row * 9 + (label + 1) * 3 + said + 1
    return np.bincount(code, weight, minlength=9 * n).reshape(n, 3, 3).astype(np.float64)


def direct_f1(truth: SignedNetwork, network: SignedNetwork) -> float:
    """Score the edges of ``network`` against ``truth`` over all ordered pairs of genes."""
    n = truth.n_genes
    code = np.union1d(truth.keys(), network.keys())
    counts = ternary_counts(truth.sign_at(code), network.sign_at(code))
    counts[1, 1] = n * n - len(code)
    return macro_f1(counts)


def response_f1(
    truth: SignedNetwork, network: SignedNetwork, perturbed: NDArray[np.int32], max_length: int = 3
) -> float:
    """Score the responses that ``network`` predicts against those of ``truth``.

    Args:
        truth: the true network.
        network: the network to judge, over the same genes.
        perturbed: int32 [n_perturbed], genes that are perturbed one by one.
        max_length: longest walk that counts in both.
    """
    pair = (responses(each, perturbed, max_length=max_length) for each in (truth, network))
    return macro_f1(ternary_counts(*pair))
