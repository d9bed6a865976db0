"""The smallest thing to train: a line through noisy points, with dropout among its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from kgp.models.trainer import RunFacts, Validation

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACTS = RunFacts("line", "0123", {"width": 3}, {"inputs": ["a", "b", "c"]})


class Line(nn.Module):
    """A linear map of three inputs, and one weight that no row reaches."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.linear, self.dropout = nn.Linear(3, 1), nn.Dropout(dropout)
        self.unused = nn.Parameter(torch.ones(2))

    def forward(self, values: Tensor) -> Tensor:
        out: Tensor = self.linear(self.dropout(values))
        return out.squeeze(1)


@dataclass(slots=True)
class LineTask:
    """Fit ``y = x0 - 2 x1 + noise``.

    Args:
        count: training rows.
        dropout: share of inputs dropped.
        stop_at: how many batches are made before Ctrl-C is pressed; None for never.
        made: rows of each batch that was made.
    """

    count: int = 40
    dropout: float = 0.2
    stop_at: int | None = None
    made: list[list[int]] = field(default_factory=list)

    @property
    def rows(self) -> NDArray[np.int64]:
        return np.arange(self.count)

    def module(self) -> Line:
        return Line(self.dropout)

    def make(self, rows: NDArray[np.int64], epoch: int) -> tuple[Tensor, Tensor]:
        if self.stop_at is not None and len(self.made) >= self.stop_at:
            raise KeyboardInterrupt
        self.made.append(rows.tolist())
        values = np.random.default_rng(0).normal(size=(self.count, 3)).astype(np.float32)
        noise = np.random.default_rng((1, epoch)).normal(size=self.count).astype(np.float32)
        truth = values @ np.array([1, -2, 0], np.float32) + 0.1 * noise
        return torch.from_numpy(values[rows]), torch.from_numpy(truth[rows])

    def loss(self, module: Line, batch: tuple[Tensor, Tensor]) -> Tensor:
        return ((module(batch[0]) - batch[1]) ** 2).sum()

    def validate(self, module: Line) -> Validation:
        weight = module.linear.weight.detach().flatten()
        error = float(((weight - torch.tensor([1.0, -2.0, 0.0])) ** 2).sum())
        return Validation(-error, {"bias": float(module.linear.bias)})
