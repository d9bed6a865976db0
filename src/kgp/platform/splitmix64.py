"""The mixing function of the counter-based streams and of hashes that two stores must share.

splitmix64 (Steele, Lea & Flood 2014, doi:10.1145/2714064.2660195), in 64-bit unsigned integer
arithmetic that wraps around.
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
_WORD = 2**64


def splitmix64(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix each state: uint64 in, uint64 out, a bijection."""
    z = state + GAMMA
    for shift, factor in ((SHIFT_1, MIX_1), (SHIFT_2, MIX_2)):
        z ^= z >> shift
        z *= factor
    z ^= z >> SHIFT_3
    return z


def splitmix64_of_one(state: int) -> int:
    """As :func:`splitmix64`, for a whole number below 2**64 and without the cost of an array."""
    z = (state + int(GAMMA)) % _WORD
    for shift, factor in ((SHIFT_1, MIX_1), (SHIFT_2, MIX_2)):
        z = ((z ^ (z >> int(shift))) * int(factor)) % _WORD
    return z ^ (z >> int(SHIFT_3))
