"""The packaged sample: small, real, openly licensed extracts in the sources' own formats."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from kgp.errors import BadInputError

WORLD = "world.toml"
"""The loads of the sample, in the order of the demo."""


def sample_folder() -> Path:
    """Folder of the packaged sample."""
    return Path(str(files("kgp") / "sample"))


def sample_file(name: str) -> Path:
    """Path of a file of the packaged sample.

    Raises:
        BadInputError: naming the files that are there.
    """
    path = sample_folder() / name
    if path.exists():
        return path
    known = sorted(p.name for p in sample_folder().iterdir())
    raise BadInputError(
        f"The packaged sample has no file {name!r}.",
        hint=f"It has: {', '.join(known)}.",
        command="kgp demo",
    )
