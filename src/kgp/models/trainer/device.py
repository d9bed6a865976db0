"""The device that a name means."""

from __future__ import annotations

import os
from typing import TypeVar

import torch

from kgp.errors import BadInputError
from kgp.platform.pyg.transfer import DeviceCopy

T = TypeVar("T")


def chosen_device(name: str) -> torch.device:
    """Return the device ``name``: ``cpu``, ``cuda``, ``cuda:1``, or ``auto`` for a GPU if any.

    Where ``torchrun`` started several processes, ``cuda`` and ``auto`` are each one's own GPU.

    Raises:
        BadInputError: if there is no such device.
    """
    own = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    if name == "auto":
        name = own if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(own if name == "cuda" else name)
    except RuntimeError as error:
        raise _no_device(name) from error
    if device.type == "cpu":
        return device
    if device.type != "cuda" or (device.index or 0) >= torch.cuda.device_count():
        raise _no_device(name)
    torch.cuda.set_device(device)
    return device


def moved(batch: T, device: torch.device) -> T:
    """Copy a batch to a device, and wait for it."""
    copies = DeviceCopy(device)
    there: T = copies.receive(copies.send(batch))
    return there


def _no_device(name: str) -> BadInputError:
    there = ", ".join(["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count())), "auto"])
    return BadInputError(f"There is no device {name!r} here.", hint=f"Valid are {there}.")
