"""Planted truth: damage a network, observe the undamaged one, lose and invent labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.reasoning import Lengths, responses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork


def damage(network: SignedNetwork, share: float, seed: int) -> SignedNetwork:
    """Corrupt a network as the refinement study of ALIGNED does.

    Of ``share`` times the number of edges, one half is removed, one quarter added as activating
    and one quarter as repressing edges, at pairs of genes that the network does not connect.

    Args:
        network: the true network.
        share: share of the edges that are corrupted, 0 to 1.
        seed: of the random choice; the same seed gives the same damage.

    Returns:
        A network of the same genes.

    Raises:
        BadInputError: if ``share`` lies outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise BadInputError(f"A share of {share} of the edges cannot be corrupted", hint="0 to 1")
    rng = np.random.default_rng(seed)
    removed = rng.permutation(network.n_edges)[: round(share * network.n_edges / 2)]
    keep = np.setdiff1d(np.arange(network.n_edges), removed)
    quarter = round(share * network.n_edges / 4)
    added = _draw_unconnected(network, 2 * quarter, rng)
    return network.with_edges(
        np.concatenate([network.source[keep], added[:, 0]]),
        np.concatenate([network.target[keep], added[:, 1]]),
        np.concatenate([network.sign[keep], np.repeat(np.array([1, -1], np.int8), quarter)]),
    )


def observe(
    network: SignedNetwork,
    perturbed: NDArray[np.int32],
    *,
    direction: int = 1,
    max_length: int = 3,
    lengths: Lengths = "upto",
) -> Observations:
    """Return what perturbing each of ``perturbed`` in ``network`` would show, without noise.

    Args:
        network: the true network.
        perturbed: int32 [n_perturbed], genes to perturb one by one.
        direction: +1 over-expression, -1 knock-out.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".

    Returns:
        Complete observations, one row per perturbed gene.
    """
    directions = np.full(len(perturbed), direction, dtype=np.int8)
    labels = responses(network, perturbed, directions, max_length=max_length, lengths=lengths)
    names = tuple(f"planted:{network.genes[gene]}" for gene in perturbed)
    return Observations(perturbed, directions, labels, np.ones(labels.shape, dtype=bool), names)


def choose(genes: NDArray[np.int32], count: int, seed: int) -> NDArray[np.int32]:
    """Return ``count`` of ``genes``, drawn without replacement, ascending."""
    rng = np.random.default_rng(seed)
    return np.sort(rng.choice(genes, size=min(count, len(genes)), replace=False))


def add_noise(
    observations: Observations, seed: int, *, missed: float = 0.3, invented: float = 0.1
) -> Observations:
    """Lose true responses and invent false ones.

    Args:
        observations: responses without noise.
        seed: of the random choice.
        missed: share of the non-zero labels that become 0.
        invented: number of zero labels that become -1 or +1, as a share of the non-zero labels.

    Returns:
        Observations with the same rows and other labels.
    """
    rng = np.random.default_rng(seed)
    labels, scored = observations.labels.copy(), observations.scored()
    true = np.argwhere(scored & (labels != 0))
    silent = np.argwhere(scored & (labels == 0))
    lost = true[rng.permutation(len(true))[: round(missed * len(true))]]
    false = silent[rng.permutation(len(silent))[: round(invented * len(true))]]
    labels[lost[:, 0], lost[:, 1]] = 0
    labels[false[:, 0], false[:, 1]] = rng.choice(np.array([-1, 1], np.int8), size=len(false))
    return Observations(
        observations.perturbed,
        observations.direction,
        labels,
        observations.measured,
        observations.signatures,
    )


def _draw_unconnected(
    network: SignedNetwork, count: int, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw distinct ordered pairs of genes without an edge, int32 [count, 2]."""
    n = network.n_genes
    if count > n * (n - 1) - network.n_edges:
        raise BadInputError(f"A network of {n} genes has no {count} unconnected pairs")
    taken = set((network.source.astype(np.int64) * n + network.target).tolist())
    drawn: list[int] = []
    while len(drawn) < count:
        for pair in rng.integers(0, n * n, size=count - len(drawn)).tolist():
            if pair not in taken and pair // n != pair % n:
                taken.add(pair)
                drawn.append(pair)
    return np.array([divmod(pair, n) for pair in drawn], dtype=np.int32).reshape(-1, 2)
