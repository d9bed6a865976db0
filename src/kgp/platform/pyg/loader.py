"""Our own loader: ``HeteroData`` batches with every edge's own features.

It gives what PyG's ``NodeLoader`` gives, under the same names, and works from the memory map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch_geometric.data import HeteroData

from kgp.errors import BadInputError
from kgp.platform.pyg.columns import check_node_type
from kgp.platform.pyg.edge_features import EdgeFeatures
from kgp.platform.pyg.epochs import SeedBatch, SeedOrder
from kgp.platform.pyg.feature_table import FeatureTable
from kgp.platform.pyg.prefetch import PrefetchLoader
from kgp.platform.pyg.typed import BlockDivider
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray
    from torch import Tensor

    from kgp.platform.pyg.typed import TypedBlock
    from kgp.platform.snapshot import Snapshot


class BatchContents:
    """What a batch holds, and how it is filled.

    Per node type: ``n_id`` (int64 [nodes], number within the type), ``num_nodes``,
    ``num_sampled_nodes``, and of every vector set that covers it ``<set>`` (float16 [nodes,
    dimension]) with ``<set>_mask`` (bool [nodes]). Per edge type: ``edge_index`` (int64 [2,
    edges]), ``e_id`` (int64 [edges], column in ``to_hetero_data``'s ``edge_index``),
    ``edge_position`` (int64 [edges], row in the adjacency), ``num_sampled_edges`` and all edge
    features. Every type of the graph has its entry in every batch.

    Args:
        snapshot: the exported graph.
        config: fan-outs and seed.
        vectors: names of vector sets; None takes all.
        edge_features: what is known of each edge; by default its sign where relations are signed.
        device: where the batches go.
        resident: hold the vectors on the device; None decides for each set by the free memory.
        transform: the last step in the background; it sees all but resident vectors.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        config: SamplerConfig,
        *,
        vectors: Sequence[str] | None = None,
        edge_features: EdgeFeatures | None = None,
        device: torch.device | str = "cpu",
        resident: bool | None = None,
        transform: Callable[[HeteroData], HeteroData] | None = None,
    ) -> None:
        self.snapshot, self.config, self.device = snapshot, config, torch.device(device)
        self.transform = transform
        self._edges = edge_features or EdgeFeatures(snapshot)
        self._sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, config)
        self._divider = BlockDivider(snapshot)
        names = snapshot.vector_sets if vectors is None else vectors
        self._vectors = [
            _VectorTables(snapshot, name, self.device, resident) for name in dict.fromkeys(names)
        ]

    def sample(
        self, seeds: NDArray[np.int64], epoch: int, leave_out: NDArray[np.int64] | None = None
    ) -> HeteroData:
        """Sample around seeds (global numbers, each once) and gather what lies on the host."""
        block = self._sampler.sample(seeds, epoch, exclude=leave_out)
        data, typed = HeteroData(), self._divider.divide(block)
        for name, nodes in typed.nodes.items():
            store = data[name]
            store.n_id, store.num_nodes = nodes, len(nodes)
            store.num_sampled_nodes = typed.node_counts[name]
        for key, pair in typed.edge_index.items():
            store = data[key]
            store.edge_index, store.e_id = pair, typed.columns[key]
            store.num_sampled_edges = typed.edge_counts[key]
        self._attach_edges(data, typed)
        for tables in self._vectors:
            if not tables.resident:
                tables.attach(data)
        return data

    def _attach_edges(self, data: HeteroData, typed: TypedBlock) -> None:
        """Gather each feature once for all edge types and hand out the parts."""
        features = self._edges.take(typed.positions)
        features["edge_position"] = torch.from_numpy(typed.positions)
        for name, values in features.items():
            for key, part in zip(typed.columns, torch.split(values, typed.sizes), strict=True):
                data[key][name] = part

    def finish(self, data: HeteroData) -> HeteroData:
        """Gather what lives on the device; called when the batch is there."""
        for tables in self._vectors:
            if tables.resident:
                tables.attach(data)
        return data

    def loader(
        self, order: SeedOrder, make: Callable[[SeedBatch], HeteroData], threads: int
    ) -> PrefetchLoader[HeteroData]:
        """Return a loader of batches that ``make`` samples."""
        transform = self.transform

        def whole(batch: SeedBatch) -> HeteroData:
            data = make(batch)
            return data if transform is None else transform(data)

        return PrefetchLoader(
            order,
            whole,
            threads=threads,
            device=self.device,
            finish=self.finish,
            identity=self.identity(),
        )

    def identity(self) -> dict[str, str]:
        """Return what a batch depends on besides its seeds."""
        return {
            "snapshot": self.snapshot.hash,
            "fan_outs": str(list(self.config.fan_outs)),
            "hub_cap": str(self.config.hub_cap),
        }


class _VectorTables:
    """One vector set: its vectors and its mask, gathered for the node types that it covers."""

    def __init__(
        self, snapshot: Snapshot, name: str, device: torch.device, resident: bool | None
    ) -> None:
        self.name = name
        array, numbering = snapshot.vectors(name), snapshot.numbering
        self._values = FeatureTable(array.values, device=device, resident=resident)
        self._mask = FeatureTable(array.mask, device=device, resident=self._values.resident)
        covered = [name for name in numbering.types if array.node_type in {"", name}]
        self._shift = {name: numbering.span(name)[0] - array.first for name in covered}

    @property
    def resident(self) -> bool:
        """Whether the vectors live on the device."""
        return self._values.resident

    def attach(self, data: HeteroData) -> None:
        """Attach vectors and mask of a batch's nodes."""
        for node_type, shift in self._shift.items():
            rows: Tensor = data[node_type].n_id + shift
            data[node_type][self.name] = self._values.gather(rows)
            data[node_type][f"{self.name}_mask"] = self._mask.gather(rows)


def node_loader(
    contents: BatchContents,
    input_nodes: str | tuple[str, ArrayLike],
    *,
    batch_size: int,
    shuffle: bool = True,
    drop_last: bool = False,
    threads: int = 1,
    rank: int = 0,
    ranks: int = 1,
) -> PrefetchLoader[HeteroData]:
    """Iterate the neighbourhoods of nodes of one type.

    The batch's own nodes are the first ``batch_size`` of their type; ``input_id`` says which of
    ``input_nodes`` they are.

    Args:
        contents: what a batch holds.
        input_nodes: a node type, or a type and numbers [n] within it, each once.
        batch_size: nodes per batch, over all ranks.
        shuffle: permute the nodes in each epoch.
        drop_last: leave out the last batch where it is smaller.
        threads: background threads.
        rank: number of this process.
        ranks: how many processes share each batch.

    Raises:
        BadInputError: for a node type without nodes, a number outside it or one given twice.
    """
    node_type, rows = (input_nodes, None) if isinstance(input_nodes, str) else input_nodes
    first, end = contents.snapshot.numbering.span(check_node_type(contents.snapshot, node_type))
    nodes = np.arange(end - first) if rows is None else np.asarray(rows, np.int64).ravel()
    check_numbers(nodes, end - first, node_type)
    repeated = np.flatnonzero(np.bincount(nodes) > 1)
    if len(repeated):
        raise BadInputError(f"Node {repeated[0]} of {node_type} is given more than once.")

    def make(batch: SeedBatch) -> HeteroData:
        data = contents.sample(batch.seeds, batch.epoch)
        store: Any = data[node_type]
        store.input_id, store.batch_size = torch.from_numpy(batch.rows), len(batch.rows)
        return data

    order = SeedOrder(
        nodes + first, batch_size, shuffle, drop_last, contents.config.seed, rank, ranks
    )
    return contents.loader(order, make, threads)


def check_numbers(numbers: NDArray[np.int64], size: int, what: str) -> None:
    """Refuse numbers that are not nodes of a type with ``size`` nodes.

    Raises:
        BadInputError: for the first such number.
    """
    outside = numbers[(numbers < 0) | (numbers >= size)]
    if len(outside):
        raise BadInputError(
            f"Node {outside[0]} is not a {what}.", hint=f"Valid are 0 to {size - 1:,}."
        )
