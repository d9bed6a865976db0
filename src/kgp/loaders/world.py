"""A world file: the loads that make up one graph, in their order.

::

    [[load]]
    source = "primekg"
    files = ["kg.csv.gz"]          # or files = { kg = "kg.csv.gz" }
    version = "2022-05"            # optional
    name = "trrust"                # optional, for networks and response sets
    options = { taxon = "511145" } # optional

Paths are relative to the world file.
"""

from __future__ import annotations

import re
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kgp.errors import BadInputError, KgpError
from kgp.loaders.registry import assign_roles, source_spec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_UNION = re.compile(r"^(list|dict)\[")
"""Names of the alternatives of a field, which pydantic mixes into a field's location."""


@dataclass(frozen=True, slots=True)
class LoadSpec:
    """One load of a world.

    Args:
        source: name of the source.
        inputs: role → file.
        options: ``name``, ``version`` and the source's own options, where given.
        where: world file, number and line of the load, for messages.
    """

    source: str
    inputs: Mapping[str, Path]
    options: Mapping[str, str | int | float]
    where: str = field(default="", compare=False)


class _Load(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    source: str
    files: list[str] | dict[str, str] = Field(min_length=1)
    name: str | None = None
    version: str | None = None
    options: dict[str, str | int | float] = Field(default_factory=dict)


class _World(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    load: list[_Load] = Field(min_length=1)


def read_world(path: Path) -> list[LoadSpec]:
    """Read and validate a world file; its files must exist.

    Raises:
        BadInputError: naming the line or the field that is wrong.
        UsageError: for an unknown source or role.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(path, f"cannot be read: {getattr(error, 'strerror', None) or error}") from error
    try:
        world = _World.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _bad(path, f"is not TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _bad(path, f"{_where(text, first['loc'])}: {first['msg']}") from error
    places = [f"{path}, {_place(text, index)}" for index in range(len(world.load))]
    return [
        _load_spec(path.parent, load, where) for load, where in zip(world.load, places, strict=True)
    ]


@contextmanager
def naming_load(where: str) -> Iterator[None]:
    """Say in an error which load of a world file it is about."""
    try:
        yield
    except KgpError as error:
        error.message = f"{where}: {error.message}"
        raise


def _load_spec(folder: Path, load: _Load, where: str) -> LoadSpec:
    with naming_load(where):
        source_spec(load.source)
        return LoadSpec(
            load.source, assign_roles(load.source, _paths(folder, load)), _options(load), where
        )


def _paths(folder: Path, load: _Load) -> list[str]:
    if isinstance(load.files, dict):
        return [f"{role}={folder / file}" for role, file in load.files.items()]
    return [str(folder / file) for file in load.files]


def _options(load: _Load) -> dict[str, str | int | float]:
    options = dict(load.options)
    options |= {"name": load.name} if load.name is not None else {}
    options |= {"version": load.version} if load.version is not None else {}
    return options


def _where(text: str, location: tuple[int | str, ...]) -> str:
    """Say where a field is: the load by its number and line, then the field's name."""
    if len(location) < 2 or not isinstance(location[1], int):
        return f"field {'.'.join(map(str, location)) or 'load'!r}"
    named = [str(part) for part in location[2:] if not _UNION.match(str(part))]
    return f"{_place(text, location[1])}, field {'.'.join(named)!r}"


def _place(text: str, index: int) -> str:
    """Number and line of a load; no line where the loads are written as one array."""
    starts = [m.start() for m in re.finditer(r"^[ \t]*\[\[load\]\]", text, re.MULTILINE)]
    line = f" (line {text.count(chr(10), 0, starts[index]) + 1})" if index < len(starts) else ""
    return f"load {index + 1}{line}"


def _bad(path: Path, problem: str) -> BadInputError:
    return BadInputError(
        f"{path}: {problem}",
        hint='Expected are [[load]] tables with source = "NAME" and files = ["PATH", …] or '
        '{ ROLE = "PATH" }; name, version and options may follow.',
        command="kgp sources",
    )
