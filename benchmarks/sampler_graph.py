"""A graph of PrimeKG's size in memory: its node and edge counts, endpoints drawn by Zipf's law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.loaders.primekg.counts import NODE_COUNTS, ROW_COUNTS
from kgp.loaders.synthetic.plan import KINDS, RELATIONS
from kgp.platform.snapshot import RelationType
from kgp.platform.snapshot.adjacency import build_adjacency

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.platform.snapshot import Adjacency

EXPONENT = 0.64
"""Of Zipf's law: 256 drugs and fan-outs of 20 and 10 then make a batch of 139,000 edges."""


@dataclass(frozen=True, slots=True)
class World:
    """A graph to sample from.

    Args:
        adjacency: its fused in-adjacency.
        relations: its relation types.
        offsets: int64 [types + 1], first node of each type, in the order of ``types``.
        types: names of the node types.
    """

    adjacency: Adjacency
    relations: tuple[RelationType, ...]
    offsets: NDArray[np.int64]
    types: tuple[str, ...]

    def span(self, node_type: str) -> tuple[int, int]:
        """First node of a type, and the one after its last."""
        at = self.types.index(node_type)
        return int(self.offsets[at]), int(self.offsets[at + 1])


def primekg_sized(share: float = 1.0, seed: int = 0) -> World:
    """Draw 129,375 nodes of 10 types and 8,100,498 directed edges of 50 edge types.

    Args:
        share: smaller worlds have this share of the edges and are as dense.
        seed: of the draw.
    """
    rng = np.random.default_rng(seed)
    types = tuple(sorted(KINDS))
    counts = [max(2, round(NODE_COUNTS[KINDS[name].name] * share**0.5)) for name in types]
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    kinds, parts = [], []
    for name, kind in RELATIONS.items():
        ends = [types.index(end) for end in (kind.x, kind.y)]
        # Far from complete, where distinct pairs are drawn in a few rounds.
        most = counts[ends[0]] * counts[ends[1]] // 4
        pairs = min(most, max(1, round(ROW_COUNTS[name] * share / 2)))
        x, y = _pairs(rng, counts[ends[0]], counts[ends[1]], pairs, loops=ends[0] != ends[1])
        x, y = x + offsets[ends[0]], y + offsets[ends[1]]
        back = name if kind.x == kind.y else f"rev_{name}"
        kinds += [RelationType(kind.x, name, kind.y), RelationType(kind.y, back, kind.x)]
        parts += [(x, y), (y, x)]
    relations = tuple(sorted(set(kinds)))
    numbers = [np.full(len(x), relations.index(k)) for k, (x, _) in zip(kinds, parts, strict=True)]
    src, dst = (np.concatenate(column) for column in zip(*parts, strict=True))
    graph = build_adjacency(src, dst, np.concatenate(numbers), nodes=int(offsets[-1]))
    return World(graph, relations, offsets, types)


def _pairs(
    rng: np.random.Generator, n_x: int, n_y: int, pairs: int, *, loops: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw distinct pairs; within one type, unordered ones of two nodes."""
    ends = [_zipf(rng, n) for n in (n_x, n_y)] if loops else [_zipf(rng, n_x)] * 2
    keys = np.empty(0, np.int64)
    while len(keys) < pairs:
        x, y = (rank[np.searchsorted(total, rng.random(pairs))] for rank, total in ends)
        if not loops:
            x, y = np.minimum(x, y)[x != y], np.maximum(x, y)[x != y]
        keys = np.unique(np.concatenate([keys, x * n_y + y]))
    keys = rng.permutation(keys)[:pairs]
    return keys // n_y, keys % n_y


def _zipf(rng: np.random.Generator, n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Nodes in the order of their frequency, and the cumulative frequencies."""
    total = np.cumsum(np.arange(1, n + 1) ** -EXPONENT)
    return rng.permutation(n), total / total[-1]
