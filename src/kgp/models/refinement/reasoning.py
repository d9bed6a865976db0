r"""Responses that a signed network predicts: walks, and the product of signs along them.

With :math:`A_+` and :math:`A_-` the activating and repressing edges, the walks of length
:math:`l` from a perturbed gene are counted by

.. math::
    P_{l+1} = P_l A_+ + N_l A_-, \qquad N_{l+1} = P_l A_- + N_l A_+

(ALIGNED, Eq. 1, with the direct edges kept at every length). What is linked to a gene goes on
from it as well. A gene responds with the sign of its walks; where both signs meet, a
:class:`Conflict` decides. A combination starts walks from all that it perturbs, and its
components' walks meet by the same rule: with ``cancel``, components that pull a gene in opposite
directions leave it unchanged. What is predicted is odd for every rule: the opposite perturbation
has the opposite response.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.refinement.perturbations import Perturbations
from kgp.models.refinement.reasoning_rules import CANCEL, Conflict, Lengths, Reasoning
from kgp.models.refinement.reasoning_walks import Steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

    from kgp.models.refinement.network import SignedNetwork

__all__ = [
    "Lengths",
    "predict",
    "reach",
    "reached_genes",
    "responses",
    "responses_blocks",
    "walk_counts",
]

ROWS_AT_A_TIME = 512
"""Rows of one product: enough to be fast, few enough that hubs do not fill the memory."""


def responses(
    network: SignedNetwork,
    perturbed: ArrayLike | Perturbations,
    direction: ArrayLike = 1,
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
    conflict: Conflict = CANCEL,
) -> NDArray[np.int8]:
    """Predict the ternary response of every gene to perturbations.

    Args:
        network: the signed network.
        perturbed: int [n_rows], positions of genes that are perturbed one by one, or
            combinations of them.
        direction: +1 over-expression, -1 knock-out or knock-down; one value or one per row. It
            turns a combination as a whole.
        max_length: longest walk that counts, at least 1.
        lengths: "upto" counts walks of length 1 to ``max_length``, "exact" only the longest.
        conflict: what holds where walks of both signs meet.

    Returns:
        int8 [n_rows, n_genes]: -1 falls, 0 unchanged or conflicting, +1 rises. A perturbed gene's
        own column holds what feedback would do, not the perturbation itself.

    Raises:
        BadInputError: if ``max_length`` is below 1.
        UsageError: if ``lengths`` is unknown.
    """
    how = Reasoning(max_length, lengths, conflict)
    return predict(network, perturbed, direction, how)


def predict(
    network: SignedNetwork,
    perturbed: ArrayLike | Perturbations,
    direction: ArrayLike = 1,
    how: Reasoning | None = None,
) -> NDArray[np.int8]:
    """Predict as :func:`responses` does, with all its options in one."""
    rows = _as_rows(perturbed)
    predicted = np.zeros((len(rows), network.n_genes), np.int8)
    for first, block in responses_blocks(network, rows, direction, how):
        predicted[first : first + block.shape[0]] = block.toarray()
    return predicted


def responses_blocks(
    network: SignedNetwork,
    perturbed: ArrayLike | Perturbations,
    direction: ArrayLike = 1,
    how: Reasoning | None = None,
    *,
    block: int = ROWS_AT_A_TIME,
) -> Iterator[tuple[int, Any]]:
    """Predict responses block by block, in memory that does not grow with the number of rows.

    Args:
        network: the signed network.
        perturbed: as in :func:`responses`.
        direction: as in :func:`responses`.
        how: length and conflicts; by default those of :class:`Reasoning`.
        block: rows of one block.

    Yields:
        The first row of the block, and its responses as CSR int8 [n_block, n_genes] that stores
        -1 and +1 alone.
    """
    how, rows = how or Reasoning(), _as_rows(perturbed)
    turned = np.broadcast_to(np.asarray(direction, np.int8), len(rows))
    # Counts of long walks pass any integer; as floats they grow without turning negative.
    steps = Steps.of(network, np.float64 if how.conflict.rule == "majority" else np.int32)
    up, down = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    for first in range(0, len(rows), block):
        part = slice(first, first + block)
        found = _settle(steps, up[part], down[part], how).astype(np.int8)
        found.eliminate_zeros()
        found.data *= np.repeat(turned[part], np.diff(found.indptr))
        yield first, found


def _as_rows(perturbed: ArrayLike | Perturbations) -> Perturbations:
    if isinstance(perturbed, Perturbations):
        return perturbed
    return Perturbations.singles(perturbed)


def _settle(steps: Steps, up: Any, down: Any, how: Reasoning) -> Any:
    """Return the responses of one block as CSR [n_block, n_genes], with zeros among them."""
    rule = how.conflict.rule
    walks = steps.walk(up, down, how.max_length, capped=rule != "majority")
    counted = (pair for length, *pair in walks if how.lengths == "upto" or length == how.max_length)
    if rule == "shortest":
        return _first_to_arrive(counted)
    positive, negative = next(counted)
    for more_positive, more_negative in counted:
        positive, negative = positive + more_positive, negative + more_negative
    if rule == "cancel":
        return _pattern(positive) - _pattern(negative)
    lead = positive - negative
    lead.data = np.where(np.abs(lead.data) > how.conflict.margin, np.sign(lead.data), 0)
    return lead


def _first_to_arrive(counted: Iterator[list[Any]]) -> Any:
    """Let the first length decide at which any walk arrives."""
    positive, negative = next(counted)
    arrived, settled = _pattern(positive + negative), positive - negative
    for positive, negative in counted:
        new = _pattern(positive + negative)
        new -= new.multiply(arrived)
        settled = settled + (positive - negative).multiply(new)
        arrived = arrived + new
    return settled


def _pattern(walks: Any) -> Any:
    """Return 1 where there is any walk."""
    walks = walks.copy()
    walks.data[:] = 1
    return walks


def walk_counts(
    network: SignedNetwork,
    rows: Perturbations,
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> NDArray[np.int32]:
    """Count walks from perturbed genes, by end and sign.

    Args:
        network: the signed network.
        rows: the perturbations; from a gene that is lowered, signs are turned.
        max_length: longest walk that counts, at least 1.
        lengths: "upto" or "exact", as in :func:`responses`.

    Returns:
        int32 [n_genes, n_rows, 2]: at [x, r, 0] the positive and at [x, r, 1] the negative
        walks from what row r perturbs to gene x. Genes come first because an edit of the network
        changes few columns of the response matrix and many of their rows.
    """
    how = Reasoning(max_length, lengths)
    counts = np.zeros((network.n_genes, len(rows), 2), dtype=np.int32)
    up, down = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    for length, *pair in Steps.of(network).walk(up, down, how.max_length, capped=False):
        if lengths == "upto" or length == max_length:
            for which, walks in enumerate(each.tocoo() for each in pair):
                counts[walks.col, walks.row, which] += walks.data
    return counts


def reached_genes(
    network: SignedNetwork, perturbed: Iterable[int], *, max_length: int = 3
) -> NDArray[np.bool_]:
    """Say at which genes walks from any perturbed gene end.

    All start together, in one sparse row, so that memory does not grow with their number.

    Args:
        network: the signed network.
        perturbed: positions of the perturbed genes.
        max_length: longest walk that counts.

    Returns:
        bool [n_genes]; a perturbed gene is reached where a walk leads back to it.

    Raises:
        BadInputError: if ``max_length`` is below 1.
    """
    longest = Reasoning(max_length).max_length
    every = Perturbations.of([tuple((gene, 1) for gene in sorted(set(perturbed)))])
    up, down = (every.matrix(sign, network.n_genes) for sign in (1, -1))
    reached = np.zeros(network.n_genes, bool)
    for _length, *pair in Steps.of(network).walk(up, down, longest, capped=True):
        for walks in pair:
            reached[walks.indices] = True
    return reached


def reach(
    network: SignedNetwork,
    rows: Perturbations,
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> Any:
    """Say which genes can be the source of a new edge that a perturbation would feel.

    Args:
        network: the signed network.
        rows: the perturbations.
        max_length: longest walk that counts, the new edge included.
        lengths: "upto" or "exact", as in :func:`responses`.

    Returns:
        CSR int8 [n_rows, n_genes]: 1 only positive, 2 only negative walks, 3 both; the walk of
        length 0 leads from the perturbed gene to itself.
    """
    positive, negative = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    steps = Steps.of(network)
    for length, *pair in steps.walk(positive, negative, max_length - 1, capped=True):
        plus, minus = (steps.carried(walks) for walks in pair)
        if lengths == "upto":
            positive, negative = positive + plus, negative + minus
        elif length == max_length - 1:
            positive, negative = plus, minus
    positive.data[:] = 1
    negative.data[:] = 2
    return (positive + negative).astype(np.int8)
