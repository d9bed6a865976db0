"""What a sampler returns: the sampled neighbourhood of a batch of seeds, all relations fused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class FusedBlock:
    """A sampled subgraph with local node numbers.

    Messages flow ``src → dst``. The edges of hop h are one contiguous piece, and within it the
    edges of one slot are; every destination of hop h was found in hop h - 1 (seeds in hop 0).

    Args:
        nodes: int32 [nodes], global numbers; seeds first, then in the order they were found.
        node_counts: nodes found per hop: the seeds, then one entry per hop.
        edge_counts: edges drawn in each hop.
        src: int32 [edges], local number of each edge's source.
        dst: int32 [edges], local number of each edge's destination.
        relation: int16 [edges], number of each edge's relation.
        position: int64 [edges], the edge's position in the snapshot's adjacency, which is also
            the row of its features.
    """

    nodes: NDArray[np.int32]
    node_counts: tuple[int, ...]
    edge_counts: tuple[int, ...]
    src: NDArray[np.int32]
    dst: NDArray[np.int32]
    relation: NDArray[np.int16]
    position: NDArray[np.int64]

    @property
    def seeds(self) -> NDArray[np.int32]:
        """The nodes that the block was sampled for."""
        return self.nodes[: self.node_counts[0]]
