"""``kgp neo4j``: a Neo4j server of the user's own, without Docker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import Debug, Json, ProgressMode, hint, print_json, say

if TYPE_CHECKING:
    from kgp.api.neo4j_server import ServerStatus

HomeFolder = Annotated[
    Path | None,
    typer.Option("--home", help="The server's folder. Default: one among the user's data."),
]


def build() -> typer.Typer:
    """Assemble ``kgp neo4j``."""
    app = typer.Typer(help="Run a Neo4j server of your own, without Docker.", no_args_is_help=True)
    app.callback()(_group)
    for command in (install, start, stop, status, logs, check, dump, restore):
        app.command(command.__name__)(command)
    return app


def _group() -> None:
    """Run a Neo4j server of your own, without Docker."""


def install(json: Json = False, progress: ProgressMode = "auto", debug: Debug = False) -> None:
    """Install Neo4j's jars with Maven, and archive its classes for faster starts."""
    from kgp.api.neo4j_server import install_server
    from kgp.progress import make_progress

    folder = install_server(make_progress(progress))
    if json:
        print_json({"jars": str(folder)})
    else:
        say(f"Installed in {folder}")


def start(
    home: HomeFolder = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Port of Bolt. Default: that of the last start, or a free one."
        ),
    ] = None,
    memory: Annotated[
        str, typer.Option(help="What it may use in all: heap, page cache and the rest.")
    ] = "4g",
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Start the server, and wait until it answers."""
    from kgp.api.neo4j_server import start_server
    from kgp.progress import make_progress

    now, fresh = start_server(home, port=port, memory=memory, progress=make_progress(progress))
    if not fresh:
        hint("It runs already and was left as it is.")
    _show(now, json)


def stop(
    home: HomeFolder = None,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Stop the server, and wait until it has written everything."""
    from kgp.api.neo4j_server import stop_server
    from kgp.progress import make_progress

    _show(stop_server(home, make_progress(progress)), json)


def status(
    home: HomeFolder = None,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Say whether the server runs, and the URL that --store takes."""
    from kgp.api.neo4j_server import server_status

    _show(server_status(home), json)


def logs(
    home: HomeFolder = None,
    lines: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 50,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Print the end of the server's log."""
    from kgp.api.neo4j_server import server_logs

    say(server_logs(home, lines))


def check(home: HomeFolder = None, progress: ProgressMode = "auto", debug: Debug = False) -> None:
    """Check each record of the stopped server's graph."""
    from kgp.api.neo4j_server import check_server
    from kgp.progress import make_progress

    check_server(home, make_progress(progress))
    say("The graph is consistent.")


def dump(
    file: Annotated[Path, typer.Argument(help="File to write, such as graph.dump.")],
    home: HomeFolder = None,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write the stopped server's graph to one file."""
    from kgp.api.neo4j_server import dump_server
    from kgp.progress import make_progress

    size = dump_server(file, home, make_progress(progress))
    if json:
        print_json({"file": str(file), "bytes": size})
    else:
        say(f"{file}: {size / 1e6:.1f} MB")


def restore(
    file: Annotated[Path, typer.Argument(help="What kgp neo4j dump wrote.")],
    home: HomeFolder = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the graph that is there.")
    ] = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Give the stopped server the graph of a file."""
    from kgp.api.neo4j_server import restore_server
    from kgp.progress import make_progress

    restore_server(file, home, overwrite=overwrite, progress=make_progress(progress))
    say(f"Restored from {file}. Next: kgp neo4j start")


def _show(now: ServerStatus, json: bool) -> None:
    if json:
        print_json(now)
        return
    say(f"Neo4j {now.version} in {now.home}: {'running' if now.running else 'stopped'}")
    if now.running:
        say(f"  process {now.pid}, port {now.port}, {now.memory:,} MiB")
        say(f"  --store '{now.store}'")
    elif now.note:
        say(f"  {now.note}")
    if not now.installed:
        say("  not installed; next: kgp neo4j install")
