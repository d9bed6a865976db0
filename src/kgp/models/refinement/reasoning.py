r"""Responses that a signed network predicts: walks, and the product of signs along them.

With :math:`A_+` and :math:`A_-` the activating and repressing edges, the walks of length
:math:`l` from a perturbed gene are counted by

.. math::
    P_{l+1} = P_l A_+ + N_l A_-, \qquad N_{l+1} = P_l A_- + N_l A_+

(ALIGNED, Eq. 1, with the direct edges kept at every length). A gene responds with the sign of
its walks; walks of both signs cancel to "unchanged".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import sparse

from kgp.errors import BadInputError
from kgp.models.refinement.perturbations import Perturbations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from kgp.models.refinement.network import SignedNetwork

Lengths = Literal["upto", "exact"]


def responses(
    network: SignedNetwork,
    perturbed: ArrayLike,
    direction: ArrayLike = 1,
    *,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> NDArray[np.int8]:
    """Predict the ternary response of every gene to single-gene perturbations.

    Args:
        network: the signed network.
        perturbed: int [n_perturbations], positions of the perturbed genes.
        direction: +1 over-expression, -1 knock-out or knock-down; one value or one per row.
        max_length: longest walk that counts, at least 1.
        lengths: "upto" counts walks of length 1 to ``max_length``, "exact" only the longest.

    Returns:
        int8 [n_perturbations, n_genes]: -1 falls, 0 unchanged or conflicting, +1 rises. The
        perturbed gene's own column holds what feedback would do, not the perturbation itself.

    Raises:
        BadInputError: if ``max_length`` is below 1.
    """
    _check_length(max_length)
    rows = Perturbations.singles(perturbed)
    up = np.zeros((len(rows), network.n_genes), dtype=bool)
    down = np.zeros_like(up)
    for length, positive, negative in _walks(network, rows, max_length, capped=True):
        if lengths == "upto" or length == max_length:
            up[positive.nonzero()] = True
            down[negative.nonzero()] = True
    towards = up.astype(np.int8) - down.astype(np.int8)
    turned = np.broadcast_to(np.asarray(direction, dtype=np.int8), len(rows))
    return towards * turned[:, None]


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
    _check_length(max_length)
    counts = np.zeros((network.n_genes, len(rows), 2), dtype=np.int32)
    for length, positive, negative in _walks(network, rows, max_length, capped=False):
        if lengths == "upto" or length == max_length:
            for which, walks in enumerate((positive.tocoo(), negative.tocoo())):
                counts[walks.col, walks.row, which] += walks.data
    return counts


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
    carry = _carry(network)
    for length, plus, minus in _walks(network, rows, max_length - 1, capped=True):
        plus, minus = plus @ carry, minus @ carry
        if lengths == "upto":
            positive, negative = positive + plus, negative + minus
        elif length == max_length - 1:
            positive, negative = plus, minus
    positive.data[:] = 1
    negative.data[:] = 2
    return (positive + negative).astype(np.int8)


def _walks(
    network: SignedNetwork, rows: Perturbations, max_length: int, *, capped: bool
) -> Iterator[tuple[int, Any, Any]]:
    """Yield length, positive and negative walks (CSR [n_rows, n_genes]) for each length."""
    if max_length < 1:
        return
    plus, minus = (_adjacency(network, sign) for sign in (1, -1))
    carry = _carry(network)
    positive, negative = (rows.matrix(sign, network.n_genes) for sign in (1, -1))
    for length in range(1, max_length + 1):
        positive, negative = (
            positive @ plus + negative @ minus,
            positive @ minus + negative @ plus,
        )
        if capped:
            positive.data[:] = 1
            negative.data[:] = 1
        yield length, positive, negative
        if length < max_length and len(network.links):
            positive, negative = positive @ carry, negative @ carry


def _carry(network: SignedNetwork) -> Any:
    """Return what else happens where something happens: identity and links, CSR int32."""
    n, links = network.n_genes, network.links
    every = np.concatenate([np.stack([np.arange(n), np.arange(n)], axis=1), links])
    ones = np.ones(len(every), dtype=np.int32)
    return sparse.csr_array((ones, (every[:, 0], every[:, 1])), shape=(n, n))


def _check_length(max_length: int) -> None:
    if max_length < 1:
        raise BadInputError(f"Walks of length {max_length} reach nothing", hint="Give 1 or more")


def _adjacency(network: SignedNetwork, sign: int) -> Any:
    """Return the edges of one sign as CSR int32 [n_genes, n_genes]."""
    chosen = network.sign == sign
    ones = np.ones(int(chosen.sum()), dtype=np.int32)
    ends = (network.source[chosen], network.target[chosen])
    return sparse.csr_array((ones, ends), shape=(network.n_genes, network.n_genes))
