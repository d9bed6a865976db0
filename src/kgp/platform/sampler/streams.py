"""One counter-based random stream, the same in every implementation.

A draw depends on what it is for, (seed, hop, slot, draw), and on nothing else: not on the batch,
its order, the thread or the worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.splitmix64 import splitmix64, splitmix64_of_one

if TYPE_CHECKING:
    from numpy.typing import NDArray

HALF = np.uint64(32)


def hop_key(seed: int, epoch: int, hop: int) -> np.uint64:
    """Fold seed, epoch and hop into the key that all slots of one hop share."""
    key = 0
    for part in (seed, epoch, hop):
        key = splitmix64_of_one(key ^ (part % 2**64))
    return np.uint64(key)


def below(keys: NDArray[np.uint64], draw: int, bound: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a whole number in [0, bound) for each slot's key; int64 [slots].

    Lemire's multiplication takes the upper half of the mixed word: the bias is below
    ``bound / 2**32``.
    """
    word = splitmix64(keys + np.uint64(draw))
    word >>= HALF
    word *= bound.view(np.uint64)
    word >>= HALF
    return word.view(np.int64)
