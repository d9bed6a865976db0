"""What a user fixes about single pairs of genes: frozen edges and allowed additions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError, unknown
from kgp.models.refinement.prior import Knowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork

GenePairs = list[tuple[str, str]]


def knowledge_of(
    network: SignedNetwork, frozen: GenePairs | None, candidates: GenePairs | None
) -> Knowledge:
    """Say which pairs must stay as they are, and which alone may become edges.

    Raises:
        BadInputError: if a pair names a gene that the network does not know.
    """
    known = Knowledge.nothing(network.n_genes)
    if frozen:
        known = replace(known, frozen=_keys(network.genes, frozen, "frozen"))
    if candidates is not None:
        known = replace(known, allowed=_keys(network.genes, candidates, "candidates"))
    return known


def _keys(genes: Sequence[str], pairs: GenePairs, what: str) -> NDArray[np.int64]:
    """Return the keys (source * n + target) of pairs, ascending."""
    place = {gene: i for i, gene in enumerate(genes)}
    for gene in (gene for pair in pairs for gene in pair):
        if gene not in place:
            raise BadInputError(f"In {what}: " + unknown("gene", gene, place))
    keys = [place[source] * len(genes) + place[target] for source, target in pairs]
    return np.unique(np.array(keys, np.int64))
