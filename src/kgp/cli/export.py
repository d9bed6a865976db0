"""``kgp export``: what other tools read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say
from kgp.cli.labelling import Alpha, LabelRule, MinEffect


def build() -> typer.Typer:
    """Assemble ``kgp export``."""
    app = typer.Typer(help="Write responses for other tools.", no_args_is_help=True)
    app.callback()(_group)
    app.command("responses")(responses)
    return app


def _group() -> None:
    """Write responses for other tools."""


def responses(
    dataset: Annotated[str, typer.Argument(help="Name of the response set.")],
    out: Annotated[Path, typer.Option(help="File, or a folder that is there.")],
    format: Annotated[
        str | None,
        typer.Option(
            help="h5ad: AnnData; parquet: long table; gmt: responding genes; decoupler: source, "
            "target, weight. Default: as the file's ending tells."
        ),
    ] = None,
    rule: LabelRule = None,
    alpha: Alpha = None,
    min_effect: MinEffect = None,
    source: Annotated[
        str, typer.Option(help="Source of a decoupler frame: signature, or perturbed.")
    ] = "signature",
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write a response set with its labels: up, down, unchanged or unknown."""
    from kgp.api.exporting import export_responses
    from kgp.api.responses import LabelOptions

    labels = LabelOptions(rule, alpha, min_effect)
    done = export_responses(
        store, dataset, out, format=format, labels=labels, source=source, force=force
    )
    if json:
        print_json(done)
        return
    by = f"{done.rule.name}, alpha {done.rule.alpha:g}, least effect {done.rule.min_effect:g}"
    say(f"{done.file}: {done.count:,} {done.counted} of {done.dataset} (labels: {by})")
