"""One batch on its device, now."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kgp.platform.pyg.transfer import DeviceCopy

if TYPE_CHECKING:
    import torch

T = TypeVar("T")


def moved(batch: T, device: torch.device) -> T:
    """Copy a batch to a device, and wait for it."""
    copies = DeviceCopy(device)
    there: T = copies.receive(copies.send(batch))
    return there
