"""The sampler that one would write first: in torch, one relation after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

EdgeType = tuple[str, str, str]


class NaiveSampler:
    """Uniform sampling without replacement, with a compressed column for each edge type.

    Args:
        data: with ``edge_index`` for each edge type.
        fan_outs: neighbours per node and relation, hop by hop.
    """

    def __init__(self, data: HeteroData, fan_outs: tuple[int, ...]) -> None:
        self.fan_outs = fan_outs
        self.counts = {name: int(data[name].num_nodes) for name in data.node_types}
        self.columns: dict[EdgeType, tuple[torch.Tensor, torch.Tensor]] = {}
        for kind in data.edge_types:
            row, col = data[kind].edge_index
            order = torch.argsort(col, stable=True)
            degree = torch.bincount(col, minlength=self.counts[kind[2]])
            ptr = torch.cat([torch.zeros(1, dtype=torch.long), degree.cumsum(0)])
            self.columns[kind] = ptr, row[order].contiguous()

    def sample(
        self, node_type: str, seeds: torch.Tensor
    ) -> tuple[dict[str, torch.Tensor], dict[EdgeType, torch.Tensor]]:
        """Sample around nodes of one type.

        Returns:
            Nodes of each type, and for each edge type int64 [2, edges] local numbers.
        """
        local = {name: torch.full((n,), -1) for name, n in self.counts.items()}
        nodes = {name: torch.empty(0, dtype=torch.long) for name in self.counts}
        frontier = {name: nodes[name] for name in self.counts} | {node_type: seeds}
        nodes[node_type] = seeds
        local[node_type][seeds] = torch.arange(len(seeds))
        edges: dict[EdgeType, list[torch.Tensor]] = {kind: [] for kind in self.columns}
        for fan_out in self.fan_outs:
            found: dict[str, list[torch.Tensor]] = {name: [] for name in self.counts}
            for (source, name, target), (ptr, row) in self.columns.items():
                if not len(frontier[target]):
                    continue
                at, dst = _draw(ptr, frontier[target], fan_out)
                src = row[at]
                new = torch.unique(src[local[source][src] < 0])
                local[source][new] = torch.arange(len(new)) + len(nodes[source])
                nodes[source] = torch.cat([nodes[source], new])
                found[source].append(new)
                pair = torch.stack([local[source][src], local[target][dst]])
                edges[source, name, target].append(pair)
            frontier = {
                name: torch.cat(parts) if parts else nodes[name][:0]
                for name, parts in found.items()
            }
        empty = torch.empty((2, 0), dtype=torch.long)
        return nodes, {kind: torch.cat([empty, *parts], 1) for kind, parts in edges.items()}


def _draw(
    ptr: torch.Tensor, nodes: torch.Tensor, fan_out: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Draw positions by Floyd's algorithm, one draw for all nodes at a time."""
    start = ptr[nodes]
    degree = ptr[nodes + 1] - start
    small = degree <= fan_out
    count = degree[small]
    owner = torch.repeat_interleave(count)
    whole = torch.arange(len(owner)) - (count.cumsum(0) - count)[owner] + start[small][owner]
    start, degree, large = start[~small], degree[~small], nodes[~small]
    chosen = torch.empty((fan_out, len(large)), dtype=torch.long)
    for at in range(fan_out):
        last = degree - fan_out + at
        pick = (torch.rand(len(large), dtype=torch.float64) * (last + 1)).long()
        chosen[at] = torch.where((chosen[:at] == pick).any(0), last, pick)
    drawn = (chosen + start).flatten()
    return torch.cat([whole, drawn]), torch.cat([nodes[small][owner], large.repeat(fan_out)])
