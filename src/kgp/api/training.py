"""Training models on snapshots, predicting with runs, and a run's figures for the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from kgp.api.graph import snapshot as export_snapshot
from kgp.api.runs import load_result, newest, save_result
from kgp.api.stores import open_store, runs_root, store_path
from kgp.errors import BadInputError
from kgp.progress import SilentProgress
from kgp.report.content import (
    AttendedNeighbour,
    AttentionSummary,
    Comparison,
    Estimate,
    GeneResponse,
    Metric,
    ModelRow,
    ModelTable,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kgp.models.metrics import Interval
    from kgp.models.predictions import Predictions
    from kgp.models.study import Study
    from kgp.platform.snapshot import Snapshot
    from kgp.platform.store.port import KnowledgeStore
    from kgp.progress import Progress

_ORIGIN = "origin"
"""Name of the file in a run's folder that says where its snapshot lies and which split's network
predicts: the first, whose test drugs are those that this network never saw."""

_TABLE = "table"
"""Name of the file in a run's folder that holds its pooled table."""

_SHOWN_GENES = 12


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
    first_seed: int = 0,
    epochs: int | None = None,
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
        first_seed: seed of the first split; the others follow.
        epochs: most epochs; default the model's own.
        out: folder of the runs; default beside the store.
        progress: where to say how far it is.

    Raises:
        BadInputError: for an unknown model or response set, or a snapshot of another graph.
        MissingExtraError: if the model's packages are not installed.
    """
    from kgp.models.registry import load_model
    from kgp.models.study import run_study

    module = load_model(model)
    folder = out or runs_root(store)
    opened = _open_snapshot(store, snapshot, folder, progress)
    choice: dict[str, Any] = {"dataset": responses}
    if epochs is not None:
        choice["max_epochs"] = epochs
    bars = progress or SilentProgress()
    config = module.Config(**choice)
    study = run_study(
        module, opened, config, range(first_seed, first_seed + seeds), folder / model, bars
    )
    table = model_table(study)
    origin = {"path": str(opened.path.absolute()), "network": study.runs[0].run.name}
    save_result(study.folder, _ORIGIN, origin)
    save_result(study.folder, _TABLE, table)
    return TrainedRun(study.folder, table, all(run.repeated for run in study.runs))


def _open_snapshot(
    store: str | None, path: Path | None, folder: Path, progress: Progress | None
) -> Snapshot:
    from kgp.platform.snapshot import Snapshot

    if path is None:
        return export_snapshot(store, folder / "snapshots", progress=progress)
    opened = Snapshot.open(path)
    if store is None or Path(store_path(store)).exists():
        with open_store(store) as graph:
            opened.check_graph(graph.fingerprint())
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
        BadInputError: if a text is no drug and no molecule, or the folder holds no run.
    """
    from kgp.models.registry import load_model
    from kgp.models.training import read_result

    network, snapshot = _opened_run(run)
    result = read_result(network)
    asked = _test_drugs(network) if not drugs else _resolve_drugs(store, drugs)
    found = load_model(result.model).predict(network, snapshot, asked)
    if out is not None:
        _write_predictions(found, out)
    return found


def _opened_run(run: Path) -> tuple[Path, Snapshot]:
    """The folder of the network that predicts, and the snapshot that it was trained on."""
    from kgp.platform.snapshot import Snapshot

    origin = run / f"{_ORIGIN}.json"
    if not origin.exists():
        raise BadInputError(
            f"{run} is not the folder of a run.",
            hint="kgp train prints the folder of each run.",
            command="kgp train kg-gat",
        )
    facts = orjson.loads(origin.read_bytes())
    return run / facts["network"], Snapshot.open(Path(facts["path"]))


def _test_drugs(network: Path) -> list[str]:
    from kgp.models.training import PREDICTIONS

    with np.load(network / PREDICTIONS) as saved:
        return sorted(set(saved["drugs"].tolist()))


def _resolve_drugs(store: str | None, drugs: Sequence[str]) -> list[str]:
    """CURIEs of the drugs that the graph knows; other texts are left to be read as SMILES."""
    from kgp.platform.queries import resolve_node

    with open_store(store) as graph:
        return [
            resolve_node(graph, text, "Drug") if graph.find(text, 1) else text for text in drugs
        ]


def _write_predictions(found: Predictions, out: Path) -> None:
    import polars as pl

    columns = {gene: found.values[:, i] for i, gene in enumerate(found.genes)}
    frame = pl.DataFrame({"drug": list(found.drugs), "part": list(found.parts), **columns})
    if out.suffix == ".parquet":
        frame.write_parquet(out)
    elif out.suffix == ".csv":
        frame.write_csv(out)
    else:
        raise BadInputError(f"{out.name!r} has no ending that kgp writes: .csv or .parquet.")


def model_table(study: Study) -> ModelTable:
    """A study's pooled table in the figures of a report."""
    from kgp.models.training import METRICS

    first = study.runs[0]
    rows = tuple(
        ModelRow(
            row.model,
            row.is_baseline,
            len(study.runs),
            {name: _estimate(value) for name, value in row.metrics.items()},
            {name: _estimate(value) for name, value in row.minus_mean.items()},
        )
        for row in study.rows
    )
    sizes = first.split["sizes"]
    hashes = ", ".join(run.split["hash"][:8] for run in study.runs)
    return ModelTable(
        dataset=f"{first.dataset['name']}, {first.dataset['drugs']} drugs",
        split=f"{first.split['name']}, {len(study.runs)} seeds ({hashes})",
        items="drugs",
        n_train=sizes["train"],
        n_validation=sizes["validation"],
        n_test=sizes["test"],
        leakage_note=_leakage([run.split["leakage"] for run in study.runs]),
        interval_note="95 % bootstrap over test drugs, scores averaged over splits",
        reference=study.rows[0].model,
        metrics=tuple(Metric(key, label) for key, label in METRICS.items()),
        rows=rows,
        comparisons=tuple(
            Comparison(d.model, d.against, d.metric, _estimate(d.difference))
            for d in study.differences
        ),
    )


def _leakage(splits: Sequence[dict[str, int]]) -> str:
    shared = {name: sum(split[name] for split in splits) for name in splits[0]}
    found = [f"{n} {name}" for name, n in shared.items() if n]
    if found:
        return f"Shared between parts: {', '.join(found)}."
    return "No scaffold, structure or response is shared between the parts."


def _estimate(value: Interval) -> Estimate:
    return Estimate(value.mean, value.low, value.high)


def newest_model_table(folder: Path) -> ModelTable | None:
    """The table of the run that finished last, or None where there is none."""
    found = newest(folder, f"*/{_TABLE}.json")
    return None if found is None else load_result(ModelTable, found)


def attention_summary(graph: KnowledgeStore, folder: Path, drug: str) -> AttentionSummary | None:
    """What the newest run attends to for a drug, or None where nothing was trained.

    Args:
        graph: the store, in which the drug and the genes have their names.
        folder: folder of the runs.
        drug: name or CURIE; empty takes the test drug with the strongest measured response.

    Raises:
        BadInputError: if the drug is unknown.
    """
    from kgp.models.training import read_result
    from kgp.platform.queries import resolve_node

    found = newest(folder, f"*/{_TABLE}.json")
    if found is None:
        return None
    # Only a trained run needs torch; a report without one must not.
    from kgp.models.kg_gat.attention import attention

    network, snapshot = _opened_run(found.parent)
    chosen = resolve_node(graph, drug, "Drug") if drug else _strongest(network)
    report = attention(network, snapshot, chosen)
    part, genes = _gene_responses(graph, network, snapshot, chosen)
    return AttentionSummary(
        drug=report.name,
        model=read_result(network).model,
        held_out=part == "test",
        unit="arcsinh of the consensus z-score",
        shares=report.type_share,
        neighbours=tuple(
            AttendedNeighbour(
                a.names[-1] or a.path[-1],
                a.node_type,
                a.relation.removeprefix("rev_"),
                a.weight,
            )
            for a in report.neighbors
        ),
        genes=genes,
    )


def _strongest(network: Path) -> str:
    """The test drug with the strongest measured response; chosen by data, not by success."""
    from kgp.models.training import PREDICTIONS

    with np.load(network / PREDICTIONS) as saved:
        return str(saved["drugs"][int(np.linalg.norm(saved["truth"], axis=1).argmax())])


def _gene_responses(
    graph: KnowledgeStore, network: Path, snapshot: Snapshot, drug: str
) -> tuple[str, tuple[GeneResponse, ...]]:
    """Predicted and measured response of the genes that respond most to a drug."""
    from kgp.models.dataset import load_drug_responses
    from kgp.models.registry import load_model
    from kgp.models.training import read_result

    result = read_result(network)
    found = load_model(result.model).predict(network, snapshot, [drug])
    data = load_drug_responses(snapshot, result.dataset["name"])
    measured = data.responses[data.drugs.index(drug)] if drug in data.drugs else None
    strength = np.abs(found.values[0] if measured is None else measured)
    top = np.argsort(-strength, kind="stable")[:_SHOWN_GENES].tolist()
    names = [n["name"] or n["id"] for n in graph.nodes([found.genes[i] for i in top])]
    genes = tuple(
        GeneResponse(
            name,
            float(found.values[0, i]),
            None if measured is None else float(measured[i]),
        )
        for name, i in zip(names, top, strict=True)
    )
    return found.parts[0], genes
