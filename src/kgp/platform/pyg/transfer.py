"""Moving a batch to its device: pinned memory, a copy stream of its own, no waiting."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed import DataclassInstance

T = TypeVar("T")
Made = TypeVar("Made", bound="DataclassInstance")


def map_parts(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply ``change`` to every part of a batch that knows how to move.

    That is whatever has ``pin_memory`` and ``to``: tensors, PyG data, index packs. Dataclasses,
    tuples, lists and dicts are looked into and made anew; all else stays as it is.
    """
    if _moves(value):
        return change(value)
    if is_dataclass(value) and not isinstance(value, type):
        return map_fields(value, change)
    if isinstance(value, dict):
        return {key: map_parts(part, change) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(map_parts(part, change) for part in value))
    if isinstance(value, list | tuple):
        return type(value)(map_parts(part, change) for part in value)
    return value


def map_fields(value: Made, change: Callable[[Any], Any]) -> Made:
    """Make a dataclass anew with ``change`` applied to every part of its fields that moves."""
    parts = {item.name: getattr(value, item.name) for item in fields(value) if item.init}
    return replace(value, **{name: map_parts(part, change) for name, part in parts.items()})


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch on its way to the device.

    Args:
        batch: the batch; its tensors may be used once ``copied`` has happened.
        copied: event after the last copy; None where nothing had to be copied.
    """

    batch: Any
    copied: torch.cuda.Event | None


class DeviceCopy:
    """Copies batches to one device.

    On CUDA a background thread pins a batch and enqueues its copies on a stream of its own, so
    that they overlap with the kernels of the trainer; the trainer's stream waits for them on the
    device, never on the host.

    Args:
        device: where batches go; on the CPU they stay what they are.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self._stream: torch.cuda.Stream | None = None
        if device.type == "cuda":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]  # as torch is

    def send(self, batch: Any) -> Sent:
        """Pin a batch and enqueue its copies; called in a background thread."""
        if self.device.type == "cpu":
            return Sent(batch, None)
        if self._stream is None:
            return Sent(map_parts(batch, lambda part: part.to(self.device)), None)
        with torch.cuda.stream(self._stream):
            pinned = map_parts(batch, _pin)
            moved = map_parts(pinned, lambda part: part.to(self.device, non_blocking=True))
            copied = torch.cuda.Event()  # type: ignore[no-untyped-call]  # as torch is
            copied.record(self._stream)
        return Sent(moved, copied)

    def receive(self, sent: Sent) -> Any:
        """Let the caller's stream wait for a batch; called in the trainer's thread."""
        if sent.copied is not None:
            stream = torch.cuda.current_stream(self.device)
            stream.wait_event(sent.copied)
            for tensor in tensors_in(sent.batch):
                if tensor.is_cuda:  # its memory is not reused before this stream is done with it
                    tensor.record_stream(stream)
        return sent.batch


def moved(batch: T, device: torch.device) -> T:
    """Copy a batch to a device; the caller's stream waits for it."""
    copies = DeviceCopy(device)
    there: T = copies.receive(copies.send(batch))
    return there


def tensors_in(value: Any) -> Iterable[torch.Tensor]:
    """List the tensors of a batch, however they are nested."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        parts: Iterable[Any] = value.values()
    elif isinstance(value, list | tuple):
        parts = value
    elif is_dataclass(value) and not isinstance(value, type):
        parts = [getattr(value, item.name) for item in fields(value)]
    elif callable(getattr(value, "to_dict", None)):  # PyG data
        parts = value.to_dict().values()
    else:
        parts = ()
    return [tensor for part in parts for tensor in tensors_in(part)]


def _pin(part: Any) -> Any:
    return part if getattr(part, "is_cuda", False) is True else part.pin_memory()


def _moves(part: Any) -> bool:
    """Say whether a part knows itself which of its tensors belong on the device."""
    return callable(getattr(part, "pin_memory", None)) and callable(getattr(part, "to", None))
