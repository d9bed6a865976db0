"""Writing a refinement: the new version with the evidence of every changed edge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kgp.api.publishing import publish
from kgp.api.responses import rule_parameters
from kgp.api.stores import open_store
from kgp.errors import BadInputError
from kgp.kg_schema.provenance import SourceInfo
from kgp.loaders.frame import FrameNetwork
from kgp.models.grn_data import observations_hash
from kgp.platform.grn import author, changed_edge, commit, new_version
from kgp.platform.store.records import CONTRADICTS, SUPPORTS, EdgeEvidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.api.refine_task import RefineOptions, RefineTask
    from kgp.models.refinement.posterior import Alternative
    from kgp.models.refinement.result import Edit, Refinement
    from kgp.platform.store.records import EdgeChange, GrnVersion
    from kgp.progress import Progress
    from kgp.report.content import RefinementSummary

_KEPT_EXPERIMENTS = 25
"""Signatures that an edge names for and against its change; their number is kept beside."""


def write_refinement(
    store: str | None,
    task: RefineTask,
    options: RefineOptions,
    result: Refinement,
    summary: RefinementSummary,
    bars: Progress,
) -> int:
    """Write a refinement as a version and return its number.

    A planted truth first gets its damaged network as version 1 of a network of its own, a context
    its fork.

    Raises:
        BadInputError: if the name of the damaged network is taken.
        HeadMovedError: if the network got a new version meanwhile.
    """
    if options.planted is not None:
        _publish_damaged(store, task, options, bars)
    changes = [change for edit in result.edits for change in _changes(task, edit)]
    with open_store(store) as graph:
        if options.where and task.name not in {record.name for record in graph.grns()}:
            stored = task.stored
            graph.fork_grn(
                stored.name, task.name, options.context, author(), version=stored.version
            )
        return commit(graph, _version(task, options, result, summary), changes).version


def _changes(task: RefineTask, edit: Edit) -> Iterator[EdgeChange]:
    """What one edit changes: several statements where it is about a complex or a unit."""
    evidence, signatures = _evidence(task, edit), _signatures(task, edit)
    for source, target, layer in task.unfold(edit):
        yield changed_edge(
            source,
            target,
            layer,
            edit.after,
            edit.confidence,
            evidence,
            signatures=signatures,
        )


def _signatures(task: RefineTask, edit: Edit) -> tuple[EdgeEvidence, ...]:
    """Name the experiments for and against; those of a planted truth are in no graph."""
    if task.truth is not None:
        return ()
    rows = (*edit.supporting, *edit.contradicting)
    known = task.observations.signatures
    return tuple(
        EdgeEvidence(known[row], SUPPORTS if gain > 0 else CONTRADICTS, gain)
        for row, gain in zip(rows, edit.evidence, strict=True)
    )


def _version(
    task: RefineTask, options: RefineOptions, result: Refinement, summary: RefinementSummary
) -> GrnVersion:
    parameters: dict[str, Any] = {
        **result.config.parameters(),
        "responses": options.responses,
        "context": dict(options.where),
        "frozen": list(options.frozen),
        "candidates": None if options.candidates is None else options.candidates.name,
        "labels": rule_parameters(task.rule),
        "planted": options.planted,
        "planted_seed": options.seed if options.planted is not None else None,
    }
    held_out = summary.held_out
    metrics = {
        "edits": len(result.edits),
        "objective_before": result.objective_before,
        "objective_after": result.objective_after,
        "held_out_gain": None if held_out is None else held_out.gain.value,
        "held_out_helps": None if held_out is None else held_out.helps,
        "forced": options.force,
    }
    data = observations_hash(task.observations)
    return new_version(task.name, task.parent, "refine", parameters, data, metrics)


def _publish_damaged(
    store: str | None, task: RefineTask, options: RefineOptions, bars: Progress
) -> None:
    """Version 1 of the planted network: the damaged edges, marked as synthetic."""
    network, origin = task.network, f"{task.stored.name}@{task.stored.version}"
    info = SourceInfo(
        "planted-truth",
        f"Planted truth: {task.stored.name} damaged on purpose",
        f"{origin} p={options.planted} seed={options.seed}",
        "as the original network",
        "made by kgp",
        "",
        synthetic=True,
    )
    ends = zip(network.source.tolist(), network.target.tolist(), network.sign.tolist(), strict=True)
    edges = [(network.genes[s], network.genes[t], sign, "transcriptional") for s, t, sign in ends]
    loader = FrameNetwork(task.name, info, edges, f"{origin}, damaged")
    choice = {"name": task.name, "of": origin, "p": options.planted, "seed": options.seed}
    try:
        publish(loader, choice, store=store, progress=bars)
    except BadInputError as error:
        # The name is taken, and what the store proposes is a command that loads files.
        again = f"--planted {options.planted} --seed {options.seed} --name NAME --write"
        error.command = f"kgp refine {task.stored.name} {again}"
        raise


def _evidence(task: RefineTask, edit: Edit) -> dict[str, Any]:
    return {
        "kind": edit.kind,
        "gain": edit.gain,
        "supporting": task.signatures(edit.supporting[:_KEPT_EXPERIMENTS]),
        "contradicting": task.signatures(edit.contradicting[:_KEPT_EXPERIMENTS]),
        "n_supporting": len(edit.supporting),
        "n_contradicting": len(edit.contradicting),
        "alternatives": [_alternative(task, each) for each in edit.alternatives],
        "planted": task.truth is not None,
    }


def _alternative(task: RefineTask, other: Alternative) -> dict[str, Any]:
    """Another edit that would explain the same cells, by names."""
    pairs = task.wired.unfold(other.source, other.target)
    return {
        "edges": [f"{task.name_of(s)} > {task.name_of(t)}" for s, t, _layer in pairs],
        "sign": other.after,
        "weight": round(other.weight, 4),
    }
