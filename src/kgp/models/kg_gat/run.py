"""A whole run: split, baselines, one network per seed, one table."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from kgp.errors import BadInputError
from kgp.models.baselines import Prediction, run_baselines
from kgp.models.dataset import load_drug_responses
from kgp.models.kg_gat.checkpoint import MODEL, run_facts, save_checkpoint
from kgp.models.kg_gat.config import KgGatConfig
from kgp.models.kg_gat.fit import SHARE, KgGatTask, components_of
from kgp.models.kg_gat.problem import EVALUATION_EPOCH, Problem, prepare
from kgp.models.splits import scaffold_split
from kgp.models.torch_state import torch_state
from kgp.models.trainer import FitState, RunFacts, StateFile, fit
from kgp.models.trainer.processes import processes
from kgp.models.training import (
    PREDICTIONS,
    RESULT,
    TrainResult,
    describe_dataset,
    describe_split,
    make_table,
    read_result,
    write_result,
)
from kgp.platform.device import choose_device
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.platform.snapshot import Snapshot
    from kgp.progress import Progress

ONE, ENSEMBLE = "KG-GAT", "KG-GAT, seeds averaged"
STATES = "states"


def train(
    snapshot: Snapshot,
    config: KgGatConfig | None,
    out: Path,
    progress: Progress | None = None,
) -> TrainResult:
    """Train KG-GAT and the baselines on one split and write ``OUT/<name>/``.

    The folder holds ``result.json`` (the table), ``checkpoint.pt`` (what prediction needs) and
    ``predictions.npz`` (truth and every model's prediction of the test drugs). An interrupted run
    continues when the same call is made again; a finished one is returned as it is.

    Args:
        snapshot: the exported graph with responses.
        config: constants; default :class:`KgGatConfig`.
        out: folder of the runs.
        progress: where to say how far it is.

    Raises:
        BadInputError: if the folder holds another run, or the snapshot has no usable responses.
    """
    config, progress = config or KgGatConfig(), progress or SilentProgress()
    group = processes(choose_device(config.device))
    run, identity = out / config.name, RunFacts(MODEL, snapshot.hash, config.constants).identity
    if (run / RESULT).exists():
        return _same_run(read_result(run), identity, config)
    data = load_drug_responses(snapshot, config.dataset)
    split = scaffold_split(data, config.split_seed, config.test, config.validation)
    states = run / STATES
    states.mkdir(parents=True, exist_ok=True)
    with progress.step("Baselines", unit="models") as step, torch_state(config.threads):
        predictions = {item.model: [item] for item in run_baselines(data, split, config.baselines)}
        step.advance(len(predictions))
    with progress.step("Graph inputs", unit="nodes") as step:
        problem = prepare(snapshot, data, split, config)
        step.advance(len(snapshot.numbering.ids))
    facts = run_facts(snapshot, config, problem.inputs)
    fits: dict[int, FitState] = {}
    for seed in config.seeds:
        task, how = KgGatTask.of(problem, seed), config.fitting(seed)
        file = StateFile(states / f"seed-{seed}.pt", facts)
        with progress.step(f"Training {ONE}, seed {seed}", config.max_epochs, "epochs") as step:
            fits[seed] = fit(task, how, file, step).state
    predictions |= _predict_test(problem, fits)
    result = TrainResult(
        run=run,
        model=MODEL,
        identity=identity,
        snapshot=snapshot.hash,
        fingerprint=snapshot.fingerprint,
        dataset=describe_dataset(data),
        split=describe_split(split),
        table=make_table(predictions, data.responses[split.test]),
        training=tuple(_describe(seed, state) for seed, state in fits.items()),
        config=config.constants,
    )
    if group.leads:
        save_checkpoint(run, problem, fits)
        _save_predictions(run, problem, predictions)
        write_result(result)
        shutil.rmtree(states)
    group.wait()
    return result


def _same_run(found: TrainResult, identity: str, config: KgGatConfig) -> TrainResult:
    if found.identity == identity:
        return found
    asked = orjson.loads(orjson.dumps(config.constants))
    other = [key for key in asked if found.config.get(key) != asked[key]]
    why = f"It differs in {', '.join(other)}." if other else f"Its snapshot is {found.snapshot}."
    raise BadInputError(
        f"{found.run} holds another run.", hint=why, command=f"kgp train {MODEL} --out FOLDER"
    )


def _predict_test(problem: Problem, fits: dict[int, FitState]) -> dict[str, list[Prediction]]:
    """Predict the test drugs with each network, and with the mean of all."""
    each: list[NDArray[np.float32]] = []
    with torch_state(problem.config.threads):
        for seed, state in fits.items():
            module = problem.module()
            module.load_state_dict(state.best_weights)
            batch = problem.batch(problem.sampler(seed), problem.split.test, EVALUATION_EPOCH)
            kept = np.float32(state.best_notes[SHARE]) * components_of(module, batch)
            each.append(problem.space.responses(kept))
    note: dict[str, float | str] = {"seeds": len(fits), "softmax": problem.config.softmax}
    rows = {ONE: [Prediction(ONE, values, note) for values in each]}
    if len(each) > 1:
        mean: NDArray[np.float32] = np.mean(each, axis=0, dtype=np.float32)
        rows[ENSEMBLE] = [Prediction(ENSEMBLE, mean, note)]
    return rows


def _describe(seed: int, state: FitState) -> dict[str, Any]:
    return {
        "seed": seed,
        "epochs": state.epoch,
        "best_epoch": state.best_epoch,
        "best_score": state.best_score,
        "share": state.best_notes[SHARE],
        "loss": [loss for loss, _ in state.history],
        "score": [score for _, score in state.history],
    }


def _save_predictions(
    run: Path, problem: Problem, predictions: dict[str, list[Prediction]]
) -> None:
    """Write the test drugs' truth and predictions; several networks as their mean."""
    test = problem.split.test
    values = [np.mean([item.values for item in items], axis=0) for items in predictions.values()]
    np.savez_compressed(
        run / PREDICTIONS,
        allow_pickle=False,
        drugs=np.array([problem.data.drugs[int(row)] for row in test]),
        genes=np.array(problem.data.genes),
        truth=problem.data.responses[test],
        models=np.array(list(predictions)),
        values=np.stack(values).astype(np.float32),
    )
