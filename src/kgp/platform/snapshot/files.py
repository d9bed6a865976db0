"""A snapshot's folder on disk: written beside, complete on disk, then renamed."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from kgp.errors import BadInputError, StoreUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.platform.snapshot.texts import TextTable

MANIFEST = "manifest.json"


class ArrayFolder:
    """Writes arrays as ``.npy`` and keeps their account for the manifest.

    Args:
        path: the folder, which exists.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.entries: dict[str, dict[str, Any]] = {}

    def add(self, name: str, array: NDArray[np.generic]) -> None:
        """Write one array to ``NAME.npy``, little-endian and C-contiguous."""
        file = self.path / f"{name}.npy"
        file.parent.mkdir(parents=True, exist_ok=True)
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        with file.open("wb") as out:
            np.save(out, plain, allow_pickle=False)
            out.flush()
            os.fsync(out.fileno())
        with file.open("rb") as written:
            digest = hashlib.file_digest(written, "sha256").hexdigest()
        self.entries[name] = {
            "bytes": file.stat().st_size,
            "dtype": plain.dtype.str,
            "sha256": digest,
            "shape": list(plain.shape),
        }

    def add_texts(self, name: str, texts: TextTable) -> None:
        """Write a table of texts as ``NAME.offsets.npy`` and ``NAME.data.npy``."""
        self.add(f"{name}.offsets", texts.offsets)
        self.add(f"{name}.data", texts.data)

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, keys sorted, with the account of all arrays."""
        facts = manifest | {"arrays": self.entries}
        text = orjson.dumps(facts, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
        with (self.path / MANIFEST).open("wb") as out:
            out.write(text + b"\n")
            out.flush()
            os.fsync(out.fileno())


@contextmanager
def folder_when_whole(target: Path) -> Iterator[ArrayFolder]:
    """Yield a temporary folder that becomes ``target`` if the block ends well.

    Nobody ever sees a half-written snapshot: not after an error, a kill or a full disk. After an
    error the folders that were made for it are gone too.

    Raises:
        StoreUnavailableError: if the disk is full.
        BadInputError: if the folder cannot be written.
    """
    made: list[Path] = []
    try:
        made += [path for path in (target.parent, *target.parent.parents) if not path.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            yield ArrayFolder(temporary)
            temporary.chmod(0o755)
            _settle(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StoreUnavailableError(
                f"No space left while writing the snapshot {target}.",
                hint="Nothing was left behind.",
                command="df -h " + str(target.parent),
            ) from error
        raise BadInputError(
            f"Cannot write the snapshot {target}: {error.strerror or error}.",
            hint="Give a folder that you may write.",
            command="kgp snapshot OUT",
        ) from error
    finally:
        with suppress(OSError):  # one that holds something stays, and so do those above it
            for path in made:
                path.rmdir()


def _settle(temporary: Path, target: Path) -> None:
    """Rename; where another process was faster, its equal folder stays."""
    for folder in (temporary, *(p for p in temporary.rglob("*") if p.is_dir())):
        _sync_folder(folder)
    if not (target / MANIFEST).exists():
        temporary.rename(target)
        _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
