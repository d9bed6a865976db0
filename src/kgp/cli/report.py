"""``kgp report``: everything on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say


def report(
    out: Annotated[Path, typer.Argument(help="The page, an .html file.")] = Path("report.html"),
    runs: Annotated[Path | None, typer.Option(help="Folder with the results of runs.")] = None,
    drug: Annotated[str, typer.Option(help="Drug whose attention is shown.")] = "",
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write one self-contained page, and the same figures as JSON beside it."""
    from kgp.api.reporting import write_report
    from kgp.progress import make_progress

    written = write_report(store, out, runs=runs, drug=drug, progress=make_progress(progress))
    if json:
        print_json({"html": str(written.html), "json": str(written.json)})
    else:
        say(f"Report {written.html}")
        say(f"Figures {written.json}")
