"""A refinement in the figures of a report: scores beside doing nothing, and every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.models.refinement.scores import direct_f1, response_f1
from kgp.report.content import (
    ChangeSummary,
    EdgeChange,
    Estimate,
    HeldOutSummary,
    PlantedTruth,
    RefinementSummary,
    ScoreChange,
    SignedEdge,
)

if TYPE_CHECKING:
    from kgp.api.refine_checks import Plan
    from kgp.api.refine_task import RefineOptions, RefineTask
    from kgp.models.metrics import Interval
    from kgp.models.refinement.enrichment import Enrichment
    from kgp.models.refinement.heldout_result import HeldOut
    from kgp.models.refinement.result import Edit, Refinement
    from kgp.report.content.regulation import EdgeState

METHODS = {
    "search": "exact local search, then the local posterior of each edit",
    "posterior": "exact local search, then networks sampled from the posterior",
}

_STATES: dict[int, EdgeState] = {-1: -1, 0: None, 1: 1}
"""Sign in a search, where 0 is no edge → sign in a report, where 0 is dual or unknown."""


def changes_of(task: RefineTask, result: Refinement) -> tuple[EdgeChange, ...]:
    """Every changed statement with names, experiments and, if planted, whether it is right."""
    truth = None if task.truth is None else task.truth.signs()
    return tuple(each for edit in result.edits for each in _changes(task, edit, truth))


def _changes(
    task: RefineTask, edit: Edit, truth: dict[tuple[int, int], int] | None
) -> list[EdgeChange]:
    """What one edit changes: several statements where it is about a complex or a unit."""
    right = None if truth is None else truth.get((edit.source, edit.target), 0) == edit.after
    supports = tuple(task.signatures(edit.supporting))
    contradicts = tuple(task.signatures(edit.contradicting))
    return [
        EdgeChange(
            task.name_of(source),
            task.name_of(target),
            _STATES[edit.before],
            _STATES[edit.after],
            edit.confidence,
            supports,
            contradicts,
            right,
        )
        for source, target, _layer in task.unfold(edit)
    ]


def refinement_summary(
    task: RefineTask,
    options: RefineOptions,
    result: Refinement,
    changes: tuple[EdgeChange, ...],
    checks: tuple[Plan, Enrichment | None, HeldOut | None],
    *,
    seconds: float,
) -> RefinementSummary:
    """Scores of the refined network beside those of doing nothing, ``seconds`` after the start."""
    plan, enrichment, held_out = checks
    planted = None
    if options.planted is not None:
        planted = PlantedTruth(options.planted, options.seed, same_mechanism=True)
    null = None if enrichment is None else enrichment.same_degrees
    return RefinementSummary(
        network=task.name,
        method=f"{METHODS[options.method]}, walks up to {plan.max_length}",
        parent_version=task.parent,
        version=None,
        n_regulators=len(task.network.regulators),
        n_measured=task.perturbed_regulators,
        n_edits=len(changes),
        n_right=sum(bool(c.right) for c in changes) if task.truth is not None else None,
        seconds=seconds,
        scores=_scores(task, result, plan.max_length),
        planted=planted,
        held_out=None if held_out is None else _held_out(held_out),
        enrichment_p=None if null is None else null.p_value,
        r_hat=result.r_hat,
    )


def _held_out(found: HeldOut) -> HeldOutSummary:
    f1 = {name: _estimate(each) for name, each in found.f1.items()}
    return HeldOutSummary(_estimate(found.gain), f1, found.n_clusters, found.helps)


def _estimate(interval: Interval) -> Estimate:
    return Estimate(interval.mean, interval.low, interval.high)


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
    changed = {(edit.source, edit.target) for edit in result.edits}
    unchanged = tuple(
        SignedEdge(task.name_of(source), task.name_of(target), _STATES[sign])
        for (s, t), sign in sorted(result.network.signs().items())
        if s in top and (s, t) not in changed
        for source, target, _layer in task.wired.unfold(s, t)
    )
    parent = task.parent
    return ChangeSummary(task.name, parent, version or parent + 1, changes, unchanged)
