"""The sampler in pure torch: the same stream and the same edges, on any device.

Nothing here is compiled and nothing is left to a device's own random numbers: 64-bit integers that
wrap around give on a GPU what they give on a CPU. The equality is tested on the CPU; speed on a GPU
was not measured. Importing this module imports torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import MissingExtraError
from kgp.platform.sampler.config import UNBOUNDED, plan_hops
from kgp.platform.sampler.exclusion import Exclusion
from kgp.platform.sampler.sampler import check_seeds
from kgp.platform.sampler.streams import hop_key

try:
    import torch

    from kgp.platform.sampler.torch_hop import Hidden, Slots, draw_positions, relabel
except ImportError as error:
    raise MissingExtraError(
        "PyTorch is not installed.",
        hint="It belongs to the extra that trains models.",
        command="pip install 'kgp[train]'",
    ) from error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.platform.sampler.config import SamplerConfig
    from kgp.platform.snapshot.adjacency import Adjacency
    from kgp.platform.snapshot.relation_type import RelationType


@dataclass(frozen=True, slots=True)
class TorchBlock:
    """A :class:`kgp.platform.sampler.FusedBlock` whose columns are tensors on the device.

    Args:
        nodes: int64 [nodes], global numbers; seeds first.
        node_counts: nodes found per hop.
        edge_counts: edges drawn per hop.
        src: int64 [edges], local number of each edge's source.
        dst: int64 [edges], local number of each edge's destination.
        relation: int64 [edges].
        position: int64 [edges], in the adjacency.
    """

    nodes: torch.Tensor
    node_counts: tuple[int, ...]
    edge_counts: tuple[int, ...]
    src: torch.Tensor
    dst: torch.Tensor
    relation: torch.Tensor
    position: torch.Tensor


class TorchNeighborSampler:
    """Samples on a device what :class:`kgp.platform.sampler.FusedNeighborSampler` samples.

    Args:
        adjacency: the snapshot's fused in-adjacency; it is copied to the device.
        relations: its relation types.
        config: fan-outs and seed; the back end is of no account.
        device: where to sample.

    Raises:
        BadInputError: for a fan-out below -1 or of an unknown relation, or a bad cap.
    """

    def __init__(
        self,
        adjacency: Adjacency,
        relations: Sequence[RelationType],
        config: SamplerConfig,
        device: torch.device | str = "cpu",
    ) -> None:
        self.adjacency = adjacency
        self.config = config
        self.device = torch.device(device)
        self._node_slot_ptr = self._tensor(adjacency.node_slot_ptr)
        self._slot_ptr = self._tensor(adjacency.slot_ptr)
        self._slot_relation = self._tensor(adjacency.slot_relation)
        self._src = self._tensor(adjacency.src)
        plans = plan_hops(config, adjacency, relations)
        self._plans = [(self._tensor(plan.fan_out), plan.cap) for plan in plans]

    def sample(
        self,
        seeds: torch.Tensor | NDArray[np.integer] | Sequence[int],
        epoch: int = 0,
        *,
        exclude: torch.Tensor | NDArray[np.int64] | None = None,
    ) -> TorchBlock:
        """Sample the neighbourhood of ``seeds``.

        Args:
            seeds: global numbers of nodes, each once.
            epoch: draws of another epoch are independent.
            exclude: [n] positions in the adjacency that must not be drawn; -1 means no edge. They
                are grouped on the CPU.

        Raises:
            BadInputError: for a repeated seed, one that is not a node, or a position that is not
                an edge.
        """
        frontier = self._tensor(check_seeds(_array(seeds), self.adjacency.nodes)).long()
        hidden = Exclusion.of(self.adjacency, None if exclude is None else _array(exclude))
        excluded = Hidden(
            *(self._tensor(part) for part in (hidden.slot, hidden.owner, hidden.ptr, hidden.rank))
        )
        local = torch.full((self.adjacency.nodes,), -1, device=self.device)
        local[frontier] = torch.arange(len(frontier), device=self.device)
        nodes, hops, known = [frontier], [], len(frontier)
        for number in range(len(self._plans)):
            slots = self._slots(nodes[-1], number, known, local, excluded)
            key = hop_key(self.config.seed, epoch, number).astype(np.int64)
            position = draw_positions(int(key), slots)
            src, found = relabel(local, self._src[position].long(), known)
            row = torch.repeat_interleave(slots.take)
            hops.append((src, slots.owner[row], slots.relation[row], position))
            nodes.append(found)
            known += len(found)
        columns = list(zip(*hops, strict=True)) or [(torch.empty(0, dtype=torch.long),)] * 4
        src, dst, relation, position = (torch.cat(column).to(self.device) for column in columns)
        return TorchBlock(
            nodes=torch.cat(nodes),
            node_counts=tuple(len(part) for part in nodes),
            edge_counts=tuple(len(hop[0]) for hop in hops),
            src=src,
            dst=dst,
            relation=relation,
            position=position,
        )

    def _tensor(self, array: NDArray[np.integer]) -> torch.Tensor:
        return torch.from_numpy(np.array(array)).to(self.device)

    def _slots(
        self,
        frontier: torch.Tensor,
        number: int,
        known: int,
        local: torch.Tensor,
        hidden: Hidden,
    ) -> Slots:
        """List the slots of the frontier's nodes and how many edges to draw from each."""
        fan_out, cap = self._plans[number]
        first = self._node_slot_ptr[frontier]
        count = self._node_slot_ptr[frontier + 1] - first
        before = count.cumsum(0) - count
        slot = torch.repeat_interleave(first - before, count)
        slot += torch.arange(len(slot), device=self.device)
        start = self._slot_ptr[slot]
        size = self._slot_ptr[slot + 1] - start
        relation = self._slot_relation[slot].long()
        take = fan_out[relation]
        if cap < UNBOUNDED:
            take = take.where(size <= cap, 0)
        place = local[hidden.owner] - (known - len(frontier))
        here = torch.nonzero((place >= 0) & (place < len(frontier))).squeeze(1)
        hidden_rows = before[place[here]] + hidden.slot[here] - first[place[here]]
        size[hidden_rows] -= hidden.count[here]
        take = torch.minimum(take, size)
        owner = torch.arange(known - len(frontier), known, device=self.device)
        owner = torch.repeat_interleave(owner, count)
        return Slots(slot, owner, relation, start, size, take, hidden, here, hidden_rows)


def _array(values: torch.Tensor | NDArray[np.integer] | Sequence[int]) -> NDArray[np.integer]:
    plain = values.cpu().numpy() if isinstance(values, torch.Tensor) else values
    return np.asarray(plain, np.int64)
