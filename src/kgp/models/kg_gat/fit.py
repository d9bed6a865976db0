"""Training one network: batches, early stopping, a state that an interrupted run continues."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kgp.models.kg_gat.problem import EVALUATION_EPOCH, Problem
from kgp.models.metrics import pearson
from kgp.models.torch_state import torch_state

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.models.kg_gat.batch import GraphBatch
    from kgp.models.kg_gat.module import KgGat
    from kgp.platform.sampler import FusedNeighborSampler
    from kgp.progress import Step


@dataclass(slots=True)
class FitState:
    """Where the training of one seed stands.

    Args:
        epoch: epochs done.
        best_epoch: the epoch of the best validation score; 0 is the untrained network, which
            predicts the mean response.
        best_score: mean correlation over all genes of the validation drugs.
        best_share: how much of the predicted deviation from the mean is kept, chosen by the
            validation drugs; networks of a few hundred drugs are too sure of themselves.
        best_weights: the network's weights at that epoch.
        history: per epoch the training loss and the validation score.
        finished: whether training has ended.
    """

    epoch: int = 0
    best_epoch: int = 0
    best_score: float = -1.0
    best_share: float = 1.0
    best_weights: dict[str, Any] = field(default_factory=dict)
    history: list[tuple[float, float]] = field(default_factory=list)
    finished: bool = False


def fit_seed(problem: Problem, seed: int, saved: Path, identity: str, step: Step) -> FitState:
    """Train one network, from where ``saved`` stands if it belongs to the same run.

    Each epoch draws batches, neighbours and dropout from (seed, epoch) alone, so that a continued
    run ends with the same weights as one without a break.

    Args:
        problem: inputs and targets.
        seed: seed of this network.
        saved: file of the state.
        identity: hash of configuration, snapshot and split.
        step: advanced by one per epoch.
    """
    config = problem.config
    with torch_state(config.threads):
        torch.manual_seed(seed)
        module, sampler = problem.module(), problem.sampler(seed)
        optimiser = torch.optim.AdamW(
            module.parameters(), config.learning_rate, weight_decay=config.weight_decay
        )
        state = _load(saved, identity, module, optimiser) or FitState()
        step.advance(state.epoch)
        validation = problem.batch(sampler, problem.split.validation, EVALUATION_EPOCH)
        truth = problem.data.responses[problem.split.validation]
        if not state.epoch:
            _keep_best(state, module, *_score(problem, module, validation, truth))
        while not state.finished:
            state.epoch += 1
            loss = _epoch(problem, module, sampler, optimiser, seed, state.epoch)
            score, share = _score(problem, module, validation, truth)
            state.history.append((loss, score))
            _keep_best(state, module, score, share)
            stale = state.epoch - state.best_epoch
            state.finished = state.epoch >= config.max_epochs or stale >= config.patience
            if state.finished or state.epoch % config.save_every == 0:
                _save(saved, identity, state, module, optimiser)
            step.advance()
            step.note(f"loss {loss:.3f}, validation {score:.3f}")
    return state


def _epoch(
    problem: Problem,
    module: KgGat,
    sampler: FusedNeighborSampler,
    optimiser: torch.optim.Optimizer,
    seed: int,
    epoch: int,
) -> float:
    """Take one pass over the training drugs; returns the mean loss per drug."""
    torch.manual_seed(int(np.random.SeedSequence((seed, epoch)).generate_state(1)[0]))
    order = np.random.default_rng((seed, epoch)).permutation(problem.split.train)
    module.train()
    total = 0.0
    for start in range(0, len(order), problem.config.batch_size):
        rows = order[start : start + problem.config.batch_size]
        predicted, _ = module(problem.batch(sampler, rows, epoch))
        loss = torch.nn.functional.mse_loss(predicted, problem.targets[rows])
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch leaves it without annotations
        optimiser.step()
        total += float(loss.detach()) * len(rows)
    return total / len(order)


def _score(
    problem: Problem, module: KgGat, batch: GraphBatch, truth: NDArray[np.float32]
) -> tuple[float, float]:
    """Return the best validation score and the share of the deviation that gives it."""
    components = components_of(module, batch)
    shares = problem.config.baselines.shares
    guesses = [problem.space.responses(np.float32(share) * components) for share in shares]
    scores = [float(pearson(guess, truth).mean()) for guess in guesses]
    return max(zip(scores, shares, strict=True))


def components_of(module: KgGat, batch: GraphBatch) -> NDArray[np.float32]:
    """Predict without dropout: float32 [drugs, components]."""
    module.eval()
    with torch.inference_mode():
        predicted: NDArray[np.float32] = module(batch)[0].numpy()
    return predicted


def _keep_best(state: FitState, module: KgGat, score: float, share: float) -> None:
    if score > state.best_score:
        state.best_score, state.best_share, state.best_epoch = score, share, state.epoch
        state.best_weights = deepcopy(module.state_dict())


def _save(
    saved: Path, identity: str, state: FitState, module: KgGat, optimiser: torch.optim.Optimizer
) -> None:
    facts = {
        "identity": identity,
        "state": asdict(state),
        "weights": module.state_dict(),
        "optimiser": optimiser.state_dict(),
    }
    temporary = saved.with_suffix(".tmp")
    torch.save(facts, temporary)
    temporary.replace(saved)


def _load(
    saved: Path, identity: str, module: KgGat, optimiser: torch.optim.Optimizer
) -> FitState | None:
    if not saved.exists():
        return None
    facts = torch.load(saved, weights_only=True)
    if facts["identity"] != identity:
        return None
    module.load_state_dict(facts["weights"])
    optimiser.load_state_dict(facts["optimiser"])
    return FitState(**facts["state"])
