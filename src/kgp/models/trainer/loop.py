"""The training loop: batches, steps, early stopping, a state that an interrupted run continues."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import numpy as np
import torch

from kgp.errors import BadInputError
from kgp.models.torch_state import torch_state
from kgp.models.trainer.memory import fitting
from kgp.models.trainer.processes import processes
from kgp.models.trainer.state import FitState, StateFile
from kgp.models.trainer.step import Stepper
from kgp.models.trainer.task import BatchT, FitConfig, ModuleT, Task, Validation
from kgp.platform.device import choose_device
from kgp.platform.pyg.epochs import SeedBatch, SeedOrder
from kgp.platform.pyg.prefetch import PrefetchLoader

if TYPE_CHECKING:
    from kgp.progress import Step


@dataclass(frozen=True, slots=True)
class Fit(Generic[ModuleT]):
    """A trained network.

    Args:
        state: how training went; ``state.best_weights`` are the weights to use.
        module: the network as the last epoch left it.
        rows: training rows that were seen; 0 where nothing was left to do.
        seconds: that it took, validation left out.
        waited: seconds of it in which the trainer waited for a batch.
    """

    state: FitState
    module: ModuleT
    rows: int
    seconds: float
    waited: float


def fit(
    task: Task[ModuleT, BatchT], config: FitConfig, file: StateFile, step: Step
) -> Fit[ModuleT]:
    """Train one network, from where ``file`` stands if there is one.

    Order, neighbours and dropout of each batch follow from (seed, epoch, batch) alone: a continued
    run ends with the same weights as one without a break. Started by ``torchrun``, each process
    takes its share of every batch and the gradients are added, which is one process with the whole
    batch, up to rounding (and to dropout, which every process draws for its own rows).

    Args:
        task: model and data.
        config: constants of the training.
        file: where the state is kept.
        step: advanced by one per epoch.

    Raises:
        BadInputError: if the file belongs to another run, or a batch does not fit into memory.
    """
    device = choose_device(config.device)
    with torch_state(config.threads):
        torch.manual_seed(config.seed)
        module = task.module().to(device)
        run = _Run(Stepper(task, config, device, processes(device), module), file)
        run.load()
        step.advance(run.state.epoch)
        while not run.state.finished:
            run.epoch()
            step.advance()
            loss, score = run.state.history[-1]
            step.note(f"loss {loss:.3f}, validation {score:.3f}")
    return Fit(run.state, module, run.rows, run.seconds, run.waited)


class _Run(Generic[ModuleT, BatchT]):
    """A training under way."""

    def __init__(self, stepper: Stepper[ModuleT, BatchT], file: StateFile) -> None:
        self.stepper, self.file = stepper, file
        self.task, self.config, self.group = stepper.task, stepper.config, stepper.group
        order = SeedOrder(
            self.task.rows,
            self.config.batch_size,
            seed=self.config.seed,
            rank=self.group.rank,
            ranks=self.group.world,
        )
        self.loader = PrefetchLoader(
            order, self._make, threads=self.config.loaders, device=stepper.device
        )
        self.state = FitState()
        self.rows, self.seconds, self.waited = 0, 0.0, 0.0

    def load(self) -> None:
        """Continue where the file stands, or judge the untrained network."""
        self.state = self.file.load(self.stepper.device, **self._parts())
        if self.group.leads:
            self.stepper.loss += self.state.loss_sum
        if not self.state.best_weights:
            self._judge()

    def epoch(self) -> None:
        """Take one pass over the rows, or over what is left of one, and judge the network."""
        state, config, began = self.state, self.config, time.perf_counter()
        with fitting(config.batch_size, self.stepper.attempt):
            for size, number, batch in self.loader:
                self.stepper.take(state.epoch + 1, number, size, batch)
                self.rows += size
                if (number + 1) % config.save_batches == 0:
                    self._save()
        loss = self._seen_loss() / len(self.task.rows)
        self.stepper.loss.zero_()
        self.seconds += time.perf_counter() - began
        self.waited += self.loader.waited
        state.epoch += 1
        state.history.append((loss, self._judge()))
        stale = state.epoch - state.best_epoch
        state.finished = state.epoch >= config.max_epochs or stale >= config.patience
        if state.finished or state.epoch % config.save_every == 0:
            self._save()

    def _make(self, batch: SeedBatch) -> tuple[int, int, BatchT]:
        """Make one batch; epochs count from 1, so that 0 is left for evaluation."""
        left = len(self.task.rows) - batch.number * self.config.batch_size
        size = min(self.config.batch_size, left)
        return size, batch.number, self.task.make(batch.seeds, batch.epoch + 1)

    def _judge(self) -> float:
        """Score the network, in the leading process, and keep the best one."""
        module, state = self.stepper.module.eval(), self.state
        with torch.inference_mode():
            mine = self.task.validate(module) if self.group.leads else None
        found: Validation = self.group.told(mine)
        if found.score > state.best_score:
            state.best_epoch, state.best_score = state.epoch, found.score
            state.best_notes = found.notes
            weights = module.state_dict()
            state.best_weights = {name: value.cpu().clone() for name, value in weights.items()}
        return found.score

    def _seen_loss(self) -> float:
        """Sum the loss of the epoch so far, over all processes.

        Raises:
            BadInputError: if it is not finite.
        """
        loss = self.group.sum(self.stepper.loss.clone())
        if not np.isfinite(loss):
            raise BadInputError(
                f"The loss in epoch {self.state.epoch + 1} is {loss}.",
                hint="The weights ran away, or an input is not finite. Lower the learning rate "
                f"({self.config.learning_rate:g}), or look at the inputs. {self.file.path} holds "
                "the last state that was sound.",
            )
        return loss

    def _save(self) -> None:
        self.state.loss_sum = self._seen_loss()
        if self.group.leads:
            self.file.save(self.state, **self._parts())

    def _parts(self) -> dict[str, Any]:
        parts = {"weights": self.stepper.module, "optimiser": self.stepper.adam}
        return {**parts, "loader": self.loader}
