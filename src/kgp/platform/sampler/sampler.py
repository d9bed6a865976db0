"""Uniform neighbour sampling without replacement, all relations in one pass per hop."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError, unknown
from kgp.platform.sampler import vectorised
from kgp.platform.sampler.block import FusedBlock
from kgp.platform.sampler.config import plan_hops
from kgp.platform.sampler.exclusion import Exclusion
from kgp.platform.sampler.hop import Hop
from kgp.platform.sampler.local_numbers import LocalNumberPool
from kgp.platform.sampler.streams import hop_key
from kgp.platform.snapshot.adjacency import Adjacency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.platform.sampler.config import Backend, SamplerConfig
    from kgp.platform.sampler.hop import Draw, Drawn
    from kgp.platform.snapshot.relation_type import RelationType

_LARGE_BLOCK = 31 << 20
"""Bytes; glibc raises its threshold up to 32 MiB."""


class FusedNeighborSampler:
    """Samples the neighbourhood of seeds from a fused adjacency.

    Thread-safe, and independent of batches: a node's drawn neighbours depend on (seed, epoch,
    hop, slot) and on the slot's excluded edges only.

    Args:
        adjacency: the snapshot's fused in-adjacency.
        relations: its relation types.
        config: fan-outs and seed.

    Raises:
        BadInputError: for a fan-out below -1 or of an unknown relation, or a bad cap.
    """

    def __init__(
        self, adjacency: Adjacency, relations: Sequence[RelationType], config: SamplerConfig
    ) -> None:
        self.adjacency = _plain(adjacency)
        self.relations = tuple(relations)
        self.config = config
        self._plans = plan_hops(config, self.adjacency, self.relations)
        self._tables = LocalNumberPool(adjacency.nodes)
        _keep_freed_memory()

    def sample(
        self,
        seeds: NDArray[np.integer] | Sequence[int],
        epoch: int = 0,
        *,
        exclude: NDArray[np.int64] | None = None,
    ) -> FusedBlock:
        """Sample the neighbourhood of ``seeds``.

        Args:
            seeds: global numbers of nodes, each once.
            epoch: draws of another epoch are independent.
            exclude: [n] positions in the adjacency, in any order, of edges that must not be
                drawn, such as the batch's own targets; -1 means no edge. Of the other edges of
                their slots every subset stays equally likely.

        Raises:
            BadInputError: for a repeated seed, one that is not a node, or a position that is not
                an edge.
        """
        frontier = check_seeds(seeds, self.adjacency.nodes)
        hidden = Exclusion.of(self.adjacency, exclude)
        draw = _implementation(self.config.backend)
        with self._tables.borrow() as local:
            local.begin(frontier)
            nodes, hops = [frontier], []
            for number, plan in enumerate(self._plans):
                key = hop_key(self.config.seed, epoch, number)
                hop = Hop(nodes[-1], local.known, key, plan, hidden)
                hops.append(draw(self.adjacency, hop.with_its_own_hidden(local), local))
                nodes.append(hops[-1].found)
                local.known += len(hops[-1].found)
        return _block(nodes, hops)


def check_seeds(seeds: NDArray[np.integer] | Sequence[int], nodes: int) -> NDArray[np.int32]:
    """Return seeds as int32 [seeds].

    Raises:
        BadInputError: for a repeated seed or one that is not a node.
    """
    wanted = np.asarray(seeds, np.int64)
    ordered = np.sort(wanted)
    outside = ordered[(ordered < 0) | (ordered >= nodes)]
    if len(outside):
        raise BadInputError(
            f"Seed {outside[0]} is not a node.", hint=f"Valid are 0 to {nodes - 1:,}."
        )
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(again):
        raise BadInputError(
            f"Seed {again[0]} is given more than once.", hint="Give each seed once per batch."
        )
    return wanted.astype(np.int32)


def _keep_freed_memory() -> None:
    """Free a large block that was never touched.

    glibc returns freed memory to the system beyond a threshold, which it raises to the largest
    block that was ever freed. Without this, every batch would get its pages anew, zeroed one by
    one, which takes a third of its time.
    """
    np.empty(_LARGE_BLOCK, np.uint8)


def _plain(adjacency: Adjacency) -> Adjacency:
    """View the arrays as plain read-only ones, so that kernels compile for one kind only."""
    views = {}
    for field in fields(Adjacency):
        views[field.name] = np.asarray(getattr(adjacency, field.name)).view()
        views[field.name].flags.writeable = False
    return Adjacency(**views)


def _implementation(backend: Backend) -> Draw:
    """Return the chosen form of a hop; numba is only imported where it is used."""
    if backend == "numpy":
        return vectorised.draw
    if backend != "numba":
        raise BadInputError(unknown("sampler back end", backend, ("numba", "numpy")))
    from kgp.platform.sampler import compiled

    return compiled.draw


def _block(nodes: list[NDArray[np.int32]], hops: Sequence[Drawn]) -> FusedBlock:
    kinds = {"src": np.int32, "dst": np.int32, "relation": np.int16, "position": np.int64}
    columns = {
        name: np.concatenate([np.empty(0, kind), *(getattr(hop, name) for hop in hops)])
        for name, kind in kinds.items()
    }
    return FusedBlock(
        nodes=np.concatenate(nodes),
        node_counts=tuple(len(part) for part in nodes),
        edge_counts=tuple(len(hop.src) for hop in hops),
        **columns,
    )
