"""GATv2 over all relations at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kgp.models.gatv2.edge_stage import EdgeStage, Softmax, edge_stage
from kgp.models.gatv2.projection import project

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.models.gatv2.pack import EdgePack

SLOPE = 0.2


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
        share_weights: whether V_r is W_r and c_r is b_r.
        slope: of LeakyReLU below 0.
        edge_stage: the form of the attention, see :func:`kgp.models.gatv2.edge_stage.edge_stage`.
    """

    target: Tensor

    def __init__(
        self,
        width: int,
        channels: int,
        heads: int,
        targets: Sequence[int],
        types: int,
        over: Softmax,
        *,
        share_weights: bool = False,
        slope: float = SLOPE,
        edge_stage: EdgeStage = "auto",
    ) -> None:
        super().__init__()
        relations, out = len(targets), heads * channels
        self.heads, self.channels, self.types, self.over = heads, channels, types, over
        self.slope, self.edge_stage, self.share_weights = slope, edge_stage, share_weights
        self.weight_src = nn.Parameter(torch.empty(relations, width, out))
        if not share_weights:
            self.weight_dst = nn.Parameter(torch.empty(relations, width, out))
        self.bias_src = nn.Parameter(torch.zeros(relations, out))
        if not share_weights:
            self.bias_dst = nn.Parameter(torch.zeros(relations, out))
        self.attention = nn.Parameter(torch.empty(relations, heads, channels))
        self.bias = nn.Parameter(torch.zeros(relations, out))
        target = torch.tensor(list(targets), dtype=torch.int64)
        self.register_buffer("target", target, persistent=False)
        self._initialise()

    def _initialise(self) -> None:
        """Draw the weights (Glorot & Bengio 2010, per relation), sources first."""
        _, width, out = self.weight_src.shape
        bound = (6 / (width + out)) ** 0.5
        nn.init.uniform_(self.weight_src, -bound, bound)
        if not self.share_weights:
            nn.init.uniform_(self.weight_dst, -bound, bound)
        bound = (6 / (1 + self.channels)) ** 0.5
        nn.init.uniform_(self.attention, -bound, bound)

    def forward(self, states: Tensor, types: Tensor, pack: EdgePack) -> tuple[Tensor, Tensor]:
        """Send messages.

        Args:
            states: float [nodes, width].
            types: int64 [destinations], type of the nodes that receive; they are the first ones.
            pack: the edges.

        Returns:
            The destinations' new states and the attention of each edge, in the order in which the
            edges were given to the pack.
        """
        arrived, alpha = self.messages(states, pack, len(types))
        return self.biases(types) + arrived, alpha.index_select(0, pack.rank)

    def messages(self, states: Tensor, pack: EdgePack, rows: int) -> tuple[Tensor, Tensor]:
        """Sum what arrives at the first ``rows`` nodes, without the relations' own biases.

        Returns:
            float [rows, heads * channels], and float [edges, heads] in the pack's order.
        """
        shape = (-1, self.heads, self.channels)
        value = project(states, pack.sources, self.weight_src, self.bias_src)
        weight, bias = self.weight_src, self.bias_src
        if not self.share_weights:
            weight, bias = self.weight_dst, self.bias_dst
        query = project(states, pack.slots, weight, bias)
        arrived, alpha = edge_stage(
            self.edge_stage,
            self.over,
            value.view(shape),
            query.view(shape),
            self.attention,
            self.slope,
            pack,
            rows,
        )
        return arrived.flatten(1), alpha

    def biases(self, types: Tensor) -> Tensor:
        """Sum the biases of all relations into each type, which PyG adds even without an edge."""
        bias = self.bias.new_zeros(self.types, self.bias.shape[1])
        return bias.index_add(0, self.target, self.bias).index_select(0, types)
