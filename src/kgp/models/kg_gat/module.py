"""The network: node encoders, two rounds of attention, a head on the drug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from kgp.models.gatv2 import FusedGATv2

if TYPE_CHECKING:
    from kgp.models.kg_gat.batch import GraphBatch
    from kgp.models.kg_gat.config import KgGatConfig


class KgGat(nn.Module):
    """Predicts a drug's response components.

    Each node type has a linear encoder of its input vector and a learned vector of its own, which
    is all that a node without inputs has. Both attention layers add to the state they update, and
    the head also sees the drug's state before any message: a drug without edges is predicted from
    its structure.

    Args:
        config: widths, heads, dropout.
        widths: input width of each node type.
        targets: type number of each relation's destinations.
        components: width of the output.
    """

    def __init__(
        self, config: KgGatConfig, widths: list[int], targets: list[int], components: int
    ) -> None:
        super().__init__()
        hidden, heads = config.hidden, config.heads
        self.encoders = nn.ModuleList(nn.Linear(width, hidden, bias=False) for width in widths)
        self.type_state = nn.Parameter(torch.randn(len(widths), hidden) * 0.1)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in range(3))
        self.layers = nn.ModuleList(
            FusedGATv2(hidden, hidden // heads, heads, targets, len(widths), config.softmax)
            for _ in range(2)
        )
        self.input_dropout = nn.Dropout(config.dropout / 2)
        self.dropout = nn.Dropout(config.dropout)
        last = nn.Linear(hidden, components)
        nn.init.zeros_(last.weight)  # training starts at the mean response
        nn.init.zeros_(last.bias)
        self.head = nn.Sequential(nn.Linear(2 * hidden, hidden), nn.GELU(), self.dropout, last)

    def forward(self, batch: GraphBatch) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Predict.

        Returns:
            float [drugs, components], and the attention of the outer and the inner edges, each
            float [edges, heads].
        """
        start = self._encode(batch)
        outer, inner = self.layers
        near, first = outer(start, batch.types[: batch.reached], batch.outer)
        near = start[: batch.reached] + self._settle(near, 1)
        drug, second = inner(near, batch.types[: batch.drugs], batch.inner)
        drug = near[: batch.drugs] + self._settle(drug, 2)
        return self.head(torch.cat([drug, start[: batch.drugs]], dim=1)), (first, second)

    def _encode(self, batch: GraphBatch) -> Tensor:
        state = self.type_state.index_select(0, batch.types)
        for encoder, values, rows in zip(self.encoders, batch.inputs, batch.rows, strict=True):
            if values.numel():
                state = state.index_add(0, rows, encoder(self.input_dropout(values.float())))
        return self._settle(state, 0)

    def _settle(self, state: Tensor, number: int) -> Tensor:
        settled: Tensor = self.dropout(nn.functional.gelu(self.norms[number](state)))
        return settled
