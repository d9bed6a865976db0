"""Rows of features: on the device where they fit, from the memory map where they do not."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

FREE_SHARE = 0.5
"""Features may take this share of the device's free memory; a model and its gradients follow."""
_SPARE = 1.25


class FeatureTable:
    """Features of a fixed precision, gathered by row.

    A gather from the memory map goes into pinned memory on the way to CUDA (which caches it), and
    otherwise into a buffer that is used again once no tensor looks at it: fresh memory would cost
    as much as the gather. Half precision stays half: cast behind the bus, or after a projection.

    Args:
        values: [rows, width], for instance a memory-mapped vector set in float16.
        device: where the trainer works.
        resident: hold the rows on the device; None decides by its free memory, and leaves them in
            the memory map where the device is the CPU.
    """

    def __init__(
        self,
        values: NDArray[Any],
        *,
        device: torch.device | str = "cpu",
        resident: bool | None = None,
    ) -> None:
        self.device = torch.device(device)
        self._values = values
        self._buffers: list[NDArray[np.uint8]] = []
        if resident is None:
            resident = fits(values.nbytes, free_memory(self.device))
        self._held = torch.from_numpy(np.array(values)).to(self.device) if resident else None

    @property
    def resident(self) -> bool:
        """Whether the rows are held on the device."""
        return self._held is not None

    def gather(self, rows: Tensor) -> Tensor:
        """Return rows: on the device where they are resident, otherwise on the host.

        Args:
            rows: int64 [n], on the device where the table is resident, otherwise on the CPU.

        Returns:
            [n, width], in the precision of the table.

        Raises:
            BadInputError: for a row that the table does not have, where it is not resident.
        """
        if self._held is not None:
            return self._held.index_select(0, rows)
        index = rows.numpy()
        if len(index) and not 0 <= index.min() <= index.max() < len(self._values):
            raise BadInputError(
                f"There is no row {int(index[(index < 0) | (index >= len(self._values))][0])}.",
                hint=f"Valid are 0 to {len(self._values) - 1:,}.",
            )
        shape = (len(index), *self._values.shape[1:])
        out = self._room(shape)
        # Checked above; numpy would gather into a copy of ``out`` to check it itself.
        np.take(self._values, index, axis=0, out=out.numpy(), mode="clip")
        return out

    def _room(self, shape: tuple[int, ...]) -> Tensor:
        """Return memory for a gather."""
        if self.device.type == "cuda":
            kind = torch.from_numpy(np.empty(0, self._values.dtype)).dtype
            return torch.empty(shape, dtype=kind, pin_memory=True)
        size = int(np.prod(shape)) * self._values.dtype.itemsize
        buffer = self._buffer(size)
        view = buffer[:size].view(self._values.dtype).reshape(shape)
        # The tensor keeps the view alive, and so do all tensors that share its memory.
        weakref.finalize(view, self._buffers.append, buffer).atexit = False
        return torch.from_numpy(view)

    def _buffer(self, size: int) -> NDArray[np.uint8]:
        while True:
            try:
                buffer = self._buffers.pop()
            except IndexError:  # threads share the list: asking first would race
                return np.empty(int(size * _SPARE), np.uint8)
            if len(buffer) >= size:
                return buffer


def free_memory(device: torch.device) -> int:
    """Return the bytes that are free on a device; 0 on the CPU, whose memory map is as near."""
    if device.type != "cuda":
        return 0
    free, _total = torch.cuda.mem_get_info(device)
    return free


def fits(size: int, free: int) -> bool:
    """Say whether features of ``size`` bytes should move to a device with ``free`` bytes."""
    return size <= free * FREE_SHARE
