"""A model judged on several splits: one run per split, one pooled table.

One split says as much about the split as about the model. Every split trains its own network from
its own seed; each test drug's score is averaged over the splits that tested it, and intervals
resample drugs, so a drug that several splits tested counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.metrics import Interval, bootstrap, score
from kgp.models.training import PREDICTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.models.registry import ModelModule
    from kgp.models.training import TrainResult
    from kgp.platform.snapshot import Snapshot
    from kgp.progress import Progress

    Scores = dict[str, NDArray[np.float64]]

SPLIT = "split-{seed}"
"""Folder of one split's run within the study's folder."""


@dataclass(frozen=True, slots=True)
class PooledRow:
    """One model over all splits.

    Args:
        model: its name.
        is_baseline: True for all but the trained model.
        metrics: mean over test drugs with its 95 % bootstrap interval.
        minus_mean: the paired difference to the mean response.
    """

    model: str
    is_baseline: bool
    metrics: dict[str, Interval]
    minus_mean: dict[str, Interval]


@dataclass(frozen=True, slots=True)
class Difference:
    """Paired difference of the trained model to its best baseline in one metric."""

    model: str
    against: str
    metric: str
    difference: Interval


@dataclass(frozen=True, slots=True)
class Study:
    """A model on several splits.

    Args:
        folder: holds one run per split.
        runs: their results, in order of the seeds.
        rows: the pooled table, the mean response first.
        differences: the trained model against the best baseline of each metric.
    """

    folder: Path
    runs: tuple[TrainResult, ...]
    rows: tuple[PooledRow, ...]
    differences: tuple[Difference, ...]


def run_study(
    module: ModelModule,
    snapshot: Snapshot,
    config: Any,
    seeds: Sequence[int],
    folder: Path,
    progress: Progress,
) -> Study:
    """Train on one split per seed, with the baselines on the same splits, and pool.

    Args:
        module: the model.
        snapshot: the graph with its responses.
        config: the model's configuration; its name and seeds are set for each split.
        seeds: seeds of the splits, each also the seed of its network.
        folder: of the study; a finished run in it is not repeated.
        progress: where to say how far it is.
    """
    runs = tuple(
        module.train(
            snapshot,
            replace(config, name=SPLIT.format(seed=seed), split_seed=seed, seeds=(seed,)),
            folder,
            progress,
        )
        for seed in seeds
    )
    scores = pool([read_scores(run.run) for run in runs])
    rows = tuple(_row(name, scores, runs[0].table) for name in scores)
    return Study(folder, runs, rows, tuple(_differences(rows, scores)))


def read_scores(run: Path) -> tuple[list[str], dict[str, Scores]]:
    """Score every model of a run on its test drugs: the drugs, and scores by model and metric."""
    with np.load(run / PREDICTIONS) as saved:
        truth, values = saved["truth"], saved["values"]
        names, drugs = saved["models"].tolist(), saved["drugs"].tolist()
    return drugs, {
        name: score(predicted, truth, values[0])
        for name, predicted in zip(names, values, strict=True)
    }


def pool(runs: Sequence[tuple[list[str], dict[str, Scores]]]) -> dict[str, Scores]:
    """Average each drug's scores over the runs that tested it: float64 [distinct drugs]."""
    drugs = np.concatenate([np.array(names) for names, _ in runs])
    _, place = np.unique(drugs, return_inverse=True)
    times = np.bincount(place)
    return {
        model: {
            metric: np.bincount(place, np.concatenate([s[model][metric] for _, s in runs])) / times
            for metric in scores
        }
        for model, scores in runs[0][1].items()
    }


def _row(name: str, scores: dict[str, Scores], table: Sequence[Any]) -> PooledRow:
    reference = scores[next(iter(scores))]
    trained = {row.model for row in table if row.seeds}
    return PooledRow(
        name,
        name not in trained,
        {metric: bootstrap(values) for metric, values in scores[name].items()},
        {metric: bootstrap(values - reference[metric]) for metric, values in scores[name].items()},
    )


def _differences(rows: Sequence[PooledRow], scores: dict[str, Scores]) -> list[Difference]:
    found = []
    for row in rows:
        if row.is_baseline:
            continue
        for metric, values in scores[row.model].items():
            best = _best_baseline(rows, metric)
            change = bootstrap(values - scores[best][metric])
            found.append(Difference(row.model, best, metric, change))
    return found


def _best_baseline(rows: Sequence[PooledRow], metric: str) -> str:
    baselines = [row for row in rows if row.is_baseline]
    return max(baselines, key=lambda row: row.metrics[metric].mean).model
