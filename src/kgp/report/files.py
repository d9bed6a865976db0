"""Files that appear together, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Mapping


def write_together(files: Mapping[Path, bytes], what: str, command: str) -> None:
    """Write files; all are complete on disk before the first takes its name.

    Args:
        files: content by path.
        what: what they hold, for the message of an error.
        command: what to type after an error.

    Raises:
        BadInputError: if a folder cannot be written or the disk is full. What lay at the paths
            before is then still there.
    """
    with ExitStack() as leftovers:
        ready = [
            (_beside(path, data, leftovers, what, command), path) for path, data in files.items()
        ]
        for temporary, path in ready:
            temporary.replace(path)


def _beside(path: Path, data: bytes, leftovers: ExitStack, what: str, command: str) -> Path:
    """Write ``data`` to a temporary file in the folder of ``path``, which a failure removes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(EISDIR, "it is a folder")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        temporary = Path(name)
        leftovers.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
    except OSError as error:
        message = f"Cannot write the {what} to {str(path)!r}: {error.strerror}."
        hint = f"A {what} needs a folder that is writable, with room for a few megabytes."
        raise BadInputError(message, hint=hint, command=command) from error
    return temporary


def _umask() -> int:
    """The permissions that new files go without; reading it means setting it for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
