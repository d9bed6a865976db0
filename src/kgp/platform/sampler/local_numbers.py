"""Global node number → local number in a block, in tables that are used again without clearing."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_LAST = np.iinfo(np.int32).max


@dataclass(slots=True)
class LocalNumbers:
    """One table, which holds one block at a time.

    Args:
        table: int32 [nodes]; ``base + n`` for the block's node n, less than ``base`` for a node
            that is not in the block.
        base: what this block's numbers start at.
        known: nodes that the block has so far.
    """

    table: NDArray[np.int32]
    base: int = 0
    known: int = 0

    def begin(self, seeds: NDArray[np.int32]) -> None:
        """Forget the last block by starting beyond its numbers, and number the seeds."""
        self.base += self.known
        if self.base > _LAST - len(self.table):
            self.table.fill(-1)
            self.base = 0
        self.known = len(seeds)
        self.table[seeds] = np.arange(self.base, self.base + self.known, dtype=np.int32)

    def places(self, nodes: NDArray[np.integer], frontier: int) -> NDArray[np.int64]:
        """Return where in the frontier, the last nodes of the block, each node is.

        Args:
            nodes: [n] global numbers.
            frontier: number of nodes in the frontier.

        Returns:
            int64 [n]; outside [0, frontier) for a node that is not in it.
        """
        first = self.base + self.known - frontier
        place: NDArray[np.int64] = self.table[nodes].astype(np.int64) - first
        return place


class LocalNumberPool:
    """Tables for as many threads as sample at the same time.

    Args:
        nodes: number of nodes of the graph.
    """

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self._idle: list[LocalNumbers] = []

    def __reduce__(self) -> tuple[Any, ...]:
        return LocalNumberPool, (self._nodes,)

    @contextmanager
    def borrow(self) -> Iterator[LocalNumbers]:
        """Lend a table; one whose use ended with an exception does not come back."""
        try:
            numbers = self._idle.pop()
        except IndexError:
            numbers = LocalNumbers(np.full(self._nodes, -1, np.int32))
        yield numbers
        self._idle.append(numbers)
