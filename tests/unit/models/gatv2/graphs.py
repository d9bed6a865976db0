"""Small heterogeneous graphs, drawn or by hand, for kgp's layer and for PyG's."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Tensor

from kgp.models.gatv2 import EdgePack, EdgeStage, FusedGATv2, Softmax, pack_edges, to_hetero_conv

if TYPE_CHECKING:
    from torch_geometric.nn import HeteroConv

WIDTH, CHANNELS, HEADS = 5, 3, 2


@dataclass(frozen=True)
class Graph:
    """Nodes numbered type by type, edges with relations between two types each."""

    sizes: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    src: np.ndarray
    dst: np.ndarray
    relation: np.ndarray

    @property
    def types(self) -> Tensor:
        return torch.repeat_interleave(torch.arange(len(self.sizes)), torch.tensor(self.sizes))

    @property
    def names(self) -> list[str]:
        return [f"t{number}" for number in range(len(self.sizes))]

    @property
    def kinds(self) -> list[tuple[str, str, str]]:
        return [(f"t{a}", f"r{number}", f"t{b}") for number, (a, b) in enumerate(self.ends)]

    @property
    def pack(self) -> EdgePack:
        return pack_edges(self.src, self.dst, self.relation, len(self.ends), sum(self.sizes))

    def states(self, seed: int = 0) -> Tensor:
        made = torch.Generator().manual_seed(seed)
        return torch.randn(sum(self.sizes), WIDTH, dtype=torch.float64, generator=made)

    def layer(
        self,
        over: Softmax = "relation",
        form: EdgeStage = "auto",
        share_weights: bool = False,
        seed: int = 0,
    ) -> FusedGATv2:
        torch.manual_seed(seed)
        targets = [target for _, target in self.ends]
        built = FusedGATv2(
            WIDTH,
            CHANNELS,
            HEADS,
            targets,
            len(self.sizes),
            over,
            share_weights=share_weights,
            edge_stage=form,
        ).double()
        for name, parameter in built.named_parameters():
            if name.startswith("bias"):
                torch.nn.init.normal_(parameter)
        return built

    def pyg(self, layer: FusedGATv2) -> HeteroConv:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # types that only send
            return to_hetero_conv(layer, self.names, self.kinds)

    def by_pyg(self, conv: HeteroConv, states: Tensor) -> Tensor:
        """Run PyG's layer; types that nothing arrives at get zeros, as in kgp's."""
        start = np.concatenate([[0], np.cumsum(self.sizes)])
        spans = zip(self.names, start[:-1], start[1:], strict=True)
        parts = {name: states[first:last] for name, first, last in spans}
        index = {}
        for number, ((source, target), kind) in enumerate(zip(self.ends, self.kinds, strict=True)):
            rows = self.relation == number
            pair = np.stack([self.src[rows] - start[source], self.dst[rows] - start[target]])
            index[kind] = torch.from_numpy(pair)
        found = conv(parts, index)
        zeros = states.new_zeros(1, HEADS * CHANNELS)
        return torch.cat([found.get(name, zeros.expand(len(parts[name]), -1)) for name in parts])


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Graphs with empty relations, self loops, isolated nodes and repeated edges."""
    sizes = tuple(draw(st.lists(st.integers(1, 6), min_size=1, max_size=3)))
    kind = st.integers(0, len(sizes) - 1)
    ends = tuple(draw(st.lists(st.tuples(kind, kind), min_size=1, max_size=4)))
    start = np.concatenate([[0], np.cumsum(sizes)])
    edges: list[tuple[int, int, int]] = []
    for number, (source, target) in enumerate(ends):
        one = st.tuples(st.integers(0, sizes[source] - 1), st.integers(0, sizes[target] - 1))
        for a, b in draw(st.lists(one, max_size=10)):
            edges.append((int(start[source]) + a, int(start[target]) + b, number))
    table = np.array(draw(st.permutations(edges)), np.int64).reshape(-1, 3)
    return Graph(sizes, ends, *table.T)


def example() -> Graph:
    """Two types, four relations of which the last has no edge; a hub, a self loop, a repeat."""
    src = np.array([0, 1, 2, 2, 3, 4, 5, 6, 6, 9, 8, 7])
    dst = np.array([5, 5, 5, 5, 6, 9, 0, 0, 3, 9, 9, 5])
    relation = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2])
    shuffled = np.random.default_rng(0).permutation(len(src))
    ends = ((0, 1), (1, 0), (1, 1), (0, 1))
    return Graph((5, 5), ends, src[shuffled], dst[shuffled], relation[shuffled])
