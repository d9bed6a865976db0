"""The random stream of :mod:`kgp.platform.sampler.streams` in torch's signed 64-bit integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform import splitmix64 as words
from kgp.platform.sampler.streams import HALF

if TYPE_CHECKING:
    import numpy as np
    import torch


def _signed(word: np.uint64) -> int:
    """Read the bits of an unsigned word as a signed one."""
    return (int(word) ^ (1 << 63)) - (1 << 63)


_GAMMA, _MIX_1, _MIX_2 = map(_signed, (words.GAMMA, words.MIX_1, words.MIX_2))
_SHIFT_1, _SHIFT_2, _SHIFT_3 = map(int, (words.SHIFT_1, words.SHIFT_2, words.SHIFT_3))
_HALF = int(HALF)


def splitmix64(state: torch.Tensor) -> torch.Tensor:
    """Mix each state: int64 in, int64 out, whose bits are those of the unsigned form."""
    z = state + _GAMMA
    z = (z ^ _shifted(z, _SHIFT_1)) * _MIX_1
    z = (z ^ _shifted(z, _SHIFT_2)) * _MIX_2
    return z ^ _shifted(z, _SHIFT_3)


def below(keys: torch.Tensor, draw: int, bound: torch.Tensor) -> torch.Tensor:
    """Return a whole number in [0, bound) for each slot's key; int64 [slots]."""
    # Both factors are below 2**32 and the bound below 2**31: the product keeps its sign.
    return (_shifted(splitmix64(keys + draw), _HALF) * bound) >> _HALF


def _shifted(word: torch.Tensor, by: int) -> torch.Tensor:
    """Shift right and fill with zeros; torch itself repeats the sign."""
    return (word >> by) & ((1 << (64 - by)) - 1)
