"""A signed regulatory network as arrays, and the filter that builds one from any edges."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DroppedEdges:
    """Edges that a store keeps and that scoring leaves out, counted by reason.

    Attributes:
        self_loops: edges from a gene to itself.
        unsigned: edges whose sign is 0 (dual or unknown effect).
        repeated: further statements of an edge with the sign it already has.
        conflicting: pairs stated with both signs; the pair is left out whole.
    """

    self_loops: int = 0
    unsigned: int = 0
    repeated: int = 0
    conflicting: int = 0


def _no_links() -> NDArray[np.int32]:
    return np.zeros((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class SignedNetwork:
    """Distinct signed edges between genes, sorted by source and target.

    Attributes:
        genes: CURIEs; an edge's ends are positions in this tuple.
        source: int32 [n_edges].
        target: int32 [n_edges], never equal to the source.
        sign: int8 [n_edges], +1 activates, -1 represses.
        links: int32 [n_links, 2]: what happens to the first gene happens to the second as well,
            at no length of a walk. A transcription unit carries the regulators among its genes
            this way, and a subunit the complexes it is part of.
    """

    genes: tuple[str, ...]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    sign: NDArray[np.int8]
    links: NDArray[np.int32] = field(default_factory=_no_links)

    def __post_init__(self) -> None:
        if not len(self.source) == len(self.target) == len(self.sign):
            raise BadInputError("source, target and sign of a network differ in length")
        if len(set(self.genes)) != len(self.genes):
            raise BadInputError("A gene is listed twice in a network", hint="CURIEs are unique")
        ends = np.concatenate([self.source, self.target, self.links.ravel()])
        if len(ends) and (ends.min() < 0 or ends.max() >= len(self.genes)):
            raise BadInputError(
                f"An edge or a link points outside the {len(self.genes)} genes of the network"
            )
        if np.any(self.source == self.target) or not np.all(np.abs(self.sign) == 1):
            raise BadInputError(
                "A signed network holds no self-loops and only signs +1 and -1",
                hint="SignedNetwork.from_edges leaves the others out and counts them",
            )
        if np.any(np.diff(self.keys()) <= 0):
            raise BadInputError("Edges of a network are distinct and sorted by source and target")

    @property
    def n_genes(self) -> int:
        """Number of genes, with or without edges."""
        return len(self.genes)

    @property
    def n_edges(self) -> int:
        """Number of signed edges."""
        return len(self.source)

    @property
    def regulators(self) -> NDArray[np.int32]:
        """int32, ascending: genes with at least one outgoing edge."""
        return np.unique(self.source)

    def to_matrix(self) -> NDArray[np.int8]:
        """Return int8 [n_genes, n_genes]; row = regulator, column = target."""
        matrix = np.zeros((self.n_genes, self.n_genes), dtype=np.int8)
        matrix[self.source, self.target] = self.sign
        return matrix

    def signs(self) -> dict[tuple[int, int], int]:
        """Return the sign of every edge by (source, target)."""
        pairs = zip(self.source.tolist(), self.target.tolist(), strict=True)
        return dict(zip(pairs, self.sign.tolist(), strict=True))

    def keys(self) -> NDArray[np.int64]:
        """Return int64 [n_edges], source * n_genes + target, ascending."""
        return self.source.astype(np.int64) * self.n_genes + self.target

    def sign_at(self, keys: NDArray[np.int64]) -> NDArray[np.int8]:
        """Return int8 [n_keys], the signs of the pairs with these keys, 0 without an edge."""
        if self.n_edges == 0:
            return np.zeros(len(keys), dtype=np.int8)
        own = self.keys()
        place = np.minimum(np.searchsorted(own, keys), self.n_edges - 1)
        return np.where(own[place] == keys, self.sign[place], 0).astype(np.int8)

    def with_edges(
        self, source: NDArray[np.int32], target: NDArray[np.int32], sign: NDArray[np.int8]
    ) -> SignedNetwork:
        """Return a network of the same genes whose edges are these, zero signs left out."""
        keep = sign != 0
        source, target, sign = source[keep], target[keep], sign[keep]
        order = np.lexsort((target, source))
        return SignedNetwork(
            self.genes,
            source[order].astype(np.int32),
            target[order].astype(np.int32),
            sign[order].astype(np.int8),
            self.links,
        )

    @classmethod
    def from_edges(
        cls,
        sources: Iterable[str],
        targets: Iterable[str],
        signs: Iterable[float],
        genes: Sequence[str] | None = None,
    ) -> tuple[SignedNetwork, DroppedEdges]:
        """Build a network from edges as sources state them.

        Args:
            sources: regulators, as CURIEs.
            targets: their targets, as CURIEs.
            signs: above 0 activates, below 0 represses, 0 is unknown or dual.
            genes: the genes of the network in their order; by default those of the edges
                (also of the dropped ones), sorted.

        Returns:
            The network and the counts of what was left out.

        Raises:
            BadInputError: if an edge names a gene that is not in ``genes``, or a sign is NaN.
        """
        rows = list(zip(sources, targets, signs, strict=True))
        names = genes if genes is not None else sorted({end for row in rows for end in row[:2]})
        index = {gene: i for i, gene in enumerate(names)}
        stated, loops, unsigned, repeated = defaultdict[tuple[int, int], set[int]](set), 0, 0, 0
        for source, target, sign in rows:
            _check_row(source, target, sign, index)
            pair, direction = (index[source], index[target]), int(sign > 0) - int(sign < 0)
            if source == target:
                loops += 1
            elif direction == 0:
                unsigned += 1
            else:
                repeated += direction in stated[pair]
                stated[pair].add(direction)
        kept = sorted((*pair, *said) for pair, said in stated.items() if len(said) == 1)
        columns = np.array(kept, dtype=np.int32).reshape(-1, 3)
        network = cls(
            tuple(names), columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].astype(np.int8)
        )
        conflicting = sum(len(said) == 2 for said in stated.values())
        return network, DroppedEdges(loops, unsigned, repeated, conflicting)


def _check_row(source: str, target: str, sign: float, index: dict[str, int]) -> None:
    """Refuse an edge that names a gene outside the network or whose sign is not a number."""
    for gene in (source, target):
        if gene not in index:
            raise BadInputError(
                f"The edge {source} -> {target} names {gene}, which is not a gene of the network",
                hint=f"The network has {len(index)} genes",
            )
    if sign != sign:
        raise BadInputError(
            f"The edge {source} -> {target} has no number as its sign",
            hint="Signs are +1, -1, or 0 where the effect is dual or unknown",
        )
