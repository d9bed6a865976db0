"""Graph attention over many relations at once, equal to PyG's ``HeteroConv`` of ``GATv2Conv``."""

from kgp.models.gatv2.attention_frame import attention_frame
from kgp.models.gatv2.edge_stage import EdgeStage, Softmax
from kgp.models.gatv2.full_graph import FullGraph, forward_full, full_graph
from kgp.models.gatv2.hetero_conv import from_hetero_conv, to_hetero_conv
from kgp.models.gatv2.layer import FusedGATv2
from kgp.models.gatv2.pack import EdgePack, RelationPairs, pack_edges

__all__ = [
    "EdgePack",
    "EdgeStage",
    "FullGraph",
    "FusedGATv2",
    "RelationPairs",
    "Softmax",
    "attention_frame",
    "forward_full",
    "from_hetero_conv",
    "full_graph",
    "pack_edges",
    "to_hetero_conv",
]
