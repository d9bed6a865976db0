"""One hop of sampling: what is asked for and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from kgp.platform.sampler.config import HopPlan
    from kgp.platform.sampler.exclusion import Exclusion
    from kgp.platform.sampler.local_numbers import LocalNumbers
    from kgp.platform.snapshot.adjacency import Adjacency


@dataclass(frozen=True, slots=True)
class Hop:
    """What to draw around one frontier.

    Args:
        frontier: int32 [frontier], global numbers of the nodes whose in-edges are drawn.
        known: nodes that have local numbers; the frontier's are the last of them.
        key: key of the random stream.
        plan: fan-outs and cap.
        hidden: edges that must not be drawn.
    """

    frontier: NDArray[np.int32]
    known: int
    key: np.uint64
    plan: HopPlan
    hidden: Exclusion

    @property
    def first(self) -> int:
        """Local number of the frontier's first node."""
        return self.known - len(self.frontier)

    def with_its_own_hidden(self, local: LocalNumbers) -> Hop:
        """Keep the hidden edges of the frontier's slots only, in the order of the frontier."""
        if not len(self.hidden):
            return self
        size = len(self.frontier)
        place = local.places(self.hidden.owner, size)
        return replace(self, hidden=self.hidden.in_frontier(place, size))


@dataclass(frozen=True, slots=True)
class Drawn:
    """The edges of one hop, slot by slot.

    Args:
        src: int32 [edges], local numbers of the sources.
        dst: int32 [edges], local numbers of the destinations.
        relation: int16 [edges].
        position: int64 [edges], in the adjacency.
        found: int32 [found], global numbers of the new nodes in the order of their appearance.
    """

    src: NDArray[np.int32]
    dst: NDArray[np.int32]
    relation: NDArray[np.int16]
    position: NDArray[np.int64]
    found: NDArray[np.int32]


class Draw(Protocol):
    """One implementation of a hop; all give the same edges in the same order."""

    def __call__(self, graph: Adjacency, hop: Hop, local: LocalNumbers) -> Drawn:
        """Draw the edges of a hop and give the new nodes their local numbers."""
