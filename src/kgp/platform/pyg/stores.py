"""PyG's remote back ends over the memory map: ``NodeLoader((features, graph), sampler, ...)``.

Nothing is copied but what a batch asks for. PyG's loaders ask a remote back end for no edge
features; :meth:`SnapshotFeatureStore.attach_edges`, given as their ``transform``, attaches them by
each edge's own id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch_geometric.data import EdgeAttr, FeatureStore, GraphStore, TensorAttr
from torch_geometric.data.graph_store import EdgeLayout

from kgp.errors import BadInputError, unknown
from kgp.platform.pyg.columns import check_node_type, edge_type, relation_edges, relation_number
from kgp.platform.pyg.edge_features import EdgeFeatures, check_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor
    from torch_geometric.data import HeteroData

    from kgp.platform.snapshot import Snapshot

MASK = "_mask"
POSITION = "edge_position"


def remote_stores(
    snapshot: Snapshot,
    edge_features: EdgeFeatures | None = None,
    vectors: Sequence[str] | None = None,
) -> tuple[SnapshotFeatureStore, SnapshotGraphStore]:
    """Return the pair that PyG's loaders take in place of data."""
    return SnapshotFeatureStore(snapshot, edge_features, vectors), SnapshotGraphStore(snapshot)


class SnapshotFeatureStore(FeatureStore):  # type: ignore[misc]  # PyG ships no annotations
    """Vector sets by (node type, set), their masks as ``<set>_mask``, edge features by edge type.

    Tensors of the user's own (labels, say) may be put beside them; they stay in memory.

    Args:
        snapshot: the exported graph.
        edge_features: what is known of each edge; by default its sign where relations are signed.
        vectors: names of vector sets; None takes all.

    Raises:
        BadInputError: for an unknown vector set.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        edge_features: EdgeFeatures | None = None,
        vectors: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.snapshot = snapshot
        names = snapshot.vector_sets if vectors is None else vectors
        self._vectors = {name: snapshot.vectors(name).node_type for name in names}
        self.edge_features = edge_features or EdgeFeatures(snapshot)
        self._own: dict[tuple[Any, str], NDArray[Any]] = {}
        self._positions: dict[Any, NDArray[np.int64]] = {}

    def attach_edges(self, batch: HeteroData) -> HeteroData:
        """Attach ``edge_position`` and all edge features to a batch, by its ``e_id``."""
        for key in batch.edge_types:
            store = batch[key]
            position = np.take(self._position(key), store.e_id.numpy())
            store[POSITION] = torch.from_numpy(position)
            for name, values in self.edge_features.take(position).items():
                store[name] = values
        return batch

    def get_all_tensor_attrs(self) -> list[TensorAttr]:
        """List every tensor: of nodes, of edges, and the user's own."""
        nodes = [
            TensorAttr(node_type, f"{name}{ending}")
            for name in self._vectors
            for node_type in self._covered(name)
            for ending in ("", MASK)
        ]
        edges = [
            TensorAttr(edge_type(kind), name)
            for kind in self.snapshot.relations
            for name in (POSITION, *self.edge_features.arrays)
        ]
        return [*nodes, *edges, *(TensorAttr(*key) for key in self._own)]

    def _covered(self, name: str) -> tuple[str, ...]:
        of_type = self._vectors[name]
        types = self.snapshot.numbering.types
        return types if not of_type else (of_type,) if of_type in types else ()

    def _rows(self, attr: TensorAttr) -> tuple[NDArray[Any], NDArray[np.int64] | slice]:
        """Return the array that holds a tensor, and which of its rows are the tensor."""
        group, name = attr.group_name, str(attr.attr_name)
        if (group, name) in self._own:
            return self._own[group, name], slice(None)
        if isinstance(group, tuple):
            position = self._position(group)
            if name == POSITION:
                return position, slice(None)
            return self.edge_features.of(name), position
        check_node_type(self.snapshot, group)
        base = name if name in self._vectors else name.removesuffix(MASK)
        if base not in self._vectors or group not in self._covered(base):
            known = [a.attr_name for a in self.get_all_tensor_attrs() if a.group_name == group]
            raise BadInputError(unknown(f"feature of {group}", name, known, command="kgp embed"))
        array = self.snapshot.vectors(base)
        first, end = (row - array.first for row in self.snapshot.numbering.span(group))
        return (array.values if base == name else array.mask), slice(first, end)

    def _position(self, key: Any) -> NDArray[np.int64]:
        if key not in self._positions:
            number = relation_number(self.snapshot, key)
            self._positions[key] = relation_edges(self.snapshot, number).position
        return self._positions[key]

    def _get_tensor(self, attr: TensorAttr) -> Tensor:
        values, rows = self._rows(attr)
        index = _index(attr.index)
        if isinstance(rows, slice):
            return _tensor(values[rows][index])
        return _tensor(values[rows[index]])

    def _get_tensor_size(self, attr: TensorAttr) -> tuple[int, ...]:
        values, rows = self._rows(attr)
        count = len(values[rows]) if isinstance(rows, slice) else len(rows)
        return count, *values.shape[1:]

    def _put_tensor(self, tensor: Any, attr: TensorAttr) -> bool:
        """Keep a tensor of the user's own beside the snapshot, which never changes."""
        group, name = attr.group_name, str(attr.attr_name)
        if attr.index is not None:
            raise BadInputError(
                f"{name!r} can only be put as a whole.", hint="Give it with index=None."
            )
        if any((a.group_name, a.attr_name) == (group, name) for a in self.get_all_tensor_attrs()):
            raise BadInputError(f"The feature {name!r} of {group} is there already.")
        if isinstance(group, tuple):
            rows = len(self._position(group))
        else:
            first, end = self.snapshot.numbering.span(check_node_type(self.snapshot, group))
            rows = end - first
        self._own[group, name] = check_rows(name, np.asarray(tensor), rows, f"rows of {group}")
        return True

    def _remove_tensor(self, attr: TensorAttr) -> bool:
        """Remove a tensor of the user's own; say whether there was one."""
        return self._own.pop((attr.group_name, str(attr.attr_name)), None) is not None


class SnapshotGraphStore(GraphStore):  # type: ignore[misc]  # PyG ships no annotations
    """The edges of each edge type, sorted by destination: in COO, or in CSC when asked for.

    Args:
        snapshot: the exported graph.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__()
        self.snapshot = snapshot

    def get_all_edge_attrs(self) -> list[EdgeAttr]:
        """List every edge type, with the numbers of nodes at its ends."""
        span = self.snapshot.numbering.span
        found = []
        for kind in self.snapshot.relations:
            rows, columns = (len(range(*span(name))) for name in (kind.source, kind.target))
            found.append(EdgeAttr(edge_type(kind), EdgeLayout.COO, True, (rows, columns)))
        return found

    def _get_edge_index(self, attr: EdgeAttr) -> tuple[Tensor, Tensor] | None:
        number = relation_number(self.snapshot, attr.edge_type)
        if attr.layout == EdgeLayout.CSR:  # PyG sorts the COO form itself where it needs this one
            return None
        edges = relation_edges(self.snapshot, number)
        row, col = torch.from_numpy(edges.src), torch.from_numpy(edges.dst)
        if attr.layout == EdgeLayout.COO:
            return row, col
        first, end = self.snapshot.numbering.span(attr.edge_type[2])
        pointer = torch.searchsorted(col, torch.arange(end - first + 1))
        return row, pointer

    def _put_edge_index(self, edge_index: Any, edge_attr: EdgeAttr) -> bool:
        raise _fixed()

    def _remove_edge_index(self, edge_attr: EdgeAttr) -> bool:
        raise _fixed()


def _fixed() -> BadInputError:
    return BadInputError(
        "The edges of a snapshot do not change.",
        hint="Load edges into the store and export it again.",
        command="kgp snapshot --help",
    )


def _index(index: Any) -> Any:
    """Return an index of PyG's as numpy takes it; all rows for None."""
    if index is None:
        return slice(None)
    return index.cpu().numpy() if isinstance(index, torch.Tensor) else index


def _tensor(values: Any) -> Tensor:
    """Return a tensor that owns its memory; what lies in the memory map is copied."""
    return torch.from_numpy(np.require(values, requirements=["O", "W"]))
