"""A hop in torch: Floyd's algorithm over slots, hidden edges and local numbers."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from kgp.platform.sampler.torch_streams import below, splitmix64


@dataclass(frozen=True, slots=True)
class Hidden:
    """:class:`kgp.platform.sampler.exclusion.Exclusion` on the device."""

    slot: torch.Tensor
    owner: torch.Tensor
    ptr: torch.Tensor
    rank: torch.Tensor

    @property
    def count(self) -> torch.Tensor:
        """Hidden edges of each slot."""
        return self.ptr.diff()


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots to draw from, int64 [slots] each, and which of them have hidden edges."""

    number: torch.Tensor
    owner: torch.Tensor
    relation: torch.Tensor
    start: torch.Tensor
    size: torch.Tensor
    take: torch.Tensor
    hidden: Hidden
    hidden_here: torch.Tensor
    hidden_rows: torch.Tensor


def draw_positions(key: int, slots: Slots) -> torch.Tensor:
    """Draw edges of each slot; int64 [sum of take], positions slot by slot."""
    take, device = slots.take, slots.take.device
    offset = take.cumsum(0) - take
    row = torch.repeat_interleave(take)
    rank = torch.arange(len(row), device=device) - offset[row]
    partial = torch.nonzero(take < slots.size).squeeze(1)
    for number in torch.unique(take[partial]).tolist():
        rows = partial[take[partial] == number]
        drawn = _floyd(splitmix64(slots.number[rows] ^ key), slots.size[rows], number)
        rank[offset[rows] + torch.arange(number, device=device)[:, None]] = drawn
    _step_over(slots, offset, rank)
    return rank + slots.start[row]


def _floyd(keys: torch.Tensor, size: torch.Tensor, number: int) -> torch.Tensor:
    """Draw ``number`` distinct ranks below ``size`` of each slot; int64 [number, slots]."""
    chosen = torch.empty((number, len(keys)), dtype=torch.long, device=keys.device)
    for at in range(number):
        last = size - number + at
        pick = below(keys, at, last + 1)
        taken = (chosen[:at] == pick).any(0)
        chosen[at] = torch.where(taken, last, pick)
    return chosen


def _step_over(slots: Slots, offset: torch.Tensor, rank: torch.Tensor) -> None:
    """Turn ranks among the allowed edges of a slot into ranks among all."""
    if not len(slots.hidden_rows):
        return
    drawn = slots.take[slots.hidden_rows]
    owner = torch.repeat_interleave(drawn)
    edge = torch.arange(len(owner), device=rank.device)
    edge += (offset[slots.hidden_rows] - drawn.cumsum(0) + drawn)[owner]
    group = slots.hidden_here[owner]
    many = slots.hidden.count[group]
    for step in range(int(slots.hidden.count[slots.hidden_here].max())):
        active = torch.nonzero(many > step).squeeze(1)
        hidden = slots.hidden.rank[slots.hidden.ptr[group[active]] + step]
        rank[edge[active]] += rank[edge[active]] >= hidden


def relabel(
    local: torch.Tensor, node: torch.Tensor, known: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Give new nodes the next local numbers, in the order in which they appear.

    Returns:
        int64 [edges] local numbers, and int64 [new] global numbers of the new nodes.
    """
    numbers = local[node]
    edges = torch.nonzero(numbers < 0).squeeze(1)
    unseen = node[edges]
    order = torch.arange(len(unseen), device=node.device)
    # The smallest place of each node: unlike an assignment, the same whatever runs in parallel.
    first = torch.full_like(local, len(unseen)).scatter_reduce_(0, unseen, order, "amin")
    found = unseen[first[unseen] == order]
    local[found] = torch.arange(known, known + len(found), device=node.device)
    numbers[edges] = local[unseen]
    return numbers, found
