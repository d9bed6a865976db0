"""The index pack: edges of one layer, arranged so that no node is projected twice.

It is made of numpy arrays by counting passes without the interpreter's lock, so that a loader's
thread can make it while the network trains on the batch before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.errors import BadInputError
from kgp.models.gatv2.pack_kernels import index_pairs, order_by
from kgp.platform.pyg.transfer import map_fields

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class RelationPairs:
    """Distinct (relation, node) pairs, sorted by relation.

    Args:
        node: int64 [pairs], local number of each pair's node.
        relation: int64 [pairs], relation of each pair.
        ends: int32 [relations], one past the last pair of each relation.
        counts: the same as lengths, on the host: pairs of each relation.
    """

    node: Tensor
    relation: Tensor
    ends: Tensor
    counts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.node)

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> RelationPairs:
        """Copy to a device."""
        return map_fields(self, lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> RelationPairs:
        """Copy to memory that a GPU reads directly."""
        return map_fields(self, lambda tensor: tensor.pin_memory())


@dataclass(frozen=True, slots=True)
class EdgePack:
    """Edges sorted by (relation, destination).

    A *slot* is one (relation, destination) that an edge arrives at: its edges are contiguous.

    Args:
        sources: the distinct (relation, source) pairs.
        slots: the distinct (relation, destination) pairs; sorted by destination within a relation.
        source: int64 [edges], source pair of each edge.
        slot: int64 [edges], slot of each edge; ascending.
        slot_ptr: int64 [slots + 1], where each slot's edges start.
        rank: int64 [edges], where each edge, in the order it was given, stands in the pack.
    """

    sources: RelationPairs
    slots: RelationPairs
    source: Tensor
    slot: Tensor
    slot_ptr: Tensor
    rank: Tensor

    @property
    def edges(self) -> int:
        """Number of edges."""
        return len(self.slot)

    def to(self, device: torch.device | str, *, non_blocking: bool = False) -> EdgePack:
        """Copy to a device."""
        return map_fields(self, lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> EdgePack:
        """Copy to memory that a GPU reads directly."""
        return map_fields(self, lambda tensor: tensor.pin_memory())


def pack_edges(
    src: NDArray[np.integer],
    dst: NDArray[np.integer],
    relation: NDArray[np.integer],
    relations: int,
    nodes: int,
) -> EdgePack:
    """Index the edges of one layer.

    Args:
        src: [edges], local number of each edge's source.
        dst: [edges], local number of each edge's destination.
        relation: [edges], relation of each edge.
        relations: number of relations.
        nodes: number of nodes.

    Raises:
        BadInputError: if the arrays differ in length, or hold a number that is no node or relation.
    """
    _check(src, dst, relation, relations, nodes)
    source, target, kind = (np.ascontiguousarray(each, np.int64) for each in (src, dst, relation))
    by_target, order = np.empty(len(kind), np.int64), np.empty(len(kind), np.int64)
    order_by(target, nodes, np.arange(len(kind)), by_target)
    order_by(kind, relations, by_target, order)
    sources, source_pair = _pairs(source, kind, order, relations, nodes)
    slots, slot = _pairs(target, kind, order, relations, nodes)
    pointers = np.searchsorted(slot, np.arange(len(slots) + 1))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    arrays = (source_pair, slot, pointers, rank)
    return EdgePack(sources, slots, *(torch.from_numpy(each) for each in arrays))


def _pairs(
    node: NDArray[np.int64],
    relation: NDArray[np.int64],
    order: NDArray[np.int64],
    relations: int,
    nodes: int,
) -> tuple[RelationPairs, NDArray[np.int64]]:
    """Number the pairs of one end: the pairs, and int64 [edges], each edge's pair in ``order``."""
    known = np.full(nodes, -1, np.int64)
    pair_node, pair_relation, pair = (np.empty(len(order), np.int64) for _ in range(3))
    found = index_pairs(node, relation, order, known, pair_node, pair_relation, pair)
    pair_node, pair_relation = pair_node[:found].copy(), pair_relation[:found].copy()
    counts = np.bincount(pair_relation, minlength=relations)
    ends = np.cumsum(counts).astype(np.int32)
    node_of, relation_of, end = map(torch.from_numpy, (pair_node, pair_relation, ends))
    return RelationPairs(node_of, relation_of, end, tuple(counts.tolist())), pair


def _check(
    src: NDArray[np.integer],
    dst: NDArray[np.integer],
    relation: NDArray[np.integer],
    relations: int,
    nodes: int,
) -> None:
    """Refuse what the compiled passes would write outside of their arrays for."""
    lengths = [len(each) for each in (src, dst, relation)]
    if len(set(lengths)) > 1:
        raise BadInputError(
            f"Edges with {lengths[0]:,} sources, {lengths[1]:,} destinations and "
            f"{lengths[2]:,} relations.",
            hint="Give one of each per edge.",
        )
    named = (("source", src, nodes), ("destination", dst, nodes), ("relation", relation, relations))
    for what, values, limit in named:
        if len(values) and (values.min() < 0 or values.max() >= limit):
            wrong = values[(values < 0) | (values >= limit)][0]
            raise BadInputError(
                f"An edge has the {what} {wrong}.", hint=f"Valid are 0 to {limit - 1:,}."
            )
