"""What every trained model hands back: one table with the baselines, one folder per run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from kgp.errors import BadInputError
from kgp.models.metrics import Interval, bootstrap, paired_bootstrap, score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.models.baselines import Prediction
    from kgp.models.dataset import DrugResponses
    from kgp.models.splits import Split

RESULT, CHECKPOINT, PREDICTIONS = "result.json", "checkpoint.pt", "predictions.npz"
METRICS = {"top50": "top-50 Pearson", "all": "all genes", "centred": "centred, all genes"}
"""Metric → its name in tables."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One row of the table.

    Args:
        model: the model's name.
        seeds: networks behind the row; 0 where the model has no randomness.
        metrics: per metric the mean over test drugs with its 95 % bootstrap interval; for several
            networks each drug's value is the mean over the networks.
        minus_mean: the same for the paired difference to the mean response.
        parameters: what was chosen or given.
    """

    model: str
    seeds: int
    metrics: dict[str, Interval]
    minus_mean: dict[str, Interval]
    parameters: dict[str, float | str]


@dataclass(frozen=True, slots=True)
class TrainResult:
    """The outcome of a training run, as ``result.json`` holds it.

    Args:
        run: folder of the run.
        model: name of the trained model.
        identity: hash of configuration and snapshot.
        snapshot: hash of the snapshot.
        fingerprint: fingerprint of the graph.
        dataset: name, drugs, genes, and dropped signatures by reason.
        split: name, seed, sizes, hash and what the parts share.
        table: one row per model, baselines first.
        training: per seed its epochs, the best one, and the loss and score of each epoch.
        config: the run's constants.
        repeated: True where the run was there already; then nothing was trained.
    """

    run: Path
    model: str
    identity: str
    snapshot: str
    fingerprint: str
    dataset: dict[str, Any]
    split: dict[str, Any]
    table: tuple[ModelRow, ...]
    training: tuple[dict[str, Any], ...]
    config: dict[str, Any]
    repeated: bool = False


def make_table(
    predictions: Mapping[str, Sequence[Prediction]], truth: NDArray[np.float32], seed: int = 0
) -> tuple[ModelRow, ...]:
    """Score models against the same test drugs.

    Args:
        predictions: name → one prediction per network; the first name is the mean response.
        truth: float32 [drugs, genes].
        seed: of the bootstrap.
    """
    reference = next(iter(predictions.values()))[0].values
    zero = score(reference, truth, reference)
    rows = []
    for name, group in predictions.items():
        each = [score(item.values, truth, reference) for item in group]
        mean = {metric: np.mean([values[metric] for values in each], axis=0) for metric in zero}
        rows.append(
            ModelRow(
                model=name,
                seeds=int(group[0].parameters.get("seeds", 0)),
                metrics={metric: bootstrap(values, seed) for metric, values in mean.items()},
                minus_mean=paired_bootstrap(mean, zero, seed),
                parameters={k: v for k, v in group[0].parameters.items() if k != "seeds"},
            )
        )
    return tuple(rows)


def describe_dataset(data: DrugResponses) -> dict[str, Any]:
    """Summarise a data set for the result."""
    return {
        "name": data.dataset,
        "drugs": len(data),
        "genes": len(data.genes),
        "dropped": data.dropped,
    }


def describe_split(split: Split) -> dict[str, Any]:
    """Summarise a split for the result."""
    return {
        "name": split.name,
        "seed": split.seed,
        "sizes": split.sizes,
        "hash": split.hash,
        "leakage": asdict(split.leakage),
    }


def write_result(result: TrainResult) -> None:
    """Write ``result.json``, keys sorted, in one step."""
    facts = asdict(result)
    del facts["run"], facts["repeated"]
    text = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    temporary = result.run / f".{RESULT}"
    temporary.write_bytes(text + b"\n")
    temporary.replace(result.run / RESULT)


def read_result(run: Path) -> TrainResult:
    """Read the result of a finished run.

    Raises:
        BadInputError: if the folder holds none, or a damaged one.
    """
    try:
        facts = orjson.loads((run / RESULT).read_bytes())
        table = tuple(_row(row) for row in facts.pop("table"))
        training = tuple(facts.pop("training"))
        return TrainResult(run=run, table=table, training=training, repeated=True, **facts)
    except FileNotFoundError as error:
        raise BadInputError(
            f"{run} holds no finished run.",
            hint=f"A finished run has a {RESULT}.",
            command="kgp train MODEL",
        ) from error
    except (orjson.JSONDecodeError, TypeError, KeyError) as error:
        raise BadInputError(
            f"{run / RESULT} is damaged ({error}).", command=f"rm -r {run} && kgp train MODEL"
        ) from error


def _row(facts: dict[str, Any]) -> ModelRow:
    for key in ("metrics", "minus_mean"):
        facts[key] = {name: Interval(**values) for name, values in facts[key].items()}
    return ModelRow(**facts)
