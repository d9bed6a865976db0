"""A run in the figures of a report: its table, and what its network attends to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.api.runs import load_result, newest
from kgp.api.trained_run import TABLE, opened_run
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
    from pathlib import Path

    from kgp.models.metrics import Interval
    from kgp.models.study import Study
    from kgp.platform.snapshot import Snapshot
    from kgp.platform.store.port import KnowledgeStore

_SHOWN_GENES = 12


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
    found = newest(folder, f"*/{TABLE}.json")
    return None if found is None else load_result(ModelTable, found)


def attention_summary(graph: KnowledgeStore, folder: Path, drug: str) -> AttentionSummary | None:
    """What the newest run attends to for a drug, or None where nothing was trained.

    Args:
        graph: the store, in which the drug and the genes have their names.
        folder: folder of the runs.
        drug: name or CURIE; empty takes the test drug with the strongest measured response among
            those that have neighbours, and None where there is none.

    Raises:
        BadInputError: if the drug is unknown or has no neighbours.
    """
    from kgp.models.training import read_result
    from kgp.platform.nodes import resolve_node

    found = newest(folder, f"*/{TABLE}.json")
    if found is None:
        return None
    # Only a trained run needs torch; a report without one must not.
    from kgp.models.kg_gat.attention import attention

    network, snapshot = opened_run(found.parent)
    chosen = resolve_node(graph, drug, "Drug") if drug else _strongest(network, snapshot)
    if chosen is None:
        return None
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


def _strongest(network: Path, snapshot: Snapshot) -> str | None:
    """The test drug with the strongest measured response; chosen by data, not by success.

    A drug without neighbours has no attention to show.
    """
    from kgp.models.training import PREDICTIONS

    with np.load(network / PREDICTIONS) as saved:
        drugs, strength = saved["drugs"].tolist(), np.linalg.norm(saved["truth"], axis=1)
    linked = np.isin(snapshot.index(drugs), snapshot.adjacency.slot_dst())
    strength[~linked] = -1
    return drugs[int(strength.argmax())] if linked.any() else None


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
