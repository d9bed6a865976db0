"""The memory-mapped export of one version of the graph."""

from kgp.platform.snapshot.adjacency import Adjacency
from kgp.platform.snapshot.config import SnapshotConfig
from kgp.platform.snapshot.reader import Snapshot
from kgp.platform.snapshot.relation_type import RelationType
from kgp.platform.snapshot.writer import write_snapshot

__all__ = ["Adjacency", "RelationType", "Snapshot", "SnapshotConfig", "write_snapshot"]
