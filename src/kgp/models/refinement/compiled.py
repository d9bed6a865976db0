"""How kernels that only other kernels call are compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

Kernel = TypeVar("Kernel", bound="Callable[..., Any]")

_NO_ENTRANCES: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""To unpack a whole state for Python takes longer to compile than a small kernel itself."""


def inner(kernel: Kernel) -> Kernel:
    """Compile a kernel without the entrances by which Python and C would call it."""
    compiled: Kernel = njit(cache=True, nogil=True, **_NO_ENTRANCES)(kernel)
    return compiled


@njit(cache=True, nogil=True, inline="always")
def whole(number: int) -> int:
    """Return a number as int64, so that a kernel that takes it compiles for no other type."""
    return int(np.int64(number))


@njit(cache=True, nogil=True, inline="always")
def truth(value: bool) -> bool:
    """Return a truth value as one that is not known when the kernel that takes it compiles."""
    return bool(np.bool_(value))
