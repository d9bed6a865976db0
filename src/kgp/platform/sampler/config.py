"""How to sample: fan-outs, seed, cap, implementation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from kgp.platform.snapshot.adjacency import Adjacency
    from kgp.platform.snapshot.relation_type import RelationType

Backend = Literal["numba", "numpy"]
ALL = -1
UNBOUNDED = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class SamplerConfig:
    """How to sample.

    Args:
        fan_outs: one entry per hop: how many in-edges of each relation to draw per node, or
            relation name → number with ``"*"`` for the others (absent: 0); -1 draws all.
        seed: seed of the random stream.
        hub_cap: slots with more in-edges than this, excluded ones counted, are not followed
            beyond the first hop (a GO term with ten thousand genes says little about any one of
            them); None follows all.
        backend: ``numba``, or ``numpy`` where nothing may be compiled; both draw the same edges.
    """

    fan_outs: Sequence[int | Mapping[str, int]]
    seed: int = 0
    hub_cap: int | None = None
    backend: Backend = "numba"


@dataclass(frozen=True, slots=True)
class HopPlan:
    """What every batch asks for in one hop.

    Args:
        fan_out: int64 [relations], in-edges to draw per node; "all" is the largest number.
        cap: slots with more in-edges than this give none.
        most: int64 [nodes], edges that each node gives where none is excluded.
    """

    fan_out: NDArray[np.int64]
    cap: int
    most: NDArray[np.int64]


def plan_hops(
    config: SamplerConfig, graph: Adjacency, relations: Sequence[RelationType]
) -> tuple[HopPlan, ...]:
    """Check the configuration and spell it out for a graph.

    Raises:
        BadInputError: for a fan-out or cap below what is valid, or of an unknown relation.
    """
    if config.hub_cap is not None and config.hub_cap < 0:
        raise BadInputError(
            f"Hub cap {config.hub_cap} is not a number of in-edges.",
            hint="Valid: 0 and up; None follows all.",
        )
    plans = []
    for number, asked in enumerate(config.fan_outs):
        # The seeds' own neighbours are always followed.
        cap = UNBOUNDED if config.hub_cap is None or not number else config.hub_cap
        fan_out = _table(asked, relations)
        plans.append(HopPlan(fan_out, cap, _most(graph, fan_out, cap)))
    return tuple(plans)


def _most(graph: Adjacency, fan_out: NDArray[np.int64], cap: int) -> NDArray[np.int64]:
    degree = np.diff(graph.slot_ptr)
    take = np.minimum(fan_out[graph.slot_relation], degree) * (degree <= cap)
    before = np.concatenate([[0], np.cumsum(take)])
    most: NDArray[np.int64] = np.diff(before[graph.node_slot_ptr])
    return most


def _table(
    fan_out: int | Mapping[str, int], relations: Sequence[RelationType]
) -> NDArray[np.int64]:
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
    numbers = [table.get(relation.name, default) for relation in relations]
    return np.array([UNBOUNDED if n == ALL else n for n in numbers], np.int64)
