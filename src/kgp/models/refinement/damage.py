"""Planted truth: damage a network, observe the undamaged one, lose and invent labels.

Every damage keeps the list of genes and draws from its seed alone.
"""

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
    _check_share(share, "edges")
    rng = np.random.default_rng(seed)
    removed = rng.permutation(network.n_edges)[: round(share * network.n_edges / 2)]
    quarter = round(share * network.n_edges / 4)
    added = _draw_unconnected(network, 2 * quarter, rng)
    return _replace(network, removed, added)


def flip_signs(network: SignedNetwork, share: float, seed: int) -> SignedNetwork:
    """Turn the sign of a share of the edges, drawn evenly.

    Raises:
        BadInputError: if ``share`` lies outside 0 to 1.
    """
    _check_share(share, "edges")
    turned = np.random.default_rng(seed).permutation(network.n_edges)
    sign = network.sign.copy()
    sign[turned[: round(share * network.n_edges)]] *= -1
    return network.with_edges(network.source, network.target, sign)


def drop_regulons(network: SignedNetwork, share: float, seed: int) -> SignedNetwork:
    """Remove all edges of a share of the regulators; the genes stay.

    Raises:
        BadInputError: if ``share`` lies outside 0 to 1.
    """
    _check_share(share, "regulators")
    regulators = np.random.default_rng(seed).permutation(network.regulators)
    lost = regulators[: round(share * len(regulators))]
    return _keep(network, np.flatnonzero(~np.isin(network.source, lost)))


def damage_hubs(network: SignedNetwork, share: float, seed: int) -> SignedNetwork:
    """Corrupt as :func:`damage` does, the more often the more targets a regulator has.

    An edge is removed with a chance proportional to its regulator's out-degree, and a spurious
    edge starts at a regulator with the same preference; so hubs, which already have most edges,
    bear more than their share.

    Raises:
        BadInputError: if ``share`` lies outside 0 to 1, or the regulators have too few genes left
            that they do not regulate.
    """
    _check_share(share, "edges")
    if network.n_edges == 0:
        return network
    rng = np.random.default_rng(seed)
    degree = np.bincount(network.source, minlength=network.n_genes).astype(float)
    chance = degree[network.source] / degree[network.source].sum()
    count = round(share * network.n_edges / 2)
    removed = rng.choice(network.n_edges, size=count, replace=False, p=chance)
    quarter = round(share * network.n_edges / 4)
    # The source of an edge that is drawn evenly is a regulator drawn by its out-degree.
    added = _draw_unconnected(network, 2 * quarter, rng, network.source)
    return _replace(network, removed, added)


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
    network: SignedNetwork,
    count: int,
    rng: np.random.Generator,
    sources: NDArray[np.int32] | None = None,
) -> NDArray[np.int32]:
    """Draw distinct ordered pairs of genes without an edge, int32 [count, 2].

    Args:
        network: the network.
        count: how many.
        rng: source of randomness.
        sources: genes with edges that the first of a pair is drawn from; by default all genes.
    """
    n = network.n_genes
    starts = n if sources is None else len(np.unique(sources))
    if count > starts * (n - 1) - network.n_edges:
        raise BadInputError(f"A network of {n} genes has no {count} unconnected pairs")
    taken = set(network.keys().tolist())
    drawn: list[int] = []
    while len(drawn) < count:
        size = count - len(drawn)
        if sources is None:
            pairs = rng.integers(0, n * n, size=size)
        else:
            pairs = n * rng.choice(sources, size).astype(np.int64) + rng.integers(0, n, size)
        for pair in pairs.tolist():
            if pair not in taken and pair // n != pair % n:
                taken.add(pair)
                drawn.append(pair)
    return np.array([divmod(pair, n) for pair in drawn], dtype=np.int32).reshape(-1, 2)


def _replace(
    network: SignedNetwork, removed: NDArray[np.int64], added: NDArray[np.int32]
) -> SignedNetwork:
    """Remove edges by position and add pairs, the first half activating, the others repressing."""
    keep = np.setdiff1d(np.arange(network.n_edges), removed)
    half = len(added) // 2
    return network.with_edges(
        np.concatenate([network.source[keep], added[:, 0]]),
        np.concatenate([network.target[keep], added[:, 1]]),
        np.concatenate([network.sign[keep], np.repeat(np.array([1, -1], np.int8), half)]),
    )


def _keep(network: SignedNetwork, edges: NDArray[np.int64]) -> SignedNetwork:
    return network.with_edges(network.source[edges], network.target[edges], network.sign[edges])


def _check_share(share: float, of: str) -> None:
    if not 0 <= share <= 1:
        raise BadInputError(f"A share of {share} of the {of} cannot be corrupted", hint="0 to 1")
