"""Refining a network: read, compute, show beside doing nothing, and write only when told to."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.api.refine_figures import change_summary, changes_of, refinement_summary
from kgp.api.refine_task import RefineOptions, RefineTask, read_task
from kgp.api.refine_writing import write_refinement
from kgp.api.runs import save_result
from kgp.api.stores import runs_root
from kgp.errors import UsageError
from kgp.models.refinement.refine import refine as search
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from pathlib import Path

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
    """

    summary: RefinementSummary
    changes: tuple[EdgeChange, ...]
    lines: tuple[str, ...]
    closing: str
    version: int | None


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
    task = read_task(store, network, options)
    start = time.perf_counter()
    result = search(task.network, task.observations, options.config(), progress=bars)
    seconds = time.perf_counter() - start
    version = write_refinement(store, task, options, result, bars) if write else None
    changes = changes_of(task, result)
    summary = refinement_summary(task, options, result, changes, version, seconds)
    if write or out:
        folder = out or runs_root(store)
        save_result(folder, f"refine-{task.name}", summary)
        save_result(folder, f"changes-{task.name}", change_summary(task, result, changes, version))
    return RefineReport(summary, changes, _lines(task, options), _closing(task, version), version)


def _lines(task: RefineTask, options: RefineOptions) -> tuple[str, ...]:
    if task.truth is None:
        return (
            f"{task.name} version {task.stored.version} against {options.responses}: "
            f"{task.perturbed_regulators} of {len(task.network.regulators)} regulators were "
            "perturbed.",
            "Not checked on held-out perturbations: read the changes as hypotheses.",
        )
    return (
        f"PLANTED TRUTH: {task.stored.name} damaged at p = {options.planted} with seed "
        f"{options.seed}; the responses are those of the undamaged network,",
        "from the same walk model that the search fits. This shows recovery, not biology.",
    )


def _closing(task: RefineTask, version: int | None) -> str:
    if version is None:
        return "Nothing was written; add --write to keep this as a new version."
    compare = f"kgp grn diff {task.name} {task.parent} {version}"
    return f"Written as version {version} of {task.name}: {compare}"
