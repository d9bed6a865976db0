"""The files of a load: hashed once for its identity, then watched while they are read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.kg_schema.licenses import Use
    from kgp.kg_schema.provenance import SourceInfo

_Stamp = tuple[int, int, int, int]
"""Size, times of the last change of content and of metadata, inode."""


@dataclass(slots=True)
class Inputs:
    """The files of one load, as they were when they were hashed.

    Args:
        roles: role → file or folder.
        hashes: path → hash of its content, by role and then by name.
    """

    roles: dict[str, Path]
    hashes: dict[Path, bytes] = field(init=False)
    _stamps: dict[Path, _Stamp] = field(init=False)

    def __post_init__(self) -> None:
        self._stamps = self._look()
        self.hashes = {path: _content_hash(path) for path in self._stamps}

    def identity(self, info: SourceInfo, options: Mapping[str, Any], use: Use | None = None) -> str:
        """Hash of how the source describes itself, its files' content and what the user chose.

        What a loader takes from a file's name, such as a release or a cell line, is part of its
        description, so that the same bytes under another name can be another load.
        """
        chosen = [info.name, info.title, info.version, dict(options), use]
        digest = hashlib.blake2b(digest_size=12)
        digest.update(orjson.dumps(chosen, option=orjson.OPT_SORT_KEYS))
        for role, path in sorted(self.roles.items()):
            digest.update(role.encode())
            for file in _files(path):
                digest.update(self.hashes[file])
        return digest.hexdigest()

    def named(self) -> dict[str, str]:
        """Hash of each file by its absolute path, as text."""
        return {str(path.absolute()): digest.hex() for path, digest in self.hashes.items()}

    def check(self) -> None:
        """Make sure that all that was read so far is what was hashed.

        Size, times and inode are compared first; only where they differ a file is hashed again.

        Raises:
            BadInputError: naming a file whose content is another.
        """
        now = self._look()
        if now == self._stamps:
            return
        for path in sorted(set(now) | set(self._stamps)):
            same = path in now and path in self._stamps
            touched = same and now[path] != self._stamps[path]
            if not same or (touched and _content_hash(path) != self.hashes[path]):
                raise BadInputError(
                    f"{path} changed while it was being read.",
                    hint="Nothing was loaded; the graph is as it was before.",
                    command="the same command again, when the file is whole",
                )
        self._stamps = now

    def _look(self) -> dict[Path, _Stamp]:
        roles = sorted(self.roles.items())
        return {file: _stamp(file) for _, path in roles for file in _files(path)}


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path]


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError as error:
        raise BadInputError(
            f"{path} cannot be read: {error.strerror}.",
            hint="Expected is a file that stays in its place until the load has ended.",
            command=f"ls -l {path.name}",
        ) from error
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _content_hash(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).digest()
