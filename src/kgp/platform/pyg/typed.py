"""A fused block divided by node type and relation: one counting sort each, without the GIL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numba import njit

from kgp.platform.pyg.columns import EdgeType, column_shifts, edge_type

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
        edge_index: per edge type int64 [2, edges], rows of ``nodes`` of its two ends.
        columns: per edge type int64 [edges], column in ``to_hetero_data``'s ``edge_index``.
        positions: int64 [all edges], positions in the adjacency, edge type by edge type.
        node_counts: per node type the nodes found in each hop, the seeds first.
        edge_counts: per edge type the edges drawn in each hop.
    """

    nodes: dict[str, Tensor]
    edge_index: dict[EdgeType, Tensor]
    columns: dict[EdgeType, Tensor]
    positions: NDArray[np.int64]
    node_counts: dict[str, list[int]]
    edge_counts: dict[EdgeType, list[int]]

    @property
    def sizes(self) -> list[int]:
        """Number of edges of each edge type."""
        return [sum(counts) for counts in self.edge_counts.values()]


class BlockDivider:
    """Divides the fused blocks of one snapshot.

    Args:
        snapshot: the exported graph.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self._types = snapshot.numbering.types
        self._offsets = np.asarray(snapshot.numbering.offsets)
        self._edge_types = [edge_type(kind) for kind in snapshot.relations]
        # Plain arrays: a kernel compiles once for them, and again for memory-mapped ones.
        slots = (snapshot.adjacency.node_slot_ptr, snapshot.adjacency.slot_relation)
        self._slots = (*(np.asarray(part) for part in slots), column_shifts(snapshot))

    def divide(self, block: FusedBlock) -> TypedBlock:
        """Divide a block; the results are views of a few whole arrays."""
        local, node, found = self._nodes(block)
        index, column, position, drawn = self._edges(block, local)
        size, sizes = found.sum(1).tolist(), drawn.sum(1).tolist()
        pairs = torch.split(torch.from_numpy(index), [2 * count for count in sizes])
        parts = torch.split(torch.from_numpy(column), sizes)
        return TypedBlock(
            nodes=dict(zip(self._types, torch.split(torch.from_numpy(node), size), strict=True)),
            edge_index={
                key: pair.view(2, -1) for key, pair in zip(self._edge_types, pairs, strict=True)
            },
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
        _divide_nodes(block.nodes, np.cumsum(block.node_counts), self._offsets, local, node, counts)
        return local, node, counts

    def _edges(
        self, block: FusedBlock, local: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        size = len(block.src)
        index, column = np.empty(2 * size, np.int64), np.empty(size, np.int64)
        position = np.empty(size, np.int64)
        counts = np.zeros((len(self._edge_types), len(block.edge_counts)), np.int64)
        ends = np.cumsum(np.array(block.edge_counts, np.int64))
        _divide_edges(
            (block.nodes, block.src, block.dst, block.relation, block.position),
            (ends, local, *self._slots),
            (index, column, position, counts),
        )
        return index, column, position, counts


@njit(nogil=True, cache=True)
def _divide_nodes(
    nodes: NDArray[np.int32],
    hop_ends: NDArray[np.int64],
    offsets: NDArray[np.int64],
    local: NDArray[np.int32],
    node: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Number the nodes of each type in their order: ``local`` per node, ``node`` type by type."""
    kind = np.empty(len(nodes), np.int64)
    total = np.zeros(len(offsets) - 1, np.int64)
    hop = 0
    for row in range(len(nodes)):
        while row >= hop_ends[hop]:
            hop += 1
        at = np.searchsorted(offsets, nodes[row], side="right") - 1
        kind[row] = at
        local[row] = total[at]
        total[at] += 1
        counts[at, hop] += 1
    first = np.cumsum(total) - total
    for row in range(len(nodes)):
        node[first[kind[row]] + local[row]] = nodes[row] - offsets[kind[row]]


@njit(nogil=True, cache=True)
def _divide_edges(block: Any, tables: Any, out: Any) -> None:
    """Sort the edges by relation, stably; each relation's sources lie before its destinations.

    Edges of one slot are neighbours in a block, so that what belongs to the slot is looked up once.
    """
    nodes, src, dst, relation, position = block
    hop_ends, local, node_slot_ptr, slot_relation, shifts = tables
    index, column, place, counts = out
    hop = 0
    for edge in range(len(src)):
        while edge >= hop_ends[hop]:
            hop += 1
        counts[relation[edge], hop] += 1
    total = counts.sum(axis=1)
    first = np.cumsum(total) - total
    at = first.copy()
    edge = 0
    while edge < len(src):
        kind, head = relation[edge], dst[edge]
        slot = node_slot_ptr[nodes[head]]
        while slot_relation[slot] != kind:
            slot += 1
        row, heads = at[kind], first[kind]
        tails = heads + total[kind]
        while edge < len(src) and dst[edge] == head and relation[edge] == kind:
            index[row + heads] = local[src[edge]]
            index[row + tails] = local[head]
            column[row] = position[edge] + shifts[slot]
            place[row] = position[edge]
            row += 1
            edge += 1
        at[kind] = row
