"""A snapshot as plain PyG data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch_geometric.data import HeteroData

from kgp.platform.pyg.columns import edge_type, relation_edges
from kgp.platform.pyg.edge_features import EdgeFeatures

if TYPE_CHECKING:
    from kgp.platform.snapshot import Snapshot


def to_hetero_data(
    snapshot: Snapshot, *, vectors: bool = True, edge_features: EdgeFeatures | None = None
) -> HeteroData:
    """Copy a snapshot into plain PyG data.

    Each node type has ``num_nodes``, and for every vector set that covers it ``<set>`` (float16
    [nodes, dimension]) and ``<set>_mask`` (bool [nodes]). Each edge type has ``edge_index``
    (int64 [2, edges], in the order of the fused adjacency), ``edge_position`` (int64 [edges], the
    row in the adjacency) and the features asked for; by default ``edge_sign`` (int8 [edges]) in a
    graph with signed relations.

    Args:
        snapshot: the exported graph.
        vectors: copy the vector sets too.
        edge_features: what to copy per edge.
    """
    data = HeteroData()
    features = edge_features or EdgeFeatures(snapshot)
    for node_type in snapshot.numbering.types:
        first, end = snapshot.numbering.span(node_type)
        data[node_type].num_nodes = end - first
        for name in snapshot.vector_sets if vectors else ():
            _copy_vectors(data, snapshot, name, node_type)
    for number, kind in enumerate(snapshot.relations):
        edges, store = relation_edges(snapshot, number), data[edge_type(kind)]
        store.edge_index = torch.from_numpy(np.stack([edges.src, edges.dst]))
        store.edge_position = torch.from_numpy(edges.position)
        for name, values in features.take(edges.position).items():
            store[name] = values
    return data


def _copy_vectors(data: HeteroData, snapshot: Snapshot, name: str, node_type: str) -> None:
    array = snapshot.vectors(name)
    if array.node_type not in {"", node_type}:
        return
    first, end = (row - array.first for row in snapshot.numbering.span(node_type))
    data[node_type][name] = torch.from_numpy(np.array(array.values[first:end]))
    data[node_type][f"{name}_mask"] = torch.from_numpy(np.array(array.mask[first:end]))
