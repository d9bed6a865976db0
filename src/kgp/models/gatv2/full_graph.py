"""Messages over the whole graph instead of sampled neighbourhoods, for graphs that fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.utils.checkpoint import checkpoint

from kgp.errors import BadInputError
from kgp.models.gatv2.pack import EdgePack, pack_edges
from kgp.platform.pyg.transfer import map_fields

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.models.gatv2.layer import FusedGATv2
    from kgp.platform.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class FullGraph:
    """All edges of a snapshot, in parts of whole relations.

    Args:
        types: int64 [nodes], type of each node.
        packs: the parts; node numbers are the snapshot's.
        order: int64 [edges], where each edge of the snapshot stands in the parts' given order.
    """

    types: Tensor
    packs: tuple[EdgePack, ...]
    order: Tensor

    def to(self, device: torch.device | str) -> FullGraph:
        """Copy to a device."""
        return map_fields(self, lambda part: part.to(device))


def full_graph(snapshot: Snapshot, edges_at_once: int | None = None) -> FullGraph:
    """Index all edges of a snapshot.

    Args:
        snapshot: the exported graph.
        edges_at_once: relations are put together in parts of at most so many edges (a larger
            relation is a part by itself), which bounds the memory of projections; None makes one
            part.
    """
    graph, relations = snapshot.adjacency, len(snapshot.relations)
    src, relation, dst = graph.ends()
    counts = np.bincount(relation, minlength=relations)
    packs, places = [], []
    for first, last in _parts(counts, edges_at_once):
        edges = np.flatnonzero((relation >= first) & (relation < last))
        packs.append(pack_edges(src[edges], dst[edges], relation[edges], relations, graph.nodes))
        places.append(edges)
    order = np.empty(graph.edges, np.int64)
    order[np.concatenate(places)] = np.arange(graph.edges)
    types = snapshot.numbering.type_of(np.arange(graph.nodes))
    return FullGraph(torch.from_numpy(types), tuple(packs), torch.from_numpy(order))


def forward_full(layer: FusedGATv2, states: Tensor, graph: FullGraph) -> tuple[Tensor, Tensor]:
    """Send messages along all edges; equal to the layer on a block sampled with fan-out -1.

    With several parts, what a part keeps for the way back is computed again there.

    Args:
        layer: the layer.
        states: float [nodes, width].
        graph: all edges.

    Returns:
        float [nodes, heads * channels], and the attention of each edge in the snapshot's order.

    Raises:
        BadInputError: if one softmax over all edges of a node is to run in several parts.
    """
    if layer.over == "node" and len(graph.packs) > 1:
        raise BadInputError(
            "One softmax over all edges of a node cannot be computed relation by relation.",
            hint="Make the full graph without edges_at_once, or use a softmax per relation.",
        )
    out, shares, rows = layer.biases(graph.types), [], len(graph.types)
    for pack in graph.packs:
        if len(graph.packs) > 1 and torch.is_grad_enabled():
            arrived, alpha = checkpoint(layer.messages, states, pack, rows, use_reentrant=False)
        else:
            arrived, alpha = layer.messages(states, pack, rows)
        out = out + arrived
        shares.append(alpha.index_select(0, pack.rank))
    return out, torch.cat(shares).index_select(0, graph.order)


def _parts(counts: NDArray[np.int64], edges_at_once: int | None) -> list[tuple[int, int]]:
    """Put consecutive relations together: the first of each part, and the one after its last."""
    if edges_at_once is None:
        return [(0, len(counts))]
    parts, first, held = [], 0, 0
    for relation, count in enumerate(counts.tolist()):
        if held and held + count > edges_at_once:
            parts.append((first, relation))
            first, held = relation, 0
        held += count
    return [*parts, (first, len(counts))]
