"""The typer app with all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from kgp.cli import (
    copy,
    demo,
    doctor,
    embed,
    export,
    fetch,
    find,
    grn,
    load,
    neo4j,
    predict,
    query,
    refine,
    report,
    snapshot,
    sources,
    stats,
    synthetic,
    train,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_COMMANDS: dict[str, Callable[..., None]] = {
    "load": load.load,
    "sources": sources.sources,
    "synthetic": synthetic.synthetic,
    "fetch": fetch.fetch,
    "find": find.find,
    "stats": stats.stats,
    "embed": embed.embed,
    "snapshot": snapshot.snapshot,
    "train": train.train,
    "predict": predict.predict,
    "refine": refine.refine,
    "query": query.query,
    "report": report.report,
    "demo": demo.demo,
    "copy": copy.copy,
    "doctor": doctor.doctor,
}


def build_app() -> Callable[..., int | None]:
    """Assemble the command line."""
    app = typer.Typer(
        help="A knowledge platform for gene regulation and perturbation biology.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_version)
    for name, command in _COMMANDS.items():
        app.command(name)(command)
    app.add_typer(grn.build(), name="grn")
    app.add_typer(export.build(), name="export")
    app.add_typer(neo4j.build(), name="neo4j")
    assembled: Callable[..., int | None] = typer.main.get_command(app)
    return assembled


def _version(
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    """A knowledge platform for gene regulation and perturbation biology."""
    if version:
        from kgp import __version__

        typer.echo(f"kgp {__version__}")
        raise typer.Exit
