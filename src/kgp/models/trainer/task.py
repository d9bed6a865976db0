"""What the trainer asks of a model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

Precision = Literal["float32", "bfloat16"]
PRECISIONS = ("float32", "bfloat16")
ModuleT = TypeVar("ModuleT", bound="nn.Module")
BatchT = TypeVar("BatchT")


@dataclass(frozen=True, slots=True)
class FitConfig:
    """How to train one network.

    Args:
        seed: of initialisation, order of rows and dropout.
        learning_rate: of AdamW.
        weight_decay: of AdamW.
        batch_size: rows per step, over all processes together.
        max_epochs: upper limit.
        patience: epochs without a better validation score before training stops.
        save_every: epochs between two states on disk.
        save_batches: a longer epoch leaves a state within it after so many batches.
        threads: torch threads.
        device: ``cpu``, ``cuda``, ``cuda:1`` or ``auto`` (a GPU where there is one).
        precision: ``bfloat16`` computes the products of a GPU (or CPU) in half the bytes; weights
            and optimiser stay float32.
        loaders: background threads that make batches ahead of the network.
    """

    seed: int = 0
    learning_rate: float = 1e-3
    weight_decay: float = 0.0
    batch_size: int = 256
    max_epochs: int = 100
    patience: int = 10
    save_every: int = 1
    save_batches: int = 200
    threads: int = 1
    device: str = "auto"
    precision: Precision = "float32"
    loaders: int = 1

    def __post_init__(self) -> None:
        counts = ("batch_size", "max_epochs", "patience", "save_every", "save_batches")
        for name in (*counts, "threads", "loaders"):
            if getattr(self, name) < 1:
                raise BadInputError(f"{name}={getattr(self, name)}: valid are 1 and up.")
        if self.precision not in PRECISIONS:
            raise BadInputError(unknown("precision", self.precision, PRECISIONS))


@dataclass(frozen=True, slots=True)
class Validation:
    """A network judged on held-out rows.

    Args:
        score: higher is better; the epoch of the highest is kept.
        notes: numbers to keep with it, such as a threshold chosen by the same rows.
    """

    score: float
    notes: dict[str, float] = field(default_factory=dict)


class Task(Protocol[ModuleT, BatchT]):
    """A model and its data, as the trainer sees them."""

    @property
    def rows(self) -> NDArray[Any]:
        """Training rows, any integers: what batches are drawn from."""

    def module(self) -> ModuleT:
        """Build an untrained network; torch's random state is the seed's."""

    def make(self, rows: NDArray[Any], epoch: int) -> BatchT:
        """Sample, gather and index one batch; called in background threads.

        What it returns has ``to(device)``, or is made of tensors.
        """

    def loss(self, module: ModuleT, batch: BatchT) -> Tensor:
        """Return the batch's loss, summed over its rows: float [], with its gradient."""

    def validate(self, module: ModuleT) -> Validation:
        """Judge the network on the held-out rows, without gradients."""
