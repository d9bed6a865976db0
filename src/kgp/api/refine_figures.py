"""A refinement in the figures of a report: scores beside doing nothing, and every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.models.refinement.scores import direct_f1, response_f1
from kgp.report.content import (
    ChangeSummary,
    EdgeChange,
    PlantedTruth,
    RefinementSummary,
    ScoreChange,
    SignedEdge,
)

if TYPE_CHECKING:
    from kgp.api.refine_task import RefineOptions, RefineTask
    from kgp.models.refinement.result import Edit, Refinement


def changes_of(task: RefineTask, result: Refinement) -> tuple[EdgeChange, ...]:
    """Every edit with names, experiments and, where a truth was planted, whether it is right."""
    truth = None if task.truth is None else task.truth.signs()
    return tuple(_change(task, edit, truth) for edit in result.edits)


def _change(task: RefineTask, edit: Edit, truth: dict[tuple[int, int], int] | None) -> EdgeChange:
    genes, names = task.network.genes, task.stored.names
    key = (edit.source, edit.target)
    return EdgeChange(
        names[genes[edit.source]],
        names[genes[edit.target]],
        edit.before or None,  # type: ignore[arg-type]  # -1, +1 or no edge
        edit.after or None,  # type: ignore[arg-type]  # -1, +1 or no edge
        edit.confidence,
        tuple(task.signatures(edit.supporting)),
        tuple(task.signatures(edit.contradicting)),
        None if truth is None else truth.get(key, 0) == edit.after,
    )


def refinement_summary(
    task: RefineTask,
    options: RefineOptions,
    result: Refinement,
    changes: tuple[EdgeChange, ...],
    version: int | None,
    seconds: float,
) -> RefinementSummary:
    """Scores of the refined network beside those of doing nothing."""
    planted = None
    if options.planted is not None:
        planted = PlantedTruth(options.planted, options.seed, same_mechanism=True)
    n_right = sum(bool(c.right) for c in changes) if task.truth is not None else None
    return RefinementSummary(
        network=task.name,
        method="exact local search, then the local posterior of each edit",
        parent_version=task.parent,
        version=version,
        n_regulators=len(task.network.regulators),
        n_measured=task.perturbed_regulators,
        n_edits=len(changes),
        n_right=n_right,
        seconds=seconds,
        scores=_scores(task, result, options.max_length),
        planted=planted,
    )


def _scores(task: RefineTask, result: Refinement, max_length: int) -> tuple[ScoreChange, ...]:
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


def change_summary(
    task: RefineTask, result: Refinement, changes: tuple[EdgeChange, ...], version: int | None
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
    parent = task.parent
    return ChangeSummary(task.name, parent, version or parent + 1, changes, unchanged)
