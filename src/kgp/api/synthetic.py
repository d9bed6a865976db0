"""Writing synthetic worlds: in a temporary folder that is renamed when it is whole."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.loaders.synthetic.output import check_new
from kgp.loaders.synthetic.world import make_world, size_named
from kgp.loaders.synthetic.writing import WORLD_FILE, formats_named, write_world
from kgp.progress import Progress, SilentProgress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WrittenWorld:
    """What was written.

    Args:
        folder: where it is.
        size: name of its size.
        seed: what it was drawn from.
        files: name of the format → role → file below ``folder``.
        n_bytes: size of all files together.
        world: the world file, for ``kgp load --world``.
    """

    folder: Path
    size: str
    seed: int
    files: dict[str, dict[str, str]]
    n_bytes: int
    world: Path


def write_synthetic(
    out: Path,
    *,
    size: str = "small",
    seed: int = 0,
    formats: Sequence[str] = (),
    force: bool = False,
    progress: Progress | None = None,
) -> WrittenWorld:
    """Write a synthetic world into a new folder.

    Args:
        out: the folder; it must not exist, or be empty.
        size: ``small`` or ``primekg``.
        seed: the same seed gives the same bytes, whatever the formats.
        formats: names of formats; all by default.
        force: whether another synthetic world at ``out`` is replaced.
        progress: where to say how far it is.

    Raises:
        UsageError: for an unknown size or format, or a negative seed.
        BadInputError: if ``out`` cannot be used.
    """
    world, chosen = make_world(size_named(size), seed), formats_named(formats)
    check_new(out, force=force)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        partial.mkdir(parents=True)
        files = write_world(world, size, partial, chosen, progress or SilentProgress())
        n_bytes = sum(path.stat().st_size for path in partial.rglob("*") if path.is_file())
        _replace(out, partial)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise BadInputError(
            f"{out} cannot be written: {error.strerror}.",
            hint="Expected is a new folder in a place where you may write.",
            command=f"ls -ld {out.parent}",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return WrittenWorld(out, size, seed, files, n_bytes, out / WORLD_FILE)


def _replace(out: Path, whole: Path) -> None:
    """Put the whole folder in place; what was there is removed only then."""
    old = out.with_name(f".{out.name}.replaced-{os.getpid()}")
    if out.exists():
        out.rename(old)
    whole.rename(out)
    shutil.rmtree(old, ignore_errors=True)
