"""Our sampler behind PyG's ``BaseSampler``: for ``NodeLoader`` and ``LinkLoader``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch_geometric.sampler import BaseSampler, HeteroSamplerOutput
from torch_geometric.sampler.neighbor_sampler import edge_sample

from kgp.errors import BadInputError
from kgp.platform.pyg.columns import check_node_type, relation_number
from kgp.platform.pyg.typed import BlockDivider
from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from torch import Tensor
    from torch_geometric.sampler import EdgeSamplerInput, NegativeSampling, NodeSamplerInput

    from kgp.platform.pyg.columns import EdgeType
    from kgp.platform.snapshot import Snapshot


class PyGNeighborSampler(BaseSampler):  # type: ignore[misc]  # PyG ships no annotations
    """Our sampler behind PyG's interface: ``NodeLoader(data, PyGNeighborSampler(...), ...)``.

    Edge ids in its output are columns of ``to_hetero_data``'s ``edge_index``, so that PyG attaches
    the right edge attributes. Worker processes open the snapshot by its path. The edges that
    ``LinkLoader`` supervises, and the same edges in the inverse relation, are left out of the
    neighbourhood of their own batch.

    Args:
        snapshot: the exported graph.
        config: fan-outs and seed.
        leave_out_links: leave the supervised edges out. Without it links of any edge type may be
            given, also of one that the snapshot does not hold.
    """

    def __init__(
        self, snapshot: Snapshot, config: SamplerConfig, *, leave_out_links: bool = True
    ) -> None:
        self.snapshot = snapshot
        self.config = config
        self.leave_out_links = leave_out_links
        self.sampler = FusedNeighborSampler(snapshot.adjacency, snapshot.relations, config)
        self._divider = BlockDivider(snapshot)
        # In shared memory, so that workers which live on into the next epoch see the change.
        number = torch.zeros(1, dtype=torch.int64)
        self._epoch: Tensor = number.share_memory_()  # type: ignore[no-untyped-call]  # as torch is

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.snapshot, self.config, self.leave_out_links, self._epoch)

    @property
    def epoch(self) -> int:
        """Number of the epoch; draws of another epoch are independent."""
        return int(self._epoch)

    @epoch.setter
    def epoch(self, number: int) -> None:
        self._epoch.fill_(number)

    def sample_from_nodes(self, index: NodeSamplerInput, **_unused: Any) -> HeteroSamplerOutput:
        """Sample around nodes of one type; PyG calls this once per batch.

        Raises:
            BadInputError: for a node type without nodes, a node twice or outside its type.
        """
        output = self._sample({str(index.input_type): index.node})
        output.metadata = (index.input_id, index.time)
        return output

    def sample_from_edges(
        self, index: EdgeSamplerInput, neg_sampling: NegativeSampling | None = None
    ) -> HeteroSamplerOutput:
        """Sample around the ends of links of one type; PyG calls this once per batch.

        Negative pairs are drawn by PyG, from torch's global random state.

        Raises:
            BadInputError: for an edge type that the snapshot does not hold, or links with times.
        """
        if index.time is not None:
            raise BadInputError(
                "Links with times are not sampled: the edges of a snapshot have no time.",
                hint="Leave out edge_label_time.",
            )
        leave_out = self.supervised(index.input_type, index.row, index.col)
        span = self.snapshot.numbering.span
        nodes = {
            name: len(range(*span(check_node_type(self.snapshot, name))))
            for name in (index.input_type[0], index.input_type[-1])
        }
        return edge_sample(
            index,
            lambda seeds, _times: self._sample(seeds, leave_out),
            num_nodes=nodes,
            disjoint=False,
            neg_sampling=neg_sampling,
        )

    def supervised(self, key: EdgeType, row: Tensor, col: Tensor) -> NDArray[np.int64]:
        """Return the positions of links and of their inverses: int64, those that are edges.

        Args:
            key: edge type of the links.
            row: int64 [links], number of each source within its node type.
            col: int64 [links], number of each destination within its node type.
        """
        if not self.leave_out_links:
            return np.empty(0, np.int64)
        number, span = relation_number(self.snapshot, key), self.snapshot.numbering.span
        src, dst = row.numpy() + span(key[0])[0], col.numpy() + span(key[2])[0]
        return supervised_positions(self.snapshot, src, number, dst)

    def _sample(
        self, seeds: Mapping[str, Tensor], leave_out: NDArray[np.int64] | None = None
    ) -> HeteroSamplerOutput:
        block = self.sampler.sample(self._global(seeds), self.epoch, exclude=leave_out)
        typed = self._divider.divide(block)
        row, col = typed.row_and_col()
        return HeteroSamplerOutput(
            node=typed.nodes,
            row=row,
            col=col,
            edge=typed.columns,
            batch=None,
            num_sampled_nodes=typed.node_counts,
            num_sampled_edges=typed.edge_counts,
        )

    def _global(self, seeds: Mapping[str, Tensor]) -> NDArray[np.int64]:
        """Number seeds in the whole graph, type by type."""
        parts = []
        for name, rows in seeds.items():
            first, end = self.snapshot.numbering.span(check_node_type(self.snapshot, name))
            outside = rows[(rows < 0) | (rows >= end - first)]
            if len(outside):
                raise BadInputError(
                    f"Seed {int(outside[0])} is not a {name}.",
                    hint=f"Valid are 0 to {end - first - 1:,}.",
                )
            parts.append(rows.numpy() + first)
        return np.concatenate(parts)


def supervised_positions(
    snapshot: Snapshot, src: NDArray[np.int64], relation: int, dst: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the positions of edges and of the same edges in the inverse relation.

    Args:
        snapshot: the exported graph.
        src: [links] global numbers.
        relation: number of their relation.
        dst: [links] global numbers.

    Returns:
        int64, without what is not an edge of the snapshot.
    """
    there = snapshot.positions(src, np.full(len(src), relation), dst)
    there = there[there >= 0]
    back = snapshot.reverse_positions(there)
    return np.unique(np.concatenate([there, back[back >= 0]]))


def _rebuild(
    snapshot: Snapshot, config: SamplerConfig, leave_out_links: bool, epoch: Tensor
) -> PyGNeighborSampler:
    sampler = PyGNeighborSampler(snapshot, config, leave_out_links=leave_out_links)
    sampler._epoch = epoch
    return sampler
