"""From a sampled block to the tensors that the module takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.models.gatv2 import EdgePack, pack_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.models.kg_gat.features import NodeInputs
    from kgp.platform.sampler import FusedBlock


@dataclass(frozen=True, slots=True)
class GraphBatch:
    """One batch of drugs with their neighbourhood of two hops.

    Args:
        inputs: per node type float16 or float32 [nodes of the type, its width].
        rows: per node type int64, the local numbers of those nodes.
        types: int64 [nodes], type of each node; the drugs come first.
        outer: all edges; they update drugs and their neighbours.
        inner: edges into drugs.
        reached: nodes that ``outer`` updates: drugs and first neighbours.
        drugs: number of drugs.
    """

    inputs: list[Tensor]
    rows: list[Tensor]
    types: Tensor
    outer: EdgePack
    inner: EdgePack
    reached: int
    drugs: int


def make_batch(block: FusedBlock, inputs: NodeInputs, relations: int) -> GraphBatch:
    """Gather inputs and index the edges of a two-hop block."""
    kind = np.searchsorted(inputs.offsets, block.nodes, side="right") - 1
    rows = [np.flatnonzero(kind == at) for at in range(len(inputs.types))]
    size, near = len(block.nodes), block.edge_counts[0]
    src, dst, relation = block.src, block.dst, block.relation
    return GraphBatch(
        inputs=[inputs.gather(at, block.nodes[part]) for at, part in enumerate(rows)],
        rows=[torch.from_numpy(part) for part in rows],
        types=torch.from_numpy(kind.astype(np.int64)),
        outer=pack_edges(src, dst, relation, relations, size),
        inner=pack_edges(src[:near], dst[:near], relation[:near], relations, size),
        reached=block.node_counts[0] + block.node_counts[1],
        drugs=block.node_counts[0],
    )


def isolated_batch(values: Tensor, inputs: NodeInputs, relations: int) -> GraphBatch:
    """Make a batch of drugs that the graph does not know: inputs, no edges."""
    drug, count = inputs.types.index("Drug"), len(values)
    none: NDArray[np.int64] = np.empty(0, np.int64)
    nothing = pack_edges(none, none, none, relations, max(count, 1))
    empty = [torch.zeros(0, width) for width in inputs.widths]
    rows = [torch.empty(0, dtype=torch.int64) for _ in inputs.types]
    empty[drug], rows[drug] = values, torch.arange(count)
    types = torch.full((count,), drug)
    return GraphBatch(empty, rows, types, nothing, nothing, count, count)
