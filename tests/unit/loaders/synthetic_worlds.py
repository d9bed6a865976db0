"""Tiny synthetic worlds, written and read back."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.loaders.synthetic.formats import FORMATS
from kgp.loaders.synthetic.output import Output
from kgp.loaders.synthetic.world import Size, World, make_world
from kgp.progress import SilentProgress
from tests.unit.loaders.drained import Drained, drain

if TYPE_CHECKING:
    from collections.abc import Iterator

TINY = Size(kg_rows=2_000, annotations=400, links=300, frames=60)


def tiny(seed: int) -> World:
    return make_world(TINY, seed)


@contextmanager
def written(world: World, name: str) -> Iterator[dict[str, Path]]:
    """Write one format; role → file."""
    with tempfile.TemporaryDirectory() as folder, SilentProgress().step("") as step:
        files = FORMATS[name].write(world, Output(Path(folder), world.seed, step))
        yield {role: Path(folder) / file for role, file in files.items()}


def read_back(world: World, name: str) -> Drained:
    """Write one format and read it with the loader that its world file names."""
    item = FORMATS[name]
    named = {"name": item.network} if item.network else {}
    with written(world, name) as inputs:
        return drain(item.source, inputs, **named, **item.options)
