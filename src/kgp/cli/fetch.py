"""``kgp fetch``: download a source's files from their official addresses."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import Debug, Json, ProgressMode, print_json, say, show


def fetch(
    source: Annotated[str, typer.Argument(help="Name of the source; kgp sources lists them.")],
    to: Annotated[Path | None, typer.Option(help="Folder; default downloads/SOURCE.")] = None,
    role: Annotated[list[str] | None, typer.Option(help="Only this file; repeatable.")] = None,
    version: Annotated[str | None, typer.Option(help="Release of the source.")] = None,
    taxon: Annotated[str | None, typer.Option(help="NCBI taxon, such as 9606.")] = None,
    sha256: Annotated[str | None, typer.Option("--hash", help="SHA-256 of the one file.")] = None,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Download the files of a source, continuing what was cut off; print how to load them."""
    from kgp.api.fetching import fetch as fetch_source
    from kgp.cli.account_tables import fetch_table
    from kgp.progress import make_progress

    report = fetch_source(
        source,
        to,
        roles=role or (),
        version=version,
        taxon=taxon,
        sha256=sha256,
        progress=make_progress(progress),
    )
    if json:
        print_json(report)
        return
    show(fetch_table(report))
    say(f"Licence: {report.license}. Load it with:")
    say(f"  {shlex.join(report.load)}")
