"""Refining a network: read, compute, show beside doing nothing, and write only when told to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.api.loading import publish
from kgp.api.runs import save_result
from kgp.api.stores import open_store, runs_root
from kgp.errors import UsageError
from kgp.kg_schema.provenance import SourceInfo
from kgp.loaders.frame import FrameNetwork
from kgp.models.grn_data import observations_hash, read_network, read_observations
from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.refine import refine as search
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.scores import direct_f1, response_f1
from kgp.platform.grn import changed_edge, new_version
from kgp.progress import SilentProgress
from kgp.report.content import (
    ChangeSummary,
    EdgeChange,
    PlantedTruth,
    RefinementSummary,
    ScoreChange,
    SignedEdge,
)

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.models.grn_data import StoredNetwork
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import Edit, Refinement
    from kgp.platform.store.records import GrnVersion
    from kgp.progress import Progress

_KEPT_EXPERIMENTS = 25
"""Signatures that an edge names for and against its change; their number is kept beside."""


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How to refine.

    Args:
        responses: name of the response set; empty with a planted truth.
        planted: share of the edges to damage, or None for real responses.
        seed: of the damage.
        name: name of the damaged network; default ``NETWORK-planted``.
        max_length: longest walk that carries an effect.
        confidence: least confidence of a written edit.
    """

    responses: str = ""
    planted: float | None = None
    seed: int = 1
    name: str = ""
    max_length: int = 3
    confidence: float = 0.5

    def config(self) -> RefineConfig:
        """Settings of the search; edges of unperturbed regulators need more confidence."""
        unmeasured = max(self.confidence, RefineConfig().threshold_unmeasured)
        return RefineConfig(
            max_length=self.max_length,
            threshold_measured=self.confidence,
            threshold_unmeasured=unmeasured,
        )


@dataclass(frozen=True, slots=True)
class RefineReport:
    """What a refinement found, and what of it was written.

    Args:
        summary: scores beside doing nothing.
        changes: every changed edge with its experiments, most certain first.
        lines: what a user must know before the figures.
        closing: what was written, or how to write it.
        version: the version that was written, or None.
    """

    summary: RefinementSummary
    changes: tuple[EdgeChange, ...]
    lines: tuple[str, ...]
    closing: str
    version: int | None


@dataclass(frozen=True, slots=True)
class _Task:
    """A network to refine, the responses, and the truth where one was planted."""

    stored: StoredNetwork
    network: SignedNetwork
    observations: Observations
    name: str
    truth: SignedNetwork | None


def refine(
    store: str | None,
    network: str,
    options: RefineOptions,
    *,
    write: bool = False,
    out: Path | None = None,
    progress: Progress | None = None,
) -> RefineReport:
    """Refine a network; without ``write`` nothing is ever written.

    With a planted truth the network is damaged under a name of its own, the responses of the
    undamaged network stand for the data, and the original network is not touched.

    Raises:
        UsageError: if neither or both of a response set and a planted truth are named.
        BadInputError: if network and responses do not meet.
        HeadMovedError: if the network got a new version meanwhile.
    """
    if bool(options.responses) == (options.planted is not None):
        raise UsageError(
            "Name what to refine against: a response set, or a planted truth.",
            command=f"kgp refine {network} --responses NAME, or --planted 0.2",
        )
    bars = progress or SilentProgress()
    task = _read_task(store, network, options)
    start = time.perf_counter()
    result = search(task.network, task.observations, options.config(), progress=bars)
    seconds = time.perf_counter() - start
    version = _write(store, task, options, result, bars) if write else None
    changes = tuple(_change(task, edit, result) for edit in result.edits)
    summary = _summary(task, options, result, changes, version, seconds)
    if write or out:
        folder = out or runs_root(store)
        save_result(folder, f"refine-{task.name}", summary)
        save_result(folder, f"changes-{task.name}", _change_summary(task, result, changes, version))
    return RefineReport(summary, changes, _lines(task, options), _closing(task, version), version)


def _read_task(store: str | None, network: str, options: RefineOptions) -> _Task:
    with open_store(store) as graph:
        stored = read_network(graph, network)
        if options.planted is None:
            measured = read_observations(graph, options.responses, stored)
            return _Task(stored, stored.signed, measured.observations, network, None)
    truth = stored.signed
    # Every gene is perturbed: that a gene has no effect refutes what the damage invented for it.
    every = np.arange(truth.n_genes, dtype=np.int32)
    observations = observe(truth, every, max_length=options.max_length)
    damaged = damage(truth, options.planted, options.seed)
    return _Task(stored, damaged, observations, options.name or f"{network}-planted", truth)


def _write(
    store: str | None, task: _Task, options: RefineOptions, result: Refinement, bars: Progress
) -> int:
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


def _version(task: _Task, options: RefineOptions, result: Refinement) -> GrnVersion:
    parameters: dict[str, Any] = {
        **result.config.parameters(),
        "responses": options.responses,
        "planted": options.planted,
        "planted_seed": options.seed if options.planted is not None else None,
    }
    metrics = {
        "edits": len(result.edits),
        "objective_before": result.objective_before,
        "objective_after": result.objective_after,
    }
    data = observations_hash(task.observations)
    return new_version(task.name, _parent(task), "refine", parameters, data, metrics)


def _parent(task: _Task) -> int:
    """The version that is refined; a planted network begins with its damage."""
    return task.stored.version if task.truth is None else 1


def _publish_damaged(
    store: str | None, task: _Task, options: RefineOptions, bars: Progress
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
    publish(loader, choice, store=store, progress=bars)


def _layer(task: _Task, edit: Edit) -> str:
    genes = task.network.genes
    if task.truth is not None:
        return "transcriptional"
    return task.stored.layers.get((genes[edit.source], genes[edit.target]), "transcriptional")


def _signatures(task: _Task, rows: tuple[int, ...]) -> list[str]:
    """Experiments by id, each with the symbol of the perturbed gene."""
    seen, genes = task.observations, task.network.genes
    return [
        f"{seen.signatures[row]} ({task.stored.names[genes[seen.perturbed[row]]]})" for row in rows
    ]


def _evidence(task: _Task, edit: Edit) -> dict[str, Any]:
    return {
        "kind": edit.kind,
        "gain": edit.gain,
        "supporting": _signatures(task, edit.supporting[:_KEPT_EXPERIMENTS]),
        "contradicting": _signatures(task, edit.contradicting[:_KEPT_EXPERIMENTS]),
        "n_supporting": len(edit.supporting),
        "n_contradicting": len(edit.contradicting),
        "planted": task.truth is not None,
    }


def _change(task: _Task, edit: Edit, result: Refinement) -> EdgeChange:
    genes, names = task.network.genes, task.stored.names
    key = (edit.source, edit.target)
    right = None if task.truth is None else task.truth.signs().get(key, 0) == edit.after
    return EdgeChange(
        names[genes[edit.source]],
        names[genes[edit.target]],
        edit.before or None,  # type: ignore[arg-type]  # -1, +1 or no edge
        edit.after or None,  # type: ignore[arg-type]  # -1, +1 or no edge
        edit.confidence,
        tuple(_signatures(task, edit.supporting)),
        tuple(_signatures(task, edit.contradicting)),
        right,
    )


def _summary(
    task: _Task,
    options: RefineOptions,
    result: Refinement,
    changes: tuple[EdgeChange, ...],
    version: int | None,
    seconds: float,
) -> RefinementSummary:
    planted = None
    if options.planted is not None:
        planted = PlantedTruth(options.planted, options.seed, same_mechanism=True)
    n_right = sum(bool(c.right) for c in changes) if task.truth is not None else None
    return RefinementSummary(
        network=task.name,
        method="exact local search, then the local posterior of each edit",
        parent_version=_parent(task),
        version=version,
        n_regulators=len(task.network.regulators),
        n_measured=_perturbed_regulators(task),
        n_edits=len(changes),
        n_right=n_right,
        seconds=seconds,
        scores=_scores(task, result, options.max_length),
        planted=planted,
    )


def _perturbed_regulators(task: _Task) -> int:
    return len(set(task.observations.perturbed.tolist()) & set(task.network.regulators.tolist()))


def _scores(task: _Task, result: Refinement, max_length: int) -> tuple[ScoreChange, ...]:
    if task.truth is None:
        change = ScoreChange(
            "objective (nats, lower is better)", result.objective_before, result.objective_after
        )
        return (change,)
    rows = task.observations.perturbed
    before, after = task.network, result.network
    direct = direct_f1(task.truth, before), direct_f1(task.truth, after)
    response = [response_f1(task.truth, each, rows, max_length) for each in (before, after)]
    return (
        ScoreChange("edges, macro-F1", *direct),
        ScoreChange("responses, macro-F1", *response),
    )


def _change_summary(
    task: _Task, result: Refinement, changes: tuple[EdgeChange, ...], version: int | None
) -> ChangeSummary:
    """The changes, and the unchanged edges around those regulators that changed most."""
    counts: dict[int, int] = {}
    for edit in result.edits:
        counts[edit.source] = counts.get(edit.source, 0) + 1
    top = set(sorted(counts, key=lambda gene: (-counts[gene], gene))[:3])
    names, genes, after = task.stored.names, task.network.genes, result.network
    changed = {(edit.source, edit.target) for edit in result.edits}
    unchanged = tuple(
        SignedEdge(names[genes[s]], names[genes[t]], sign)  # type: ignore[arg-type]  # -1 or +1
        for (s, t), sign in sorted(after.signs().items())
        if s in top and (s, t) not in changed
    )
    parent = _parent(task)
    return ChangeSummary(task.name, parent, version or parent + 1, changes, unchanged)


def _lines(task: _Task, options: RefineOptions) -> tuple[str, ...]:
    if task.truth is None:
        return (
            f"{task.name} version {task.stored.version} against {options.responses}: "
            f"{_perturbed_regulators(task)} of {len(task.network.regulators)} regulators were "
            "perturbed.",
            "Not checked on held-out perturbations: read the changes as hypotheses.",
        )
    return (
        f"PLANTED TRUTH: {task.stored.name} damaged at p = {options.planted} with seed "
        f"{options.seed}; the responses are those of the undamaged network,",
        "from the same walk model that the search fits. This shows recovery, not biology.",
    )


def _closing(task: _Task, version: int | None) -> str:
    if version is None:
        return "Nothing was written; add --write to keep this as a new version."
    return f"Written as version {version} of {task.name}: kgp grn diff {task.name} 1 {version}"
