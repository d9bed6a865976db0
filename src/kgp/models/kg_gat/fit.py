"""KG-GAT as the trainer sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch

from kgp.models.kg_gat.problem import EVALUATION_EPOCH, Problem
from kgp.models.metrics import pearson
from kgp.models.trainer import Validation
from kgp.platform.pyg.transfer import moved

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.models.kg_gat.batch import GraphBatch
    from kgp.models.kg_gat.module import KgGat
    from kgp.platform.sampler import FusedNeighborSampler

SHARE = "share"
"""Note of a validation: how much of the predicted deviation from the mean is kept.

Networks of a few hundred drugs are too sure of themselves; the validation drugs choose it.
"""


@dataclass(frozen=True, slots=True)
class KgGatTask:
    """One network of a run.

    Args:
        problem: inputs and targets.
        sampler: draws the neighbourhoods.
        validation: the validation drugs with their neighbourhood, drawn once.
    """

    problem: Problem
    sampler: FusedNeighborSampler
    validation: GraphBatch = field(repr=False)

    @classmethod
    def of(cls, problem: Problem, seed: int) -> KgGatTask:
        """Set up the network of one seed."""
        sampler = problem.sampler(seed)
        validation = problem.batch(sampler, problem.split.validation, EVALUATION_EPOCH)
        return cls(problem, sampler, validation)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The training drugs."""
        return self.problem.split.train

    def module(self) -> KgGat:
        """Build an untrained network."""
        return self.problem.module()

    def make(self, rows: NDArray[np.int64], epoch: int) -> tuple[GraphBatch, Tensor]:
        """Sample the neighbourhood of some drugs, with their targets."""
        return self.problem.batch(self.sampler, rows, epoch), self.problem.targets[rows]

    def loss(self, module: KgGat, batch: tuple[GraphBatch, Tensor]) -> Tensor:
        """Sum the drugs' mean squared errors of the components."""
        graph, target = batch
        predicted, _ = module(graph)
        error = torch.nn.functional.mse_loss(predicted.float(), target, reduction="none")
        return error.mean(1).sum()

    def validate(self, module: KgGat) -> Validation:
        """Return the best correlation over all genes, and the share that gives it."""
        problem = self.problem
        truth = problem.data.responses[problem.split.validation]
        components = components_of(module, self.validation)
        shares = problem.config.baselines.shares
        guesses = [problem.space.responses(np.float32(share) * components) for share in shares]
        scores = [float(pearson(guess, truth).mean()) for guess in guesses]
        score, share = max(zip(scores, shares, strict=True))
        return Validation(score, {SHARE: share})


def components_of(module: KgGat, batch: GraphBatch) -> NDArray[np.float32]:
    """Predict without dropout: float32 [drugs, components]."""
    module.eval()
    device = next(module.parameters()).device
    with torch.inference_mode():
        predicted: NDArray[np.float32] = module(moved(batch, device))[0].float().cpu().numpy()
    return predicted
