"""Where a network computes, in which precision, and how errors of its memory are known."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
KINDS = ("cpu", "cuda")

_NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def choose_device(asked: str) -> torch.device:
    """Return the device ``asked``: ``cpu``, ``cuda``, ``cuda:1``, or ``auto`` for a GPU if any.

    Of several processes that ``torchrun`` started, ``cuda`` and ``auto`` mean each one's own GPU.

    Raises:
        BadInputError: for one that this machine does not have.
    """
    there = torch.cuda.is_available()
    if asked == "auto" and not there:
        return torch.device("cpu")
    if asked in {"auto", "cuda"}:
        asked = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    kind, _, number = asked.partition(":")
    if kind not in KINDS or not (not number or number.isdecimal()):
        raise BadInputError(unknown("device", asked, ("auto", *KINDS)))
    if kind == "cuda" and (not there or int(number) >= torch.cuda.device_count()):
        raise BadInputError(
            f"This machine has no device {asked!r} that torch can use.",
            hint=f"torch {torch.__version__} sees {torch.cuda.device_count()} GPUs.",
            command="the same command with --device cpu",
        )
    return torch.device(asked)


def choose_precision(asked: str) -> torch.dtype:
    """Return the type that the network computes in.

    Raises:
        BadInputError: for an unknown one.
    """
    if asked not in PRECISIONS:
        raise BadInputError(unknown("precision", asked, PRECISIONS))
    return PRECISIONS[asked]


def out_of_memory(error: BaseException) -> bool:
    """Say whether an error means that memory has run out, on the CPU or a GPU."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(text in str(error).lower() for text in _NO_MEMORY)


@contextmanager
def one_thread_per_batch() -> Iterator[Any]:
    """Yield a parallel map whose calls use one torch thread each.

    Several threads inside one small matrix product wait for each other: on a busy machine that
    was four times slower than one thread alone.
    """
    from concurrent.futures import ThreadPoolExecutor

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(before) as threads:
            yield threads.map
    finally:
        torch.set_num_threads(before)
