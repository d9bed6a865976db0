"""Two networks over one list of genes, such as an older and a newer release of one source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.network import SignedNetwork

if TYPE_CHECKING:
    from collections.abc import Sequence


def align(first: SignedNetwork, second: SignedNetwork) -> tuple[SignedNetwork, SignedNetwork]:
    """Write two networks over the sorted union of their genes; edges and signs stay."""
    genes = tuple(sorted({*first.genes, *second.genes}))
    return over_genes(first, genes), over_genes(second, genes)


def over_genes(network: SignedNetwork, genes: Sequence[str]) -> SignedNetwork:
    """Write a network over another list of genes; edges with an end outside it are left out.

    Args:
        network: the network.
        genes: CURIEs, each once.
    """
    place = {gene: i for i, gene in enumerate(genes)}
    new = np.array([place.get(gene, -1) for gene in network.genes], np.int32)
    source, target = new[network.source], new[network.target]
    inside = (source >= 0) & (target >= 0)
    empty = np.zeros(0, np.int32)
    bare = SignedNetwork(tuple(genes), empty, empty, empty.astype(np.int8))
    return bare.with_edges(source[inside], target[inside], network.sign[inside])
