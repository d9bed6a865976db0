"""Are the probabilities that a refinement states as large as the shares that come true?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.learning import weigh_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.result import Refinement

    Stated = tuple[NDArray[np.float64], NDArray[np.bool_]]
    """Probabilities that are stated, and whether each came true."""

_BINS = 10


def calibration_error(stated: NDArray[np.float64], true: NDArray[np.bool_]) -> float:
    """Return the mean distance of probability and share that is true over ten bins.

    Weighted by the statements in each bin of equal width (Naeini et al., AAAI 2015); there must
    be one.
    """
    bins = np.minimum((stated * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(bins, stated - true, minlength=_BINS)
    return float(np.abs(gap).sum() / len(stated))


def right_edits(truth: SignedNetwork, done: Refinement) -> NDArray[np.bool_]:
    """Say of each edit whether it gives the edge the sign of the true network, [n_edits]."""
    ends = np.array([(edit.source, edit.target) for edit in done.edits], np.int64).reshape(-1, 2)
    after = np.array([edit.after for edit in done.edits], np.int8)
    return np.asarray(truth.sign_at(ends[:, 0] * truth.n_genes + ends[:, 1]) == after)


def confidences(truth: SignedNetwork, done: Refinement) -> Stated:
    """Return the confidence of each edit, and whether it is right."""
    stated = np.array([edit.confidence for edit in done.edits], np.float64)
    return stated, right_edits(truth, done)


def doubts(truth: SignedNetwork, done: Refinement) -> Stated:
    """Return how probably each tested edge of the damaged network is wrong, and whether it is.

    Tested are the edges whose loss the responses would feel; each is weighed given all others as
    the refinement leaves them.
    """
    tested = weigh_edges(done.objective, done.network)
    edges = np.flatnonzero(tested.spoken)
    original = tested.original[edges]
    kept = tested.probabilities(done.prior)[edges, original + 1]
    key = tested.source[edges].astype(np.int64) * truth.n_genes + tested.target[edges]
    return 1 - kept, truth.sign_at(key) != original


def silenced(objective: Objective) -> Objective:
    """Return the same objective with responses that cost nothing."""
    return replace(objective, class_cost=0 * objective.class_cost)
