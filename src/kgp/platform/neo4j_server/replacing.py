"""Replacing a graph by another, so that an interruption leaves the one or the other whole.

Neo4j's own tool removes the old graph before it looks at the new one. Here the old one is set aside
first, and the name of its folder says how far that is: from ``moving`` it goes back, from
``replaced`` it goes back in place of whatever is there, ``superseded`` goes away.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.neo4j_server.home import Home


@contextmanager
def replacing(home: Home) -> Iterator[None]:
    """Set the graph of a stopped server aside; an error in the block brings it back."""
    moving, replaced, superseded = _asides(home)
    try:
        moving.mkdir()
        for part in filter(Path.is_dir, home.graph_folders):
            part.rename(moving / part.parent.name)
        moving.rename(replaced)
        yield
        replaced.rename(superseded)
    finally:
        tidy(home)


def tidy(home: Home) -> None:
    """Bring back the graph that an interrupted replacement set aside, and clear what is left."""
    moving, replaced, superseded = _asides(home)
    if replaced.is_dir():
        for part in home.graph_folders:
            shutil.rmtree(part, ignore_errors=True)
        replaced.rename(moving)
    if moving.is_dir():
        for part in home.graph_folders:
            kept = moving / part.parent.name
            if kept.is_dir():
                kept.rename(part)
        moving.rmdir()
    shutil.rmtree(superseded, ignore_errors=True)


def _asides(home: Home) -> tuple[Path, Path, Path]:
    return home.folder / "moving", home.folder / "replaced", home.folder / "superseded"
