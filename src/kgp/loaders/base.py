"""What the loaders share: their files, and the provenance that these state."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from kgp.errors import UsageError
from kgp.loaders.catalogue import SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.kg_schema.provenance import SourceInfo


class FileLoader:
    """A loader of files.

    Args:
        inputs: role → file, as :func:`kgp.loaders.registry.assign_roles` makes them.
        version: the release, where the user states it.
    """

    source: ClassVar[str]

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        self.inputs: Mapping[str, Path] = dict(sorted(inputs.items()))
        self.info: SourceInfo = SOURCES[self.source].info(version or self.stated_version())

    def stated_version(self) -> str | None:
        """Return the release that the files themselves state, if they do."""
        return None


def restated(
    info: SourceInfo, *, title: str | None, license: str | None, citation: str | None
) -> SourceInfo:
    """Return ``info`` with what the user says about a file that is not the source's own.

    Args:
        info: provenance of the source.
        title: what to call the file's content.
        license: its licence.
        citation: how to cite it.
    """
    return replace(
        info,
        title=title or info.title,
        license=license or info.license,
        citation=citation or info.citation,
    )


def number_option(name: str, value: float | str) -> float:
    """Return the option ``name`` as a positive number.

    Raises:
        UsageError: if it is not one.
    """
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if number > 0:
        return number
    raise UsageError(f"Option {name} is {value!r}.", hint="Expected is a number above 0.")
