"""``kgp refine``: change what the data support, with evidence, as a new version."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show
from kgp.cli.labelling import Alpha, LabelRule, MinEffect

REFUSED = 3
"""Exit code where writing was asked for, and the data speak against it."""


class MethodName(StrEnum):
    """How to refine."""

    SEARCH = "search"
    POSTERIOR = "posterior"


def refine(
    network: Annotated[str, typer.Argument(help="Name of the network.")],
    responses: Annotated[str, typer.Option(help="Name of the response set.")] = "",
    planted: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Planted truth: damage this share, then recover it."),
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(help="KEY=VALUE, such as medium=M9: only these experiments; goes to a fork."),
    ] = None,
    rule: LabelRule = None,
    alpha: Alpha = None,
    min_effect: MinEffect = None,
    method: Annotated[
        MethodName, typer.Option(help="posterior samples networks; it takes minutes.")
    ] = MethodName.SEARCH,
    max_length: Annotated[
        int | None,
        typer.Option(min=1, max=3, help="Longest walk. Default: chosen on held-out regulators."),
    ] = None,
    confidence: Annotated[float, typer.Option(min=0, max=0.99, help="Least confidence.")] = 0.5,
    max_share: Annotated[
        float | None, typer.Option(min=0, max=1, help="Most edges to change, as a share.")
    ] = None,
    freeze: Annotated[
        list[str] | None,
        typer.Option(help="REGULATOR, 'REGULATOR>TARGET' or a table: edges that must stay."),
    ] = None,
    candidates: Annotated[
        Path | None,
        typer.Option(help="Table with columns source, target: the only edges to add."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of planted damage and of sampling.")] = 1,
    name: Annotated[str, typer.Option(help="Name of the damaged network, or of the fork.")] = "",
    write: Annotated[bool, typer.Option("--write", help="Write the result as a version.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Go on and write although data speak against it.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the result.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most changes to show.")] = 15,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Refine a network against responses, or against a planted truth; --write keeps the result."""
    from kgp.api.auditing import read_where
    from kgp.api.refining import RefineOptions
    from kgp.api.refining import refine as compute
    from kgp.api.responses import LabelOptions
    from kgp.cli.audits import refine_tables
    from kgp.progress import make_progress

    options = RefineOptions(
        responses=responses,
        planted=planted,
        seed=seed,
        name=name,
        method=method.value,
        max_length=max_length,
        confidence=confidence,
        max_share=max_share,
        frozen=tuple(freeze or ()),
        candidates=candidates,
        where=read_where(context or (), network),
        labels=LabelOptions(rule, alpha, min_effect),
        force=force,
    )
    report = compute(
        store, network, options, write=write, out=out, progress=make_progress(progress)
    )
    if json:
        print_json(report)
    else:
        for line in report.lines:
            say(line)
        for table in refine_tables(report, limit):
            show(table)
        say(report.closing)
    if report.refused:
        raise typer.Exit(REFUSED)
