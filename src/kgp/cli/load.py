"""``kgp load``: bring a source into the graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgp.api.loading import LoadReport


def load(
    source: Annotated[str, typer.Argument(help="Name of the source; kgp sources lists them.")] = "",
    paths: Annotated[list[str] | None, typer.Argument(help="PATH or ROLE=PATH …")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the network or response set.")] = None,
    version: Annotated[str | None, typer.Option(help="Release of the source.")] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="KEY=VALUE …")] = None,
    world: Annotated[Path | None, typer.Option(help="A file that lists many loads.")] = None,
    abort: Annotated[bool, typer.Option("--abort", help="Remove interrupted loads.")] = False,
    max_dropped: Annotated[float, typer.Option(min=0, max=1, help="Largest dropped share.")] = 1.0,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Load a source's files into the graph, or every source that a world file lists."""
    from kgp.api import loading
    from kgp.errors import UsageError
    from kgp.progress import make_progress

    if abort:
        _show_aborted(loading.abort_loads(store), json)
        return
    if bool(world) == bool(source):
        raise UsageError(
            "Name a source and its files, or a world file.",
            hint="kgp sources lists the sources and what each reads.",
            command="kgp load primekg kg.csv, or kgp load --world world.toml",
        )
    bars = make_progress(progress)
    if world:
        reports: Iterable[LoadReport] = loading.load_world(world, store=store, progress=bars)
    else:
        given = {"name": name, "version": version, **_options(option or ())}
        reports = [
            loading.load(
                source,
                paths or [],
                store=store,
                options=given,
                progress=bars,
                max_dropped=max_dropped,
            )
        ]
    _show_reports(reports, json)


def _options(texts: Sequence[str]) -> dict[str, str]:
    from kgp.errors import UsageError

    pairs = [text.partition("=") for text in texts]
    for key, equals, _ in pairs:
        if not (key and equals):
            raise UsageError(f"{key!r} is not KEY=VALUE.", command="kgp load … --option taxon=9606")
    return {key: value for key, _, value in pairs}


def _show_reports(reports: Iterable[LoadReport], json: bool) -> None:
    from kgp.cli.tables import load_table

    if json:
        done = list(reports)
        print_json(done[0] if len(done) == 1 else done)
        return
    for report in reports:
        show(load_table(report))
        for reason, values in report.examples.items():
            say(f"  dropped, {reason}: such as {', '.join(values)}")
        if report.published.repeated:
            say("  this load was there already; nothing was added")


def _show_aborted(loads: list[str], json: bool) -> None:
    if json:
        print_json({"removed": loads})
    else:
        say(f"Removed {len(loads)} interrupted loads." if loads else "No interrupted loads.")
