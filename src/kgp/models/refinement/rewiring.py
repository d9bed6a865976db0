"""A random network with the degrees of a real one: what a method must not take for knowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

_SWAPS_PER_EDGE = 10
"""Tried per edge; Milo et al., arXiv:cond-mat/0312028, find 10 to be enough, 100 to be safe."""


def rewire(network: SignedNetwork, seed: int) -> SignedNetwork:
    """Exchange the targets of pairs of edges until nothing but the degrees is left.

    Every gene keeps its number of targets and of regulators, and every regulator its numbers of
    activated and of repressed targets. Exchanges that would make a self-loop or state a pair twice
    are left out, so a network that has no other one, such as a star, stays as it is.

    Args:
        network: the network.
        seed: of the random choice.
    """
    rng = np.random.default_rng(seed)
    source, target = network.source.tolist(), network.target.tolist()
    held = set(zip(source, target, strict=True))
    for i, j in rng.integers(0, max(network.n_edges, 1), (_SWAPS_PER_EDGE * network.n_edges, 2)):
        crossed = (source[i], target[j]), (source[j], target[i])
        if any(start == end or (start, end) in held for start, end in crossed):
            continue
        held -= {(source[i], target[i]), (source[j], target[j])}
        held.update(crossed)
        target[i], target[j] = target[j], target[i]
    return network.with_edges(network.source, np.array(target, np.int32), network.sign)
