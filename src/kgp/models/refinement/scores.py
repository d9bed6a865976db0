"""Macro-F1 over {-1, 0, +1} of networks and of responses, from counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.reasoning import responses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork


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
    both = counts.sum(axis=0) + counts.sum(axis=1)
    present = both > 0
    return float(np.mean(2 * np.diag(counts)[present] / both[present]))


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
