"""Refining a network: read, compute, hold out, show beside doing nothing, and write if told to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.refine_checks import Plan, check_enrichment, check_held_out, make_plan
from kgp.api.refine_figures import change_summary, changes_of, refinement_summary
from kgp.api.refine_task import PLANTED_LENGTH, RefineOptions, RefineTask, read_task
from kgp.api.refine_writing import write_refinement
from kgp.api.runs import save_result
from kgp.api.stores import runs_root
from kgp.errors import UsageError
from kgp.models.refinement.refine import refine as search
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.models.refinement.result import Refinement
    from kgp.progress import Progress
    from kgp.report.content import EdgeChange, RefinementSummary

__all__ = ["RefineOptions", "RefineReport", "refine"]


@dataclass(frozen=True, slots=True)
class RefineReport:
    """What a refinement found, and what of it was written.

    Args:
        summary: scores beside doing nothing.
        changes: every changed edge with its experiments, most certain first.
        lines: what a user must know before the figures.
        closing: what was written, or how to write it.
        version: the version that was written, or None.
        refused: True where writing was asked for and the held-out check spoke against it.
    """

    summary: RefinementSummary
    changes: tuple[EdgeChange, ...]
    lines: tuple[str, ...]
    closing: str
    version: int | None
    refused: bool = False


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
    undamaged network stand for the data, and the original network is not touched. With real
    responses, folds of independent experiments say whether refining helps; where it does not,
    the result is an audit, and is written only if forced.

    Raises:
        UsageError: if neither or both of a response set and a planted truth are named, or an
            option would be without effect.
        BadInputError: if network and responses do not meet, or the data say nothing about the
            network.
        HeadMovedError: if the network got a new version meanwhile; the result is saved.
    """
    _check_options(network, options)
    bars = progress or SilentProgress()
    task = read_task(store, network, options)
    start = time.perf_counter()
    enrichment = check_enrichment(task, options)
    plan = _plan(task, options)
    result = search(
        task.network,
        task.observations,
        options.config(plan.max_length),
        knowledge=task.knowledge,
        progress=bars,
    )
    held_out = check_held_out(task, options, plan, bars)
    seconds = time.perf_counter() - start
    helps = task.truth is not None or (held_out is not None and held_out.helps)
    refused = write and not helps and not options.force and bool(result.edits)
    changes = changes_of(task, result)
    checks = plan, enrichment, held_out
    summary = refinement_summary(task, options, result, changes, checks, seconds=seconds)
    save = (out or runs_root(store)) if write or out else None
    # Kept before it is written as well, so that a moved head loses nothing.
    _save(save, task, result, changes, summary)
    version = None
    if write and not refused and result.edits:
        version = write_refinement(store, task, options, result, summary, bars)
        summary = summary.written_as(version)
        _save(save, task, result, changes, summary)
    mixing = (result.mixing,) if result.mixing else ()
    lines = (*_lines(task, options, plan), *mixing, *_verdict(task, plan, summary))
    closing = _closing(
        task, version, changed=bool(changes), refused=refused, helps=helps or options.force
    )
    return RefineReport(summary, changes, lines, closing, version, refused)


def _check_options(network: str, options: RefineOptions) -> None:
    """Refuse what contradicts itself, and what would be passed over in silence."""
    if bool(options.responses) == (options.planted is not None):
        raise UsageError(
            "Name what to refine against: a response set, or a planted truth.",
            command=f"kgp refine {network} --responses NAME, or --planted 0.2",
        )
    limits = {
        "--context": options.where,
        "--freeze": options.frozen,
        "--candidates": options.candidates,
    }
    idle = [option for option, value in limits.items() if value]
    if options.planted is not None and idle:
        raise UsageError(
            f"{' and '.join(idle)} cannot be had with a planted truth.",
            hint="Its responses have no context, and recovery is measured over all edges.",
            command=f"kgp refine {network} --planted {options.planted}",
        )
    if options.name and options.planted is None and not options.where:
        raise UsageError(
            f"--name {options.name} names a fork or a damaged copy, and neither is made here.",
            hint=f"Without a context the result becomes a new version of {network}.",
            command=f"kgp grn fork {network} {options.name} --context KEY=VALUE",
        )


def _plan(task: RefineTask, options: RefineOptions) -> Plan:
    if task.truth is not None:
        return Plan(options.max_length or PLANTED_LENGTH, "as planted", None)
    return make_plan(task, options)


def _save(
    folder: Path | None,
    task: RefineTask,
    result: Refinement,
    changes: tuple[EdgeChange, ...],
    summary: RefinementSummary,
) -> None:
    """Keep the figures and the changes, where there is a folder for them."""
    if folder is None:
        return
    changed = change_summary(task, result, changes, summary.version)
    save_result(folder, f"refine-{task.name}", summary)
    save_result(folder, f"changes-{task.name}", changed)


def _lines(task: RefineTask, options: RefineOptions, plan: Plan) -> tuple[str, ...]:
    if task.truth is None:
        far = (
            "along direct edges only"
            if plan.max_length == 1
            else f"along up to {plan.max_length} edges in a row"
        )
        return (
            f"{task.stored.name} version {task.stored.version} against {options.responses}: "
            f"{task.perturbed_regulators} of {len(task.network.regulators)} regulators were "
            "perturbed.",
            f"Effects are taken to travel {far} ({plan.why}).",
            *task.notes,
        )
    return (
        f"PLANTED TRUTH: {task.stored.name} damaged at p = {options.planted} with seed "
        f"{options.seed}; the responses are those of the undamaged network,",
        "from the same walk model that the search fits. This shows recovery, not biology.",
    )


def _verdict(task: RefineTask, plan: Plan, summary: RefinementSummary) -> tuple[str, ...]:
    """Say whether refining helps on experiments that it has not seen."""
    if task.truth is not None:
        return ()
    held = summary.held_out
    if held is None:
        return (f"Not checked on held-out experiments. {plan.no_folds}.", _AS_AUDIT)
    gain, low, high = (_signed(x) for x in (held.gain.value, held.gain.low, held.gain.high))
    told = (
        f"How well responses to regulators that it has not seen are predicted (macro-F1, 0 to 1) "
        f"changes by {gain}, 95 % interval {low} to {high}, over {held.n_clusters} sets of "
        "experiments that share neither regulators nor controls."
    )
    return (told, "Refining helps here." if held.helps else _AS_AUDIT)


def _signed(value: float | None) -> str:
    """Four digits with a sign, and no minus before zero."""
    return f"{round(value or 0, 4) + 0.0:+.4f}"


_AS_AUDIT = (
    "Refining is not shown to help here: read this as an audit, and each change as a hypothesis."
)


def _closing(
    task: RefineTask, version: int | None, *, changed: bool, refused: bool, helps: bool
) -> str:
    if refused:
        return (
            "Nothing was written: held-out experiments do not show that refining helps; "
            "--force writes it all the same."
        )
    if not changed:
        return "No edge changes, so there is nothing to write."
    if version is None:
        add = "--write" if helps else "--write --force"
        return f"Nothing was written; add {add} to keep this as a new version."
    compare = f"kgp grn diff {task.name} {task.parent} {version}"
    return f"Written as version {version} of {task.name}: {compare}"
