"""Training models on snapshots, and predicting with runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.api.graph import snapshot as export_snapshot
from kgp.api.run_figures import model_table
from kgp.api.runs import save_result
from kgp.api.stores import open_store, runs_root
from kgp.api.trained_run import ORIGIN, TABLE, Origin, opened_run
from kgp.errors import BadInputError, NoStoreError, UsageError
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.models.predictions import Predictions
    from kgp.platform.snapshot import Snapshot
    from kgp.platform.store.port import KnowledgeStore
    from kgp.progress import Progress
    from kgp.report.content import ModelTable


FIRST_SEED = 100
"""Seed of the first split that was not looked at while the models' constants were chosen."""


@dataclass(frozen=True, slots=True)
class TrainedRun:
    """A finished run.

    Args:
        folder: where it lies.
        table: every model on the same split, the mean response first.
        repeated: True where the run was there already; then nothing was trained.
    """

    folder: Path
    table: ModelTable
    repeated: bool


def train(
    store: str | None,
    model: str,
    *,
    snapshot: Path | None = None,
    responses: str = "",
    seeds: int = 5,
    first_seed: int = FIRST_SEED,
    epochs: int | None = None,
    batch_size: int | None = None,
    device: str = "cpu",
    precision: str = "float32",
    out: Path | None = None,
    progress: Progress | None = None,
) -> TrainedRun:
    """Train a model and its baselines on the same splits.

    Args:
        store: URL of the store.
        model: name of the model.
        snapshot: a snapshot of this graph, or the folder that holds one; default a new one.
        responses: name of the response set; default the only one that perturbs drugs.
        seeds: number of splits; each has a network of its own seed.
        first_seed: seed of the first split; the others follow. The model's constants were chosen
            on splits of lower seeds, so that those of the default judge it fairly.
        epochs: most epochs; default the model's own.
        batch_size: rows per step; default the model's own.
        device: ``cpu``, ``cuda`` or ``auto``.
        precision: ``float32``, or ``bfloat16`` for the products.
        out: folder of the runs; default beside the store.
        progress: where to say how far it is.

    Raises:
        UsageError: for less than one seed.
        BadInputError: for an unknown model or response set, or a snapshot of another graph.
        MissingExtraError: if the model's packages are not installed.
    """
    from kgp.models.launch import launched
    from kgp.models.registry import load_model
    from kgp.models.study import run_study

    if seeds < 1:
        raise UsageError(f"seeds={seeds}: valid are 1 and up.", command=f"kgp train {model}")
    module = load_model(model)
    folder = out or runs_root(store)
    opened = _open_snapshot(store, snapshot, folder, progress)
    asked = {"max_epochs": epochs, "batch_size": batch_size}
    choice: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    bars = progress or SilentProgress()
    config = module.Config(dataset=responses, device=device, precision=precision, **choice)
    study = run_study(
        module, opened, config, range(first_seed, first_seed + seeds), folder / model, bars
    )
    table = model_table(study)
    if launched().leads:
        save_result(
            study.folder, ORIGIN, Origin(str(opened.path.absolute()), study.runs[0].run.name)
        )
        save_result(study.folder, TABLE, table)
    return TrainedRun(study.folder, table, all(run.repeated for run in study.runs))


def _open_snapshot(
    store: str | None, path: Path | None, folder: Path, progress: Progress | None
) -> Snapshot:
    from kgp.models.launch import launched
    from kgp.platform.snapshot import Snapshot

    group = launched()
    if path is None and group.world > 1:
        raise UsageError(
            f"{group.world} processes cannot export one snapshot.",
            hint="Export it first and name it.",
            command="kgp snapshot OUT && torchrun --no-python … kgp train MODEL --snapshot OUT",
        )
    if path is None:
        return export_snapshot(store, folder / "snapshots", progress=progress)
    opened = Snapshot.open(path)
    if not group.leads:  # one process at a time may open an embedded store
        return opened
    try:
        with open_store(store) as graph:
            opened.check_graph(graph.fingerprint())
    except NoStoreError:
        # A snapshot is enough to train on; one of the default store is held against it.
        if store is None:
            raise
    return opened


def predict(
    store: str | None, run: Path, drugs: Sequence[str], *, out: Path | None = None
) -> Predictions:
    """Predict the response to drugs with a trained run.

    Args:
        store: URL of the store, in which names of drugs are looked up.
        run: folder of the run.
        drugs: names, CURIEs or SMILES; none predicts every test drug of the run.
        out: file for all genes, ``.csv`` or ``.parquet``.

    Raises:
        UsageError: for another ending of the file's name.
        BadInputError: if a text is no drug and no molecule, the folder holds no run, or the file
            cannot be written.
    """
    from kgp.models.registry import load_model
    from kgp.models.training import read_result

    if out is not None and out.suffix not in (".csv", ".parquet"):
        raise UsageError(
            f"{out.name!r} has no ending that kgp writes.",
            hint="Valid are .csv, .parquet.",
            command=f"kgp predict {run} --out {out.stem or 'responses'}.csv",
        )
    network, snapshot = opened_run(run)
    result = read_result(network)
    asked = _test_drugs(network) if not drugs else _resolve_drugs(store, drugs)
    found = load_model(result.model).predict(network, snapshot, asked)
    if out is not None:
        _write_predictions(found, out)
    return found


def _test_drugs(network: Path) -> list[str]:
    from kgp.models.training import PREDICTIONS

    with np.load(network / PREDICTIONS) as saved:
        return sorted(set(saved["drugs"].tolist()))


def _resolve_drugs(store: str | None, drugs: Sequence[str]) -> list[str]:
    """CURIEs of the drugs that the graph knows; a text that is a molecule stays a SMILES."""
    with open_store(store) as graph:
        return [_resolve_drug(graph, text) for text in drugs]


def _resolve_drug(graph: KnowledgeStore, text: str) -> str:
    from kgp.platform.encoders.molecules import read_molecule
    from kgp.platform.nodes import resolve_node

    try:
        return resolve_node(graph, text, "Drug")
    except BadInputError:
        if read_molecule(text) is None:
            raise
        return text


def _write_predictions(found: Predictions, out: Path) -> None:
    import polars as pl

    columns = {gene: found.values[:, i] for i, gene in enumerate(found.genes)}
    frame = pl.DataFrame({"drug": list(found.drugs), "part": list(found.parts), **columns})
    try:
        if out.suffix == ".parquet":
            frame.write_parquet(out)
        else:
            frame.write_csv(out)
    except OSError as error:
        raise BadInputError(
            f"Cannot write {out}: {error}.",
            hint="Give a file in a folder that is there and that you may write.",
            command=f"kgp predict RUN --out {out.name}",
        ) from error
