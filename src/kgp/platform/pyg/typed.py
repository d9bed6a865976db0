"""A fused block divided by node type and relation, as PyG names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.platform.pyg.columns import EdgeType, edge_type
from kgp.platform.pyg.dividing import ShiftTable, count_edges, divide_edges, divide_nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.platform.sampler import FusedBlock
    from kgp.platform.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class TypedBlock:
    """A sampled neighbourhood in PyG's terms; every type of the graph has an entry.

    Nodes of one type stand in the order in which they were found, edges of one type hop by hop,
    as ``torch_geometric.utils.trim_to_layer`` expects.

    Args:
        nodes: per node type int64 [nodes], number within the type; seeds first.
        ends: int64 [2 x all edges], rows of ``nodes``: edge type by edge type the sources, then the
            destinations.
        columns: per edge type int64 [edges], column in ``to_hetero_data``'s ``edge_index``.
        positions: int64 [all edges], positions in the adjacency, edge type by edge type.
        node_counts: per node type the nodes found in each hop, the seeds first.
        edge_counts: per edge type the edges drawn in each hop.
    """

    nodes: dict[str, Tensor]
    ends: Tensor
    columns: dict[EdgeType, Tensor]
    positions: NDArray[np.int64]
    node_counts: dict[str, list[int]]
    edge_counts: dict[EdgeType, list[int]]

    @property
    def sizes(self) -> list[int]:
        """Number of edges of each edge type."""
        return [sum(counts) for counts in self.edge_counts.values()]

    @property
    def edge_index(self) -> dict[EdgeType, Tensor]:
        """Per edge type int64 [2, edges], views of ``ends``."""
        pairs = torch.split(self.ends, [2 * size for size in self.sizes])
        return {key: pair.view(2, -1) for key, pair in zip(self.edge_counts, pairs, strict=True)}

    def row_and_col(self) -> tuple[dict[EdgeType, Tensor], dict[EdgeType, Tensor]]:
        """Return the sources and the destinations of each edge type, cut in one call."""
        parts = torch.split(self.ends, [size for size in self.sizes for _ in range(2)])
        row = dict(zip(self.edge_counts, parts[::2], strict=True))
        return row, dict(zip(self.edge_counts, parts[1::2], strict=True))


class BlockDivider:
    """Divides the fused blocks of one snapshot.

    Args:
        snapshot: the exported graph.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._types = snapshot.numbering.types
        self._edge_types = [edge_type(kind) for kind in snapshot.relations]
        offsets = np.asarray(snapshot.numbering.offsets)
        number = np.arange(len(self._types), dtype=np.min_scalar_type(len(self._types)))
        self._type_of = np.repeat(number, np.diff(offsets)), offsets
        self._shifts = ShiftTable.of(snapshot)

    def divide(self, block: FusedBlock) -> TypedBlock:
        """Divide a block; the results are views of a few whole arrays."""
        local, node, found = self._nodes(block)
        ends, column, position, drawn = self._edges(block, local)
        size, sizes = found.sum(1).tolist(), drawn.sum(1).tolist()
        parts = torch.split(torch.from_numpy(column), sizes)
        return TypedBlock(
            nodes=dict(zip(self._types, torch.split(torch.from_numpy(node), size), strict=True)),
            ends=torch.from_numpy(ends),
            columns=dict(zip(self._edge_types, parts, strict=True)),
            positions=position,
            node_counts=dict(zip(self._types, found.tolist(), strict=True)),
            edge_counts=dict(zip(self._edge_types, drawn.tolist(), strict=True)),
        )

    def _nodes(
        self, block: FusedBlock
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        local = np.empty(len(block.nodes), np.int32)
        node = np.empty(len(block.nodes), np.int64)
        counts = np.zeros((len(self._types), len(block.node_counts)), np.int64)
        hop_ends = np.cumsum(np.array(block.node_counts, np.uint64))
        divide_nodes(block.nodes.view(np.uint32), hop_ends, self._type_of, local, node, counts)
        return local, node, counts

    def _edges(
        self, block: FusedBlock, local: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        size, shifts = len(block.src), self._shifts
        nodes, src, dst = (part.view(np.uint32) for part in (block.nodes, block.src, block.dst))
        relation = block.relation.view(np.uint16)
        counts = np.zeros((len(self._edge_types), len(block.edge_counts)), np.int64)
        count_edges(relation, np.cumsum(np.array(block.edge_counts, np.uint64)), counts)
        total = counts.sum(1).astype(np.uint64)
        ends, column = np.empty(2 * size, np.int64), np.empty(size, np.int64)
        position = np.empty(size, np.int64)
        divide_edges(
            (nodes, src, dst, relation, block.position),
            (local, shifts.values, shifts.first, shifts.stride, np.cumsum(total) - total, total),
            (ends, column, position),
        )
        return ends, column, position, counts
