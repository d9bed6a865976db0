"""How well refinements recovered a true network, beside leaving the damaged one as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.harness import Row
from kgp.models.refinement.scores import direct_f1

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import Refinement

NOTHING = "doing nothing"
_BINS = 10


def recovery_rows(
    name: str,
    truth: SignedNetwork,
    damaged: Sequence[SignedNetwork],
    done: Sequence[Refinement],
    seconds: Sequence[float],
) -> Iterator[Row]:
    """Yield macro-F1 of the edges, right edits of all edits, and seconds; one entry per repeat."""
    before = [direct_f1(truth, each) for each in damaged]
    after = [direct_f1(truth, each.network) for each in done]
    right = [int(right_edits(truth, each).sum()) for each in done]
    yield Row.of(f"{name}: direct", after, "macro-F1", NOTHING, before)
    yield Row.of(f"{name}: right edits", right, "edits", "all edits", [len(e.edits) for e in done])
    yield Row.of(f"{name}: time", seconds, "s")


def partial_rows(
    name: str,
    truth: SignedNetwork,
    damaged: Sequence[SignedNetwork],
    done: Sequence[Refinement],
    seen: Sequence[Observations],
) -> Iterator[Row]:
    """Yield macro-F1 of the perturbed regulators' own edges, and the error of confidences."""

    def score(networks: Sequence[SignedNetwork]) -> list[float]:
        return [
            direct_f1(of_regulators(truth, look.perturbed), of_regulators(each, look.perturbed))
            for each, look in zip(networks, seen, strict=True)
        ]

    after, before = score([each.network for each in done]), score(damaged)
    yield Row.of(f"{name}: direct, measured regulators", after, "macro-F1", NOTHING, before)
    errors = [calibration_error(truth, each) for each in done if each.edits]
    if errors:
        yield Row.of(f"{name}: expected calibration error", errors, "confidence")


def right_edits(truth: SignedNetwork, done: Refinement) -> NDArray[np.bool_]:
    """Say of each edit whether it gives the edge the sign of the true network, [n_edits]."""
    ends = np.array([(edit.source, edit.target) for edit in done.edits], np.int64).reshape(-1, 2)
    after = np.array([edit.after for edit in done.edits], np.int8)
    return np.asarray(truth.sign_at(ends[:, 0] * truth.n_genes + ends[:, 1]) == after)


def calibration_error(truth: SignedNetwork, done: Refinement) -> float:
    """Return the mean distance of confidence and share of right edits over ten bins.

    Weighted by the edits in each bin of equal width (Naeini et al., AAAI 2015); there must be an
    edit.
    """
    right = right_edits(truth, done)
    confidence = np.array([edit.confidence for edit in done.edits])
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(bins, confidence - right, minlength=_BINS)
    return float(np.abs(gap).sum() / len(right))


def of_regulators(network: SignedNetwork, regulators: NDArray[np.int32]) -> SignedNetwork:
    """Return the network of these regulators' own edges, over the same genes."""
    own = np.isin(network.source, regulators)
    return network.with_edges(network.source[own], network.target[own], network.sign[own])
