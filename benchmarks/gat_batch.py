"""The batch that the layers of ``benchmarks.gat`` are timed on, for PyG and for kgp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.sampler_graph import primekg_sized
from kgp.models.gatv2 import EdgePack, pack_edges
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

FAN_OUTS, SEEDS = (20, 10), 256
WIDTH = 256


@dataclass(frozen=True, slots=True)
class Batch:
    """One sampled neighbourhood.

    Args:
        arrays: ``src``, ``dst``, ``relation`` [edges]; ``kind`` [nodes], type of each node;
            ``ends`` [relations, 2], types of each relation's ends.
        destinations: nodes that receive; they are the first ones.
    """

    arrays: dict[str, np.ndarray]
    destinations: int

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.arrays["kind"])

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.arrays["src"])

    @property
    def relations(self) -> int:
        """Number of relations."""
        return len(self.arrays["ends"])

    @property
    def types(self) -> Tensor:
        """Type of each destination."""
        return torch.from_numpy(self.arrays["kind"][: self.destinations])

    def pack(self) -> EdgePack:
        """Index the edges as kgp's layer takes them."""
        edges = (self.arrays[name] for name in ("src", "dst", "relation"))
        return pack_edges(*edges, self.relations, self.nodes)

    def save(self, path: Path) -> None:
        """Write the batch for another process."""
        np.savez(path, destinations=self.destinations, **self.arrays)

    @classmethod
    def load(cls, path: Path) -> Batch:
        """Read what :meth:`save` wrote."""
        with np.load(path) as kept:
            arrays = {name: kept[name] for name in kept.files if name != "destinations"}
            return cls(arrays, int(kept["destinations"]))


def sample_batch(share: float = 1.0) -> Batch:
    """Sample the neighbourhood of 256 drugs from the graph of PrimeKG's size.

    Args:
        share: of the graph's size and of the seeds.
    """
    world = primekg_sized(share)
    first, last = world.span("drug")
    seeds = np.random.default_rng(0).permutation(np.arange(first, last))
    sampler = FusedNeighborSampler(world.adjacency, world.relations, SamplerConfig(FAN_OUTS))
    block = sampler.sample(seeds[: max(1, round(SEEDS * share))])
    kind = np.searchsorted(world.offsets, block.nodes, side="right") - 1
    ends = [[world.types.index(end) for end in (r.source, r.target)] for r in world.relations]
    arrays = {"src": block.src, "dst": block.dst, "relation": block.relation}
    arrays |= {"kind": kind.astype(np.int64), "ends": np.array(ends)}
    return Batch(arrays, sum(block.node_counts[:2]))
