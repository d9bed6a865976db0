"""Fetching a source's files from their official addresses; loading itself needs no network."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, UsageError
from kgp.loaders.download.fetching import (
    FetchedFile,
    addresses,
    fetch_file,
    file_names,
    load_command,
    parse_hash,
)
from kgp.loaders.registry import source_spec
from kgp.progress import SilentProgress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kgp.progress import Progress

FOLDER = "downloads"
"""Where files are put when the user names no folder: one folder per source and version in it."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What was fetched.

    Args:
        source: name of the source.
        license: its licence.
        files: the files, by role.
        load: the command that loads them, as words.
    """

    source: str
    license: str
    files: list[FetchedFile]
    load: list[str]


def fetch(
    source: str,
    to: str | Path | None = None,
    *,
    roles: Sequence[str] = (),
    version: str | None = None,
    taxon: str | None = None,
    sha256: str | None = None,
    progress: Progress | None = None,
) -> FetchReport:
    """Download the files of a source; what is there and unchanged is not downloaded again.

    Args:
        source: name of the source.
        to: folder for the files; default ``downloads/SOURCE``, with the version where there is one.
        roles: only these files.
        version: the release, where its addresses have one.
        taxon: the NCBI taxon, where its addresses have one.
        sha256: the hash that the one file must have.
        progress: where to say how far it is.

    Raises:
        UsageError: for an unknown source or role, or where a version or taxon is missing.
        BadInputError: if the source cannot be fetched, or a file is not the one expected.
        DownloadError: if the server cannot be reached or breaks off.
    """
    spec = source_spec(source)
    wanted = addresses(spec, roles, version=version, taxon=taxon)
    if sha256 is not None:
        if len(wanted) != 1:
            raise UsageError(
                f"One hash cannot be that of {len(wanted)} files.",
                hint=f"The files are {', '.join(a.role for a in wanted)}.",
                command=f"kgp fetch {source} --role {wanted[0].role} --hash SHA256",
            )
        wanted = [replace(wanted[0], sha256=parse_hash(sha256))]
    released = next((address.version for address in wanted if address.version), "")
    folder = Path(to) if to is not None else Path(FOLDER, source, released)
    names = file_names(source, wanted)
    bars = progress or SilentProgress()
    with _writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        files = [fetch_file(address, folder, names[address.role], bars) for address in wanted]
    found = {file.role: file.path for file in files}
    command = load_command(spec, found, version or released, taxon)
    return FetchReport(source, spec.license, files, command)


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Name the folder in errors about it; a full disk is recognised where all commands end."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise
        raise BadInputError(
            f"Cannot write into {folder}: {error.strerror or error}.",
            hint="Expected is a folder that you may write into.",
            command="kgp fetch … --to FOLDER",
        ) from error
