"""One step of the optimiser, in one process or in several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic

import numpy as np
import torch

from kgp.models.trainer.task import BatchT, FitConfig, ModuleT, Task
from kgp.platform.pyg.transfer import moved

if TYPE_CHECKING:
    from kgp.models.trainer.processes import Processes


@dataclass(slots=True)
class Stepper(Generic[ModuleT, BatchT]):
    """Takes steps.

    Args:
        task: model and data.
        config: constants of the training.
        device: where the network is.
        group: the processes that train it.
        module: the network.
        adam: its optimiser.
        loss: sum of the loss over the rows of this process, float64 [], on the device: to read it
            in every step would make a GPU wait.
    """

    task: Task[ModuleT, BatchT]
    config: FitConfig
    device: torch.device
    group: Processes
    module: ModuleT
    adam: torch.optim.AdamW = field(init=False)
    loss: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.adam = torch.optim.AdamW(
            self.module.parameters(),
            self.config.learning_rate,
            weight_decay=self.config.weight_decay,
        )
        self.loss = torch.zeros((), dtype=torch.float64, device=self.device)

    def take(self, epoch: int, number: int, size: int, batch: BatchT) -> None:
        """Take one step.

        Args:
            epoch: the epoch.
            number: number of the batch in it.
            size: rows of the batch, over all processes.
            batch: this process's share.
        """
        words = (self.config.seed, epoch, number, self.group.rank)
        torch.manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
        self.module.train()
        self.loss += self.gradients(size, batch)
        self.group.sum_gradients(self.module)
        self.adam.step()

    def gradients(self, size: int, batch: BatchT) -> torch.Tensor:
        """Leave the gradients of the batch's mean loss; returns its sum.

        A gradient that no row reaches is zero and not missing, or the optimiser would treat a
        relation that is absent from one process's rows otherwise than from all.
        """
        for parameter in self.module.parameters():
            parameter.grad = torch.zeros_like(parameter)
        half = self.config.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            loss = self.task.loss(self.module, batch)
        (loss / size).backward()  # type: ignore[no-untyped-call]  # torch leaves it so
        return loss.detach().double()

    def attempt(self, rows: int) -> None:
        """Make a batch of so many rows and its gradients, and throw them away."""
        self.gradients(rows, moved(self.task.make(self.task.rows[:rows], 1), self.device))
