"""One counter-based random stream, the same in every implementation.

A draw depends on what it is for, (seed, hop, slot, draw), and on nothing else: not on the batch,
its order, the thread or the worker. The mixing function is splitmix64 (Steele, Lea & Flood 2014,
doi:10.1145/2714064.2660195), in 64-bit unsigned integer arithmetic that wraps around.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3 = np.uint64(30), np.uint64(27), np.uint64(31)
HALF = np.uint64(32)
_WORD = 2**64


def splitmix64(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix each state: uint64 in, uint64 out, a bijection."""
    z = state + GAMMA
    for shift, factor in ((SHIFT_1, MIX_1), (SHIFT_2, MIX_2)):
        z ^= z >> shift
        z *= factor
    z ^= z >> SHIFT_3
    return z


def hop_key(seed: int, epoch: int, hop: int) -> np.uint64:
    """Fold seed, epoch and hop into the key that all slots of one hop share."""
    key = 0
    for part in (seed, epoch, hop):
        key = _splitmix64_of_one(key ^ (part % _WORD))
    return np.uint64(key)


def _splitmix64_of_one(state: int) -> int:
    """As :func:`splitmix64`, without the cost of an array."""
    z = (state + int(GAMMA)) % _WORD
    for shift, factor in ((SHIFT_1, MIX_1), (SHIFT_2, MIX_2)):
        z = ((z ^ (z >> int(shift))) * int(factor)) % _WORD
    return z ^ (z >> int(SHIFT_3))


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
