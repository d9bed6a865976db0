"""From figures to files: the page and its JSON appear together, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.report.page import render

if TYPE_CHECKING:
    from kgp.report.content import ReportContent


def to_json(content: ReportContent) -> bytes:
    """Write the figures as JSON: the fields of `ReportContent`, unrounded, NaN as null."""
    import orjson

    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SERIALIZE_NUMPY
    return orjson.dumps(content, option=options)


def write_report(content: ReportContent, html_path: Path, json_path: Path) -> None:
    """Write both files; both are complete on disk before either takes its name.

    Raises:
        BadInputError: if a folder cannot be written or the disk is full. What lay at the two
            paths before is then still there.
    """
    files = {json_path: to_json(content), html_path: render(content).encode()}
    with ExitStack() as leftovers:
        ready = [(_beside(path, data, leftovers), path) for path, data in files.items()]
        for temporary, path in ready:
            temporary.replace(path)


def _beside(path: Path, data: bytes, leftovers: ExitStack) -> Path:
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
        message = f"Cannot write the report to {str(path)!r}: {error.strerror}."
        hint = "A report needs a folder that is writable, with room for a few megabytes."
        raise BadInputError(message, hint=hint, command="kgp report --help") from error
    return temporary


def _umask() -> int:
    """The permissions that new files go without; reading it means setting it for a moment."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
