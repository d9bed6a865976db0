"""Unpacking what came as an archive: bzip2, or a zip of one file; gzip is read as it is."""

from __future__ import annotations

import bz2
import shutil
import zipfile
import zlib
from pathlib import Path
from typing import IO, cast

from kgp.errors import BadInputError


def unpack(path: Path) -> Path:
    """Unpack an archive beside itself; return what it held, or ``path`` where it is none.

    A zip archive of several files stays as it is.

    Raises:
        BadInputError: if it is damaged or has a password.
    """
    try:
        return _unpacked(path)
    except (EOFError, OSError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise BadInputError(
            f"{path} cannot be unpacked: {str(error).rstrip('.')}.",
            hint="Expected is a whole archive without a password.",
            command=f"rm {path} {path}.sha256 and the same command",
        ) from error


def _unpacked(path: Path) -> Path:
    with path.open("rb") as file:
        start = file.read(3)
    if start == b"BZh":
        name = path.name.removesuffix(".bz2")
        with bz2.open(path) as packed:
            return _write_beside(path, name, cast("IO[bytes]", packed))
    if not zipfile.is_zipfile(path):
        return path
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
        if len(members) != 1:
            return path
        with archive.open(members[0]) as packed:
            return _write_beside(path, Path(members[0].filename).name, packed)


def _write_beside(path: Path, name: str, packed: IO[bytes]) -> Path:
    target = path.with_name(name if name != path.name else f"{name}.unpacked")
    unfinished = target.with_name(f"{target.name}.unfinished")
    with unfinished.open("wb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)
    unfinished.replace(target)
    return target
