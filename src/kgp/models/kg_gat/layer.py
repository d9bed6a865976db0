"""GATv2 over all relations at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch_geometric.utils import softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.kg_gat.config import Softmax

SLOPE = 0.2


@dataclass(frozen=True, slots=True)
class EdgePack:
    """Edges of one layer, indexed so that each node is projected once per relation it needs.

    Args:
        src_node: int64 [source pairs], node of each distinct (relation, source).
        src_count: source pairs of each relation, in the order of the relations.
        dst_node: int64 [slots], node of each distinct (relation, destination).
        dst_count: slots of each relation.
        src_pair: int64 [edges], source pair of each edge.
        slot: int64 [edges], slot of each edge.
        dst: int64 [edges], destination of each edge.
        relation: int64 [edges], relation of each edge.
    """

    src_node: Tensor
    src_count: list[int]
    dst_node: Tensor
    dst_count: list[int]
    src_pair: Tensor
    slot: Tensor
    dst: Tensor
    relation: Tensor


def pack_edges(
    src: NDArray[np.integer],
    dst: NDArray[np.integer],
    relation: NDArray[np.integer],
    relations: int,
    nodes: int,
) -> EdgePack:
    """Index the edges of one layer; ``src`` and ``dst`` are local node numbers below ``nodes``."""
    src_node, src_count, src_pair = _pairs(src, relation, relations, nodes)
    dst_node, dst_count, slot = _pairs(dst, relation, relations, nodes)
    return EdgePack(
        src_node,
        src_count,
        dst_node,
        dst_count,
        src_pair,
        slot,
        torch.from_numpy(dst.astype(np.int64)),
        torch.from_numpy(relation.astype(np.int64)),
    )


def _pairs(
    node: NDArray[np.integer], relation: NDArray[np.integer], relations: int, nodes: int
) -> tuple[Tensor, list[int], Tensor]:
    code, inverse = np.unique(relation.astype(np.int64) * nodes + node, return_inverse=True)
    count = np.bincount(code // nodes, minlength=relations).tolist()
    return torch.from_numpy(code % nodes), count, torch.from_numpy(inverse)


class FusedGATv2(nn.Module):
    """One GATv2 layer with weights per relation (Brody et al. 2022, arXiv:2105.14491).

    For an edge j → i of relation r and each head,
        e_ij = a_r · LeakyReLU(W_r x_j + b_r + V_r x_i + c_r),
        alpha_ij = softmax of e_ij over the edges of its group,
        out_i = sum_ij alpha_ij (W_r x_j + b_r) + sum_r d_r over the relations into i's type.
    The group is i's edges of relation r (``relation``: equal to PyG's
    ``HeteroConv({r: GATv2Conv}, aggr="sum")``) or all edges into i (``node``).

    Shapes: states float [nodes, width in]; out float [destinations, heads * channels];
    attention float [edges, heads].

    Args:
        width: width of the incoming states.
        channels: width per head.
        heads: attention heads.
        targets: type number of each relation's destinations.
        types: number of node types.
        over: the softmax's group.
    """

    target: Tensor

    def __init__(
        self, width: int, channels: int, heads: int, targets: list[int], types: int, over: Softmax
    ) -> None:
        super().__init__()
        relations, out = len(targets), heads * channels
        self.heads, self.channels, self.types, self.over = heads, channels, types, over
        self.weight_src = nn.Parameter(torch.empty(relations, width, out))
        self.weight_dst = nn.Parameter(torch.empty(relations, width, out))
        self.bias_src = nn.Parameter(torch.zeros(relations, out))
        self.bias_dst = nn.Parameter(torch.zeros(relations, out))
        self.attention = nn.Parameter(torch.empty(relations, heads, channels))
        self.bias = nn.Parameter(torch.zeros(relations, out))
        self.register_buffer("target", torch.tensor(targets, dtype=torch.int64), persistent=False)
        bound = (6 / (width + out)) ** 0.5  # Glorot & Bengio 2010, per relation
        for parameter, reach in (
            (self.weight_src, bound),
            (self.weight_dst, bound),
            (self.attention, (6 / (1 + channels)) ** 0.5),
        ):
            nn.init.uniform_(parameter, -reach, reach)

    def forward(self, states: Tensor, types: Tensor, pack: EdgePack) -> tuple[Tensor, Tensor]:
        """Send messages.

        Args:
            states: float [nodes, width].
            types: int64 [destinations], type of the nodes that receive; they are the first ones.
            pack: the edges.

        Returns:
            The destinations' new states and the attention of each edge.
        """
        source = _project(states, pack.src_node, pack.src_count, self.weight_src, self.bias_src)
        query = _project(states, pack.dst_node, pack.dst_count, self.weight_dst, self.bias_dst)
        value = source.index_select(0, pack.src_pair).view(-1, self.heads, self.channels)
        query = query.index_select(0, pack.slot).view(-1, self.heads, self.channels)
        hidden = nn.functional.leaky_relu(value + query, SLOPE)
        logit = (hidden * self.attention.index_select(0, pack.relation)).sum(-1)
        group, groups = pack.dst, len(types)
        if self.over == "relation":
            group, groups = pack.slot, len(pack.dst_node)
        alpha: Tensor = softmax(logit, group, num_nodes=groups)
        message = (value * alpha.unsqueeze(-1)).flatten(1)
        bias = self.bias.new_zeros(self.types, self.bias.shape[1])
        out = bias.index_add(0, self.target, self.bias).index_select(0, types)
        return out.index_add(0, pack.dst, message), alpha


def _project(
    states: Tensor, nodes: Tensor, counts: list[int], weight: Tensor, bias: Tensor
) -> Tensor:
    """Multiply each pair's node state by its relation's matrix: float [pairs, out].

    ``split`` and ``unbind`` and not indexing in the loop, whose backward pass would fill one
    full-size tensor per relation.
    """
    parts = torch.split(states.index_select(0, nodes), counts)
    rows = zip(parts, weight.unbind(), bias.unbind(), strict=True)
    return torch.cat([torch.addmm(b, part, w) for part, w, b in rows if len(part)] or [bias[:0]])
