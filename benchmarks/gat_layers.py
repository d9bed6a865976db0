"""The layers of ``benchmarks.gat`` behind one call: states in, the destinations' states out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.gat_batch import WIDTH, Batch
from kgp.models.gatv2 import EdgeStage, FusedGATv2, to_hetero_conv

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

HEADS, CHANNELS = 4, 64
PYG, TRIMMED = "HeteroConv", "HeteroConv, destinations only"
FUSED: dict[str, EdgeStage] = {
    "fused, plain": "plain",
    "fused, kernel": "kernel",
    "fused, compiled": "compiled",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer and how to call it.

    Args:
        module: its parameters.
        call: float [nodes, width] → float [destinations, width], both in the batch's order.
    """

    module: nn.Module
    call: Callable[[Tensor], Tensor]


def make_layer(name: str, batch: Batch) -> Layer:
    """Build one of the layers; all have the same weights."""
    fused = _fused(batch, FUSED.get(name, "auto"))
    if name in FUSED:
        pack, types = batch.pack(), batch.types
        return Layer(fused, lambda states: fused(states, types, pack)[0])
    return _pyg(batch, fused, trimmed=name == TRIMMED)


def _fused(batch: Batch, form: EdgeStage) -> FusedGATv2:
    torch.manual_seed(0)
    ends = batch.arrays["ends"]
    targets = ends[:, 1].tolist()
    types = int(ends.max()) + 1
    return FusedGATv2(WIDTH, CHANNELS, HEADS, targets, types, "relation", edge_stage=form)


def _pyg(batch: Batch, fused: FusedGATv2, *, trimmed: bool) -> Layer:
    """PyG's layer with the same weights.

    Args:
        batch: the batch.
        fused: the weights.
        trimmed: whether only nodes that receive are projected as destinations, by arguments
            given per edge type.
    """
    kinds = [(f"{a}", f"{number}", f"{b}") for number, (a, b) in enumerate(batch.arrays["ends"])]
    types = [f"{number}" for number in range(fused.types)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # types that only send, which is meant here
        module = to_hetero_conv(fused, types, kinds)
    kind = batch.arrays["kind"]
    rows = {name: np.flatnonzero(kind == int(name)) for name in types}
    local = np.empty(len(kind), np.int64)
    for nodes in rows.values():
        local[nodes] = np.arange(len(nodes))
    receiving = {name: int((nodes < batch.destinations).sum()) for name, nodes in rows.items()}
    index = _edge_index(batch, kinds, local)
    order = {name: torch.from_numpy(nodes) for name, nodes in rows.items()}
    back = np.concatenate([nodes[: receiving[name]] for name, nodes in rows.items()])
    restored = torch.from_numpy(np.argsort(back))

    def call(states: Tensor) -> Tensor:
        parts = {name: states.index_select(0, nodes) for name, nodes in order.items()}
        given: dict[object, object] = dict(parts)
        if trimmed:
            given = {(a, r, b): (parts[a], parts[b][: receiving[b]]) for a, r, b in index}
        found = module(given, index)
        zeros = states.new_zeros(0, WIDTH)
        out = [found.get(name, zeros)[: receiving[name]] for name in order]
        return torch.cat(out).index_select(0, restored)

    return Layer(module, call)


def _edge_index(
    batch: Batch, kinds: list[tuple[str, str, str]], local: np.ndarray
) -> dict[tuple[str, str, str], Tensor]:
    """Edges per edge type; int64 [2, edges] each, in the numbering of their types."""
    index = {}
    ends = np.stack([local[batch.arrays["src"]], local[batch.arrays["dst"]]])
    for number, kind in enumerate(kinds):
        index[kind] = torch.from_numpy(ends[:, batch.arrays["relation"] == number])
    return index
