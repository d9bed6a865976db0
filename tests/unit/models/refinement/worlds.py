"""Small networks for the tests of this room."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from kgp.models.refinement.network import SignedNetwork


def network(n_genes: int, *edges: tuple[int, int, int]) -> SignedNetwork:
    """Build a network of genes g:0, g:1, … from (source, target, sign)."""
    rows = np.array(sorted(edges), dtype=np.int32).reshape(-1, 3)
    genes = tuple(f"g:{i}" for i in range(n_genes))
    return SignedNetwork(genes, rows[:, 0], rows[:, 1], rows[:, 2].astype(np.int8))


@st.composite
def networks(draw: st.DrawFn, max_genes: int = 6) -> SignedNetwork:
    """Any signed network without self-loops on two to six genes."""
    n = draw(st.integers(2, max_genes))
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    signs = draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=len(pairs), max_size=len(pairs)))
    edges = [(*pair, sign) for pair, sign in zip(pairs, signs, strict=True) if sign]
    return network(n, *edges)


def random_network(n_genes: int, n_edges: int, seed: int) -> SignedNetwork:
    """Draw a network in which a third of the genes regulates."""
    rng = np.random.default_rng(seed)
    chosen: dict[tuple[int, int], int] = {}
    while len(chosen) < n_edges:
        source, target = int(rng.integers(n_genes // 3)), int(rng.integers(n_genes))
        if source != target:
            chosen[source, target] = int(rng.choice([-1, 1]))
    return network(n_genes, *((*pair, sign) for pair, sign in chosen.items()))


def hub_network(n_genes: int, n_edges: int, seed: int) -> SignedNetwork:
    """Draw a network as curated ones are: a quarter regulates, few of them most of the targets."""
    rng = np.random.default_rng(seed)
    regulators = n_genes // 4
    share = 1 / np.arange(1, regulators + 1)
    chosen: dict[tuple[int, int], int] = {}
    while len(chosen) < n_edges:
        source = int(rng.choice(regulators, p=share / share.sum()))
        target = int(rng.integers(n_genes))
        if source != target:
            chosen[source, target] = int(rng.choice([-1, 1], p=[0.35, 0.65]))
    return network(n_genes, *((*pair, sign) for pair, sign in chosen.items()))
