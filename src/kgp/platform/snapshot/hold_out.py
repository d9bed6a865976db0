"""Choosing edges to hold out: by a hash of their identifiers, so that every store chooses the same.

Whether an edge is held out depends on its relation, its two identifiers and the seed alone, not on
the rest of the graph: an edge that stays in a later version of the graph stays on its side.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.splitmix64 import splitmix64

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from kgp.platform.snapshot.nodes import Numbering
    from kgp.platform.snapshot.parts import Part

_WORDS = 2.0**64


class HoldOut:
    """Which edges are held out.

    Args:
        shares: relation → share of its edges, 0 to 1.
        seed: another seed holds other edges out.
        numbering: the snapshot's nodes.
    """

    def __init__(self, shares: Mapping[str, float], seed: int, numbering: Numbering) -> None:
        self._shares = shares
        self._seed = seed
        self._hash = np.empty(0, np.uint64)
        if shares:
            ids = numbering.ids
            words = (_word(ids[row]) for row in range(len(ids)))
            self._hash = np.fromiter(words, np.uint64, len(ids))

    def split(self, part: Part) -> tuple[Part, Part]:
        """Divide the edges of one relation, as stored, into those that stay and the others."""
        share = self._shares.get(part.relation.name, 0.0)
        if not share:
            return part, part.where(np.zeros(len(part.src), np.bool_))
        out = self._drawn(part) < share * _WORDS if share < 1 else np.ones(len(part.src), np.bool_)
        return part.where(~out), part.where(out)

    def _drawn(self, part: Part) -> NDArray[np.float64]:
        """Return a uniform number below 2**64 for each edge."""
        relation = np.uint64(_word(f"{self._seed} {part.relation.name}"))
        mixed = splitmix64(self._hash[part.src] ^ relation)
        mixed = splitmix64(mixed ^ self._hash[part.dst])
        return mixed.astype(np.float64)


def _word(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")
