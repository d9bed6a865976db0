"""A snapshot for PyTorch Geometric: ``HeteroData``, and our sampler under ``NodeLoader``.

Importing this module imports torch; the snapshot and the sampler never do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError, MissingExtraError
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

try:
    import torch
    from torch_geometric.data import HeteroData
    from torch_geometric.sampler import BaseSampler, HeteroSamplerOutput
except ImportError as error:
    raise MissingExtraError(
        f"PyTorch Geometric is not installed ({error.name} is missing).",
        hint="It belongs to the extra that trains models.",
        command="pip install 'kgp[train]'",
    ) from error

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch_geometric.sampler import NodeSamplerInput

    from kgp.platform.sampler import FusedBlock
    from kgp.platform.snapshot import Snapshot


def to_hetero_data(snapshot: Snapshot, *, vectors: bool = True) -> HeteroData:
    """Copy a snapshot into plain PyG data.

    Each node type has ``num_nodes``, and for every vector set that covers it ``<set>`` (float16
    [nodes, dimension]) and ``<set>_mask`` (bool [nodes]). Each edge type has ``edge_index``
    (int64 [2, edges], in the order of the fused adjacency), ``edge_position`` (int64 [edges], the
    row in the adjacency) and, in a graph with signed relations, ``edge_sign`` (int8 [edges]).

    Args:
        snapshot: the exported graph.
        vectors: copy the vector sets too.
    """
    data = HeteroData()
    graph, offsets = snapshot.adjacency, snapshot.numbering.offsets
    for node_type in snapshot.numbering.types:
        first, end = snapshot.numbering.span(node_type)
        data[node_type].num_nodes = end - first
        for name in snapshot.vector_sets if vectors else ():
            _copy_vectors(data, snapshot, name, node_type)
    slot = graph.edge_slot()
    dst, relation = graph.slot_dst()[slot], graph.slot_relation[slot]
    for number, kind in enumerate(snapshot.relations):
        rows = np.flatnonzero(relation == number)
        key = (kind.source, kind.name, kind.target)
        ends = (snapshot.numbering.types.index(name) for name in (kind.source, kind.target))
        source, target = (int(offsets[at]) for at in ends)
        pair = np.stack([graph.src[rows] - source, dst[rows] - target]).astype(np.int64)
        data[key].edge_index = torch.from_numpy(pair)
        data[key].edge_position = torch.from_numpy(rows)
        if len(graph.sign):
            data[key].edge_sign = torch.from_numpy(graph.sign[rows])
    return data


def _copy_vectors(data: HeteroData, snapshot: Snapshot, name: str, node_type: str) -> None:
    array = snapshot.vectors(name)
    if array.node_type not in {"", node_type}:
        return
    first, end = (row - array.first for row in snapshot.numbering.span(node_type))
    data[node_type][name] = torch.from_numpy(np.array(array.values[first:end]))
    data[node_type][f"{name}_mask"] = torch.from_numpy(np.array(array.mask[first:end]))


class PyGNeighborSampler(BaseSampler):  # type: ignore[misc]  # PyG ships no annotations
    """Our sampler behind PyG's interface: ``NodeLoader(data, PyGNeighborSampler(...), ...)``.

    Edge ids in its output are columns of ``to_hetero_data``'s ``edge_index``, so that PyG attaches
    the right edge attributes.

    Args:
        snapshot: the exported graph.
        config: fan-outs and seed.
    """

    def __init__(self, snapshot: Snapshot, config: SamplerConfig) -> None:
        self.snapshot = snapshot
        self.sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, config)
        self._column = _column_in_relation(snapshot)
        self.epoch = 0

    def sample_from_nodes(self, index: NodeSamplerInput, **_unused: Any) -> HeteroSamplerOutput:
        """Sample around nodes of one type; PyG calls this once per batch."""
        first, _ = self.snapshot.numbering.span(str(index.input_type))
        block = self.sampler.sample(index.node.numpy() + first, self.epoch)
        output = self._split(block)
        output.metadata = (index.input_id, index.time)
        return output

    def sample_from_edges(self, index: Any, **_unused: Any) -> HeteroSamplerOutput:
        """Refuse: links are not sampled by this adapter.

        Raises:
            BadInputError: always.
        """
        raise BadInputError(
            "Sampling around links is not offered here.",
            hint="Use NodeLoader with the links' end nodes as input nodes.",
        )

    def _split(self, block: FusedBlock) -> HeteroSamplerOutput:
        """Divide a fused block into PyG's dictionaries by node and edge type."""
        numbering = self.snapshot.numbering
        kind = numbering.type_of(block.nodes)
        local = np.empty(len(block.nodes), np.int64)
        node, per_hop = {}, _hop_of(block.node_counts)
        counts: dict[str, list[int]] = {}
        for at, name in enumerate(numbering.types):
            rows = np.flatnonzero(kind == at)
            local[rows] = np.arange(len(rows))
            node[name] = torch.from_numpy(block.nodes[rows] - numbering.offsets[at])
            counts[name] = np.bincount(per_hop[rows], minlength=len(block.node_counts)).tolist()
        row, col, edge, edge_counts = {}, {}, {}, {}
        edge_hop = _hop_of(block.edge_counts)
        for number, relation in enumerate(self.snapshot.relations):
            rows = np.flatnonzero(block.relation == number)
            key = (relation.source, relation.name, relation.target)
            row[key] = torch.from_numpy(local[block.src[rows]])
            col[key] = torch.from_numpy(local[block.dst[rows]])
            edge[key] = torch.from_numpy(self._column[block.position[rows]].astype(np.int64))
            hops = np.bincount(edge_hop[rows], minlength=len(block.edge_counts))
            edge_counts[key] = hops.tolist()
        return HeteroSamplerOutput(node, row, col, edge, None, counts, edge_counts)


def _hop_of(counts: tuple[int, ...]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(counts)), counts)


def _column_in_relation(snapshot: Snapshot) -> NDArray[np.int32]:
    """Return each edge's column within its own relation: int32 [edges]."""
    graph = snapshot.adjacency
    relation = graph.slot_relation[graph.edge_slot()]
    order = np.argsort(relation, kind="stable")
    counts = np.bincount(relation, minlength=len(snapshot.relations))
    column = np.empty(graph.edges, np.int32)
    column[order] = np.arange(graph.edges) - np.repeat(np.cumsum(counts) - counts, counts)
    return column
