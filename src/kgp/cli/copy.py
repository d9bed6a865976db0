"""``kgp copy``: a whole graph from one store to another."""

from __future__ import annotations

from typing import Annotated

import typer

from kgp.cli.common import Debug, Json, ProgressMode, print_json, say


def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="URL of the store to copy.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="URL of an empty store.")],
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Copy a graph with its loads, versions, forks, evidence and vectors to another store."""
    from kgp.api.copying import copy_store
    from kgp.progress import make_progress

    done = copy_store(source, target, progress=make_progress(progress))
    if json:
        print_json(done)
        return
    say(
        f"Copied {done.loads:,} loads, {done.versions:,} versions, {done.forks:,} forks and "
        f"{done.vector_sets:,} vector sets."
    )
    say(f"Fingerprint {done.fingerprint}, in both stores")
