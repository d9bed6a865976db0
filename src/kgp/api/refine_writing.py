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
from kgp.platform.grn import changed_edge, new_version

if TYPE_CHECKING:
    from kgp.api.refine_task import RefineOptions, RefineTask
    from kgp.models.refinement.result import Edit, Refinement
    from kgp.platform.store.records import GrnVersion
    from kgp.progress import Progress

_KEPT_EXPERIMENTS = 25
"""Signatures that an edge names for and against its change; their number is kept beside."""


def write_refinement(
    store: str | None, task: RefineTask, options: RefineOptions, result: Refinement, bars: Progress
) -> int:
    """Write a refinement as a version and return its number.

    A planted truth first gets its damaged network as version 1 of a network of its own.

    Raises:
        BadInputError: if the name of the damaged network is taken.
        HeadMovedError: if the network got a new version meanwhile.
    """
    if options.planted is not None:
        _publish_damaged(store, task, options, bars)
    genes = task.network.genes
    changes = [
        changed_edge(
            genes[edit.source],
            genes[edit.target],
            _layer(task, edit),
            edit.after,
            edit.confidence,
            _evidence(task, edit),
        )
        for edit in result.edits
    ]
    with open_store(store) as graph:
        return graph.commit_version(_version(task, options, result), changes).version


def _version(task: RefineTask, options: RefineOptions, result: Refinement) -> GrnVersion:
    parameters: dict[str, Any] = {
        **result.config.parameters(),
        "responses": options.responses,
        "labels": rule_parameters(task.rule),
        "planted": options.planted,
        "planted_seed": options.seed if options.planted is not None else None,
    }
    metrics = {
        "edits": len(result.edits),
        "objective_before": result.objective_before,
        "objective_after": result.objective_after,
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


def _layer(task: RefineTask, edit: Edit) -> str:
    genes = task.network.genes
    if task.truth is not None:
        return "transcriptional"
    return task.stored.layers.get((genes[edit.source], genes[edit.target]), "transcriptional")


def _evidence(task: RefineTask, edit: Edit) -> dict[str, Any]:
    return {
        "kind": edit.kind,
        "gain": edit.gain,
        "supporting": task.signatures(edit.supporting[:_KEPT_EXPERIMENTS]),
        "contradicting": task.signatures(edit.contradicting[:_KEPT_EXPERIMENTS]),
        "n_supporting": len(edit.supporting),
        "n_contradicting": len(edit.contradicting),
        "planted": task.truth is not None,
    }
