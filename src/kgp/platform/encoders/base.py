"""What every encoder offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of some texts.

    Args:
        vectors: float32 [texts, dimension]; zero where the mask is False.
        mask: bool [texts], False for what the encoder cannot read. Such a text has no vector;
            it never gets a random one.
    """

    vectors: NDArray[np.float32]
    mask: NDArray[np.bool_]


class Encoder(Protocol):
    """A pure function from text to vector: no text's vector depends on the other texts."""

    name: str
    revision: str
    pooling: str
    dimension: int
    reads: str
    """The node property that is read unless another is asked for."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode each text."""


def gather(rows: Sequence[NDArray[np.float32] | None], dimension: int) -> Encoded:
    """Stack vectors, None where there is none."""
    vectors = np.zeros((len(rows), dimension), np.float32)
    mask = np.array([row is not None for row in rows], np.bool_)
    for at, row in enumerate(rows):
        if row is not None:
            vectors[at] = row
    return Encoded(vectors, mask)
