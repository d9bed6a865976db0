"""One trainer in several processes, as ``torchrun`` starts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import distributed

from kgp.models.launch import Launch, launched

if TYPE_CHECKING:
    from torch import Tensor, nn


class Processes(Launch):
    """The processes that train one network, when they have met."""

    __slots__ = ()

    def sum_gradients(self, module: nn.Module) -> None:
        """Add the gradients of all processes, in one message."""
        if self.world == 1:
            return
        grads = [p.grad for p in module.parameters() if p.grad is not None]
        flat = torch.cat([grad.flatten() for grad in grads])
        distributed.all_reduce(flat)
        parts = torch.split(flat, [grad.numel() for grad in grads])
        for grad, part in zip(grads, parts, strict=True):
            grad.copy_(part.view_as(grad))

    def sum(self, value: Tensor) -> float:
        """Add one number of all processes."""
        if self.world > 1:
            distributed.all_reduce(value)
        return float(value)

    def told(self, value: Any) -> Any:
        """Return what the leading process has, in every process."""
        if self.world == 1:
            return value
        shared = [value]
        distributed.broadcast_object_list(shared)
        return shared[0]

    def wait(self) -> None:
        """Wait until every process is here."""
        if self.world > 1:
            distributed.barrier()


def processes(device: torch.device) -> Processes:
    """Meet the other processes that ``torchrun`` started; alone without it.

    The back end is NCCL for a GPU and gloo for the CPU.
    """
    group = launched()
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if group.world > 1 and not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return Processes(group.rank, group.world)
