"""``kgp refine``: change what the data support, with evidence, as a new version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show
from kgp.cli.labelling import Alpha, LabelRule, MinEffect


def refine(
    network: Annotated[str, typer.Argument(help="Name of the network.")],
    responses: Annotated[str, typer.Option(help="Name of the response set.")] = "",
    planted: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Planted truth: damage this share, then recover it."),
    ] = None,
    rule: LabelRule = None,
    alpha: Alpha = None,
    min_effect: MinEffect = None,
    seed: Annotated[int, typer.Option(help="Seed of the planted damage.")] = 1,
    name: Annotated[str, typer.Option(help="Name of the damaged network (with --planted).")] = "",
    max_length: Annotated[int, typer.Option(min=1, max=3, help="Longest walk of an effect.")] = 3,
    confidence: Annotated[float, typer.Option(min=0, max=0.99, help="Least confidence.")] = 0.5,
    write: Annotated[bool, typer.Option("--write", help="Write the result as a version.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the result.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most changes to show.")] = 15,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Refine a network against responses, or against a planted truth; --write keeps the result."""
    from kgp.api.refining import RefineOptions
    from kgp.api.refining import refine as compute
    from kgp.api.responses import LabelOptions
    from kgp.cli.audits import refine_tables
    from kgp.progress import make_progress

    labels = LabelOptions(rule, alpha, min_effect)
    options = RefineOptions(responses, planted, seed, name, max_length, confidence, labels)
    report = compute(
        store, network, options, write=write, out=out, progress=make_progress(progress)
    )
    if json:
        print_json(report)
        return
    for line in report.lines:
        say(line)
    for table in refine_tables(report, limit):
        show(table)
    say(report.closing)
