"""The training loop: batches, steps, early stopping, a state that an interrupted run continues."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic

import numpy as np
import torch

from kgp.models.torch_state import torch_state
from kgp.models.trainer.memory import fitting
from kgp.models.trainer.moving import moved
from kgp.models.trainer.processes import Processes, processes
from kgp.models.trainer.state import FitState, StateFile
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
        run = _Run(task, config, file, device, processes(device), task.module().to(device))
        run.load()
        step.advance(run.state.epoch)
        while not run.state.finished:
            run.epoch()
            step.advance()
            loss, score = run.state.history[-1]
            step.note(f"loss {loss:.3f}, validation {score:.3f}")
    return Fit(run.state, run.module, run.rows, run.seconds, run.waited)


class _Run(Generic[ModuleT, BatchT]):
    """A training under way."""

    def __init__(
        self,
        task: Task[ModuleT, BatchT],
        config: FitConfig,
        file: StateFile,
        device: torch.device,
        group: Processes,
        module: ModuleT,
    ) -> None:
        self.task, self.config, self.file = task, config, file
        self.device, self.group, self.module = device, group, module
        self.adam = torch.optim.AdamW(
            module.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        order = SeedOrder(
            task.rows, config.batch_size, seed=config.seed, rank=group.rank, ranks=group.world
        )
        self.loader = PrefetchLoader(order, self._make, threads=config.loaders, device=device)
        self.state = FitState()
        self.rows, self.seconds, self.waited = 0, 0.0, 0.0
        self._saved = time.monotonic()

    def load(self) -> None:
        """Continue where the file stands, or judge the untrained network."""
        self.state = self.file.load(self.device, **self._parts())
        if not self.state.best_weights:
            self._judge()

    def epoch(self) -> None:
        """Take one pass over the rows, or over what is left of one, and judge the network."""
        began = time.perf_counter()
        with fitting(self.config.batch_size, self._attempt):
            for size, number, batch in self.loader:
                self._step(size, number, batch)
                if time.monotonic() - self._saved > 60 * self.config.save_minutes:
                    self._save()
        self.seconds += time.perf_counter() - began
        self.waited += self.loader.waited
        loss, state = self.state.loss_sum / len(self.task.rows), self.state
        state.epoch, state.loss_sum = state.epoch + 1, 0.0
        state.history.append((loss, self._judge()))
        stale = state.epoch - state.best_epoch
        state.finished = state.epoch >= self.config.max_epochs or stale >= self.config.patience
        if state.finished or state.epoch % self.config.save_every == 0:
            self._save()

    def _make(self, batch: SeedBatch) -> tuple[int, int, BatchT]:
        """Make one batch; epochs count from 1, so that 0 is left for evaluation."""
        left = len(self.task.rows) - batch.number * self.config.batch_size
        size = min(self.config.batch_size, left)
        return size, batch.number, self.task.make(batch.seeds, batch.epoch + 1)

    def _step(self, size: int, number: int, batch: BatchT) -> None:
        epoch = self.state.epoch + 1
        words = (self.config.seed, epoch, number, self.group.rank)
        torch.manual_seed(int(np.random.SeedSequence(words).generate_state(1)[0]))
        self.module.train()
        loss = self._gradients(size, batch)
        self.group.sum_gradients(self.module)
        self.adam.step()
        self.state.loss_sum += self.group.sum(loss)
        self.rows += size

    def _gradients(self, size: int, batch: BatchT) -> torch.Tensor:
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

    def _attempt(self, rows: int) -> None:
        self._gradients(rows, moved(self.task.make(self.task.rows[:rows], 1), self.device))

    def _judge(self) -> float:
        """Score the network, in the leading process, and keep the best one."""
        self.module.eval()
        with torch.inference_mode():
            mine = self.task.validate(self.module) if self.group.leads else None
        found: Validation = self.group.told(mine)
        if found.score > self.state.best_score:
            state = self.state
            state.best_score, state.best_notes, state.best_epoch = (
                found.score,
                found.notes,
                state.epoch,
            )
            weights = self.module.state_dict()
            state.best_weights = {name: value.cpu().clone() for name, value in weights.items()}
        return found.score

    def _save(self) -> None:
        self._saved = time.monotonic()
        if self.group.leads:
            self.file.save(self.state, **self._parts())

    def _parts(self) -> dict[str, Any]:
        return {"weights": self.module, "optimiser": self.adam, "loader": self.loader}
