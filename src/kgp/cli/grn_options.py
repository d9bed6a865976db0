"""Options that several commands on networks have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kgp.cli.common import say

Network = Annotated[str, typer.Argument(help="Name of the network.")]
Version = Annotated[int | None, typer.Option("--version", help="Default: the head.")]
Picture = Annotated[Path | None, typer.Option(help="Also draw it: a file .svg or .html.")]
Limit = Annotated[int, typer.Option(min=1, help="Most rows to show; --json gives all.")]


def check_picture(picture: Path | None) -> None:
    """Refuse a picture's name before anything is computed."""
    if picture:
        from kgp.report.plots.save import check_ending

        check_ending(picture)


def say_picture(picture: Path | None) -> None:
    """Say where a picture is."""
    if picture:
        say(f"Picture {picture}")
