"""Uniform neighbour sampling without replacement, all relations in one pass per hop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from kgp.errors import BadInputError, unknown
from kgp.platform.sampler import vectorised
from kgp.platform.sampler.block import FusedBlock
from kgp.platform.sampler.streams import hop_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency
    from kgp.platform.snapshot.edges import RelationType

Backend = Literal["numba", "numpy"]
ALL = -1


@dataclass(frozen=True, slots=True)
class SamplerConfig:
    """How to sample.

    Args:
        fan_outs: one entry per hop: how many in-edges of each relation to draw per node, or
            relation name → number with ``"*"`` for the others (absent: 0); -1 draws all.
        seed: seed of the random stream.
        hub_cap: slots with more in-edges than this are not followed beyond the first hop (a GO
            term with ten thousand genes says little about any one of them); None follows all.
        backend: ``numba``, or ``numpy`` where nothing may be compiled; both draw the same edges.
    """

    fan_outs: Sequence[int | Mapping[str, int]]
    seed: int = 0
    hub_cap: int | None = None
    backend: Backend = "numba"


class FusedNeighborSampler:
    """Samples the neighbourhood of seeds from a fused adjacency.

    Thread-safe, and independent of batches: a node's drawn neighbours depend on (seed, epoch,
    hop, slot) only.

    Args:
        adjacency: the snapshot's fused in-adjacency.
        relations: its relation types.
        config: fan-outs and seed.

    Raises:
        BadInputError: for a fan-out below -1 or of an unknown relation.
    """

    def __init__(
        self, adjacency: Adjacency, relations: Sequence[RelationType], config: SamplerConfig
    ) -> None:
        self.adjacency = adjacency
        self.relations = tuple(relations)
        self.config = config
        self._fan_outs = [_per_relation(hop, self.relations) for hop in config.fan_outs]

    def sample(self, seeds: NDArray[np.integer] | Sequence[int], epoch: int = 0) -> FusedBlock:
        """Sample the neighbourhood of ``seeds``.

        Args:
            seeds: global numbers of nodes, each once.
            epoch: draws of another epoch are independent.

        Raises:
            BadInputError: for a repeated seed or one that is not a node.
        """
        frontier = self._check(seeds)
        steps = _steps(self.config.backend)
        local = np.full(self.adjacency.nodes, -1, np.int32)
        local[frontier] = np.arange(len(frontier), dtype=np.int32)
        nodes, hops, known = [frontier], [], len(frontier)
        for hop in range(len(self._fan_outs)):
            asked = self._slots(frontier, hop)
            key = hop_key(self.config.seed, epoch, hop)
            position = steps.draw_positions(
                key, asked.number, asked.start, asked.degree, asked.take
            )
            dst = np.repeat(local[asked.owner], asked.take)
            relation = np.repeat(self.adjacency.slot_relation[asked.number], asked.take)
            src, frontier = steps.relabel(local, self.adjacency.src[position], known)
            hops.append((src, dst, relation, position))
            nodes.append(frontier)
            known += len(frontier)
        return _block(nodes, hops)

    def _check(self, seeds: NDArray[np.integer] | Sequence[int]) -> NDArray[np.int32]:
        wanted = np.asarray(seeds, np.int64)
        outside = wanted[(wanted < 0) | (wanted >= self.adjacency.nodes)]
        if len(outside):
            raise BadInputError(
                f"Seed {outside[0]} is not a node.",
                hint=f"Valid are 0 to {self.adjacency.nodes - 1:,}.",
            )
        values, counts = np.unique(wanted, return_counts=True)
        if len(values) < len(wanted):
            raise BadInputError(
                f"Seed {values[counts > 1][0]} is given more than once.",
                hint="Give each seed once per batch.",
            )
        return wanted.astype(np.int32)

    def _slots(self, frontier: NDArray[np.int32], hop: int) -> _Slots:
        """List the slots of the frontier's nodes and how many edges to draw from each."""
        graph = self.adjacency
        first = graph.node_slot_ptr[frontier]
        count = graph.node_slot_ptr[frontier + 1] - first
        before = np.cumsum(count) - count
        number = np.arange(int(count.sum())) + np.repeat(first - before, count)
        start = graph.slot_ptr[number]
        degree = graph.slot_ptr[number + 1] - start
        wanted = self._fan_outs[hop][graph.slot_relation[number]]
        take = np.where(wanted == ALL, degree, np.minimum(wanted, degree))
        if hop and self.config.hub_cap is not None:
            take[degree > self.config.hub_cap] = 0
        return _Slots(number, np.repeat(frontier, count), start, degree, take)


@dataclass(frozen=True, slots=True)
class _Slots:
    """Slots to draw from: number, owner (global), first edge, degree, edges to draw."""

    number: NDArray[np.int64]
    owner: NDArray[np.int32]
    start: NDArray[np.int64]
    degree: NDArray[np.int64]
    take: NDArray[np.int64]


def _steps(backend: Backend) -> ModuleType:
    """Return the module with the chosen form of the steps; numba is only imported where used."""
    if backend == "numpy":
        return vectorised
    if backend != "numba":
        raise BadInputError(unknown("sampler back end", backend, ("numba", "numpy")))
    from kgp.platform.sampler import compiled

    return compiled


def _per_relation(
    fan_out: int | Mapping[str, int], relations: Sequence[RelationType]
) -> NDArray[np.int64]:
    """Spell a fan-out as one number per relation: int64 [relations]."""
    table = {"*": fan_out} if isinstance(fan_out, int) else dict(fan_out)
    names = {relation.name for relation in relations}
    for name, number in table.items():
        if name != "*" and name not in names:
            raise BadInputError(unknown("relation", name, names))
        if number < ALL:
            raise BadInputError(
                f"Fan-out {number} is not a number of neighbours.", hint="Valid: 0 and up, -1: all."
            )
    default = table.get("*", 0)
    return np.array([table.get(relation.name, default) for relation in relations], np.int64)


def _block(nodes: list[NDArray[np.int32]], hops: Sequence[tuple[NDArray[Any], ...]]) -> FusedBlock:
    columns = list(zip(*hops, strict=True)) or [()] * 4
    kinds = (np.int32, np.int32, np.int16, np.int64)
    src, dst, relation, position = (
        np.concatenate([np.empty(0, kind), *parts]).astype(kind)
        for kind, parts in zip(kinds, columns, strict=True)
    )
    return FusedBlock(
        nodes=np.concatenate(nodes),
        node_counts=tuple(len(part) for part in nodes),
        edge_counts=tuple(len(hop[0]) for hop in hops),
        src=src,
        dst=dst,
        relation=relation,
        position=position,
    )
