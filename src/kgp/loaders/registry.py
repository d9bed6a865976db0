"""From a source's name and the user's paths to a loader."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from kgp.errors import BadInputError, UsageError, unknown
from kgp.loaders.catalogue import SOURCES
from kgp.loaders.spec import Role, SourceSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgp.kg_schema.batches import Loader

__all__ = ["SOURCES", "Role", "SourceSpec", "assign_roles", "build_loader", "source_spec"]


def source_spec(source: str) -> SourceSpec:
    """Return the source called ``source``.

    Raises:
        UsageError: naming the nearest sources.
    """
    if source not in SOURCES:
        raise UsageError(unknown("source", source, SOURCES, command="kgp sources"))
    return SOURCES[source]


def build_loader(source: str, inputs: Mapping[str, Path], **options: object) -> Loader:
    """Build the loader of ``source``; its files are opened and their headers checked.

    Args:
        source: name of the source.
        inputs: role → file.
        options: ``version`` and the source's own options; ``None`` stands for the default.

    Raises:
        UsageError: for an unknown source, role or option.
        BadInputError: for a missing file, or one that is not what the source expects.
    """
    spec = source_spec(source)
    given = {name: value for name, value in options.items() if value is not None}
    for name in sorted(set(given) - {"version", *spec.options}):
        raise UsageError(
            unknown(f"option of {source}", name, ("version", *spec.options), command=spec.usage)
        )
    _check_inputs(spec, inputs)
    loader = getattr(import_module(spec.module), spec.loader)
    return cast("Loader", loader(inputs, **given))


def assign_roles(source: str, paths: Sequence[str]) -> dict[str, Path]:
    """Give each path its role.

    ``ROLE=PATH`` is taken at its word. A bare path is recognised by its name, then by its
    columns, and else takes the first free role. A folder stands for the files in it whose names
    are recognised.

    Raises:
        UsageError: for an unknown source or role, or more paths than roles.
        BadInputError: for a missing file.
    """
    spec = source_spec(source)
    roles = {role.name: role for role in spec.roles}
    named, bare = _split_named(spec, roles, paths)
    for path in _expand(spec, bare):
        free = [role for name, role in roles.items() if name not in named]
        if not free:
            raise UsageError(
                f"Too many files for {source}: {path} has no role left.",
                hint=f"It reads {', '.join(roles)}.",
                command=spec.usage,
            )
        named[_recognise(path, free).name] = path
    _check_inputs(spec, named)
    return {name: named[name] for name in roles if name in named}


def _split_named(
    spec: SourceSpec, roles: Mapping[str, Role], paths: Iterable[str]
) -> tuple[dict[str, Path], list[Path]]:
    named: dict[str, Path] = {}
    bare: list[Path] = []
    for text in paths:
        role, equals, path = text.partition("=")
        if not equals or Path(text).exists():
            bare.append(Path(text))
        elif role in roles:
            named[role] = Path(path)
        else:
            raise UsageError(unknown(f"role of {spec.name}", role, roles, command=spec.usage))
    return named, bare


def _expand(spec: SourceSpec, paths: Iterable[Path]) -> list[Path]:
    """Replace folders by the files in them that some role's pattern recognises."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        patterns = [role.pattern for role in spec.roles if role.pattern]
        inside = [p for p in sorted(path.iterdir()) if any(re.search(r, p.name) for r in patterns)]
        if not inside:
            raise BadInputError(
                f"{path} holds no file that {spec.name} reads.",
                hint="Expected: " + "; ".join(role.description for role in spec.roles) + ".",
                command=spec.usage,
            )
        found += inside
    return found


def _recognise(path: Path, free: Sequence[Role]) -> Role:
    for role in free:
        if role.pattern and re.search(role.pattern, path.name):
            return role
    if len(free) > 1 and any(role.columns for role in free) and path.is_file():
        from kgp.loaders.files import first_line

        line = first_line(path)
        for role in free:
            if role.columns and all(column in line for column in role.columns):
                return role
    return free[0]


def _check_inputs(spec: SourceSpec, inputs: Mapping[str, Path]) -> None:
    known = [role.name for role in spec.roles]
    for name in inputs:
        if name not in known:
            raise UsageError(unknown(f"role of {spec.name}", name, known, command=spec.usage))
    for role in spec.roles:
        path = inputs.get(role.name)
        if path is None and role.required:
            raise UsageError(
                f"{spec.name} needs a file for {role.name!r}: {role.description}.",
                command=spec.usage,
            )
        if path is not None and not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            raise BadInputError(
                f"{path} {what}.",
                hint=f"Expected is the file {role.name!r} of {spec.name}: {role.description}.",
                command=spec.usage,
            )
