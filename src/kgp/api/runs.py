"""Results of commands as files, which a report gathers later."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import orjson
from pydantic import TypeAdapter, ValidationError

from kgp.errors import BadInputError, StoreUnavailableError

if TYPE_CHECKING:
    from pathlib import Path

Result = TypeVar("Result")


def save_result(folder: Path, name: str, result: object) -> Path:
    """Write a result as ``folder/name.json``, whole or not at all.

    Raises:
        StoreUnavailableError: if the folder cannot be written.
    """
    path = folder / f"{name}.json"
    unfinished = path.with_suffix(".unfinished")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(orjson.dumps(result, option=orjson.OPT_INDENT_2))
        unfinished.replace(path)
    except OSError as error:
        raise StoreUnavailableError(
            f"Cannot write {path}: {error.strerror}.",
            hint="Free some space, or name another folder.",
            command="the same command with --out FOLDER",
        ) from error
    return path


def load_result(kind: type[Result], path: Path) -> Result:
    """Read a result back.

    Raises:
        BadInputError: if the file cannot be read, or is no result of this version of kgp.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except OSError as error:
        raise BadInputError(
            f"Cannot read {path}: {error.strerror}.", command="the command that writes it"
        ) from error
    except ValidationError as error:
        raise BadInputError(
            f"{path} is no {kind.__name__} of this kgp: {error.errors()[0]['msg']}.",
            hint="It was written by another version, or changed by hand.",
            command="the command that wrote it, again",
        ) from error


def newest(folder: Path, pattern: str) -> Path | None:
    """The file written last among those that match, or None."""
    found = sorted(folder.glob(pattern), key=lambda path: (path.stat().st_mtime_ns, path.name))
    return found[-1] if found else None
