"""``kgp synthetic``: a made-up world in every source's file format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import Debug, Json, ProgressMode, print_json, say


def synthetic(
    out: Annotated[Path, typer.Argument(help="New folder for the world.")],
    size: Annotated[str, typer.Option(help="small, or primekg: as large as PrimeKG.")] = "small",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    formats: Annotated[
        list[str] | None, typer.Option("--format", help="Write this format only; repeatable.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace another world at OUT.")] = False,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Write a consistent synthetic world, for tests, demos and measurements of speed."""
    from kgp.api.synthetic import write_synthetic
    from kgp.progress import make_progress

    written = write_synthetic(
        out,
        size=size,
        seed=seed,
        formats=formats or (),
        force=force,
        progress=make_progress(progress),
    )
    if json:
        print_json(written)
        return
    n_files = sum(len(files) for files in written.files.values())
    say(f"{written.folder}: {n_files} files, {written.n_bytes / 1e6:,.1f} MB, all of it synthetic")
    say(f"Load it with: kgp load --world {written.world}")
