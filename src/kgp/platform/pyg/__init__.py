"""A snapshot for PyTorch Geometric: data, samplers, stores and loaders.

Importing this package imports torch; the snapshot and the sampler never do.
"""

from kgp.errors import MissingExtraError

try:
    from kgp.platform.pyg.edge_features import EdgeFeatures
    from kgp.platform.pyg.epochs import SeedBatch, SeedOrder
    from kgp.platform.pyg.feature_table import FeatureTable
    from kgp.platform.pyg.hetero_data import to_hetero_data
    from kgp.platform.pyg.link_loader import Negatives, link_loader
    from kgp.platform.pyg.loader import BatchContents, node_loader
    from kgp.platform.pyg.prefetch import PrefetchLoader
    from kgp.platform.pyg.sampler import PyGNeighborSampler
    from kgp.platform.pyg.stores import SnapshotFeatureStore, SnapshotGraphStore, remote_stores
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] not in {"torch", "torch_geometric"}:
        raise
    raise MissingExtraError(
        f"PyTorch Geometric is not installed ({error.name} is missing).",
        hint="It belongs to the extra that trains models.",
        command="pip install 'kgp[train]'",
    ) from error

__all__ = [
    "BatchContents",
    "EdgeFeatures",
    "FeatureTable",
    "Negatives",
    "PrefetchLoader",
    "PyGNeighborSampler",
    "SeedBatch",
    "SeedOrder",
    "SnapshotFeatureStore",
    "SnapshotGraphStore",
    "link_loader",
    "node_loader",
    "remote_stores",
    "to_hetero_data",
]
