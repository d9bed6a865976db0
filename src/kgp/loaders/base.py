"""What the loaders share: their files, and the provenance that these state."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from kgp.errors import UsageError
from kgp.loaders.catalogue import SOURCES
from kgp.loaders.synthetic.mark import as_synthetic, is_synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.kg_schema.tally import Tally


class FileLoader:
    """A loader of files.

    Args:
        inputs: role → file, as :func:`kgp.loaders.registry.assign_roles` makes them.
        version: the release, where the user states it.
    """

    source: ClassVar[str]

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        self.inputs: Mapping[str, Path] = dict(sorted(inputs.items()))
        info = SOURCES[self.source].info(version or self.stated_version())
        generated = any(is_synthetic(path) for path in self.inputs.values())
        self.info: SourceInfo = as_synthetic(info) if generated else info

    def stated_version(self) -> str | None:
        """Return the release that the files themselves state, if they do."""
        return None


class BlockFileLoader(FileLoader, ABC):
    """A loader whose files are read in blocks that can be parsed apart from each other."""

    @abstractmethod
    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield the rows of the files as they stand, in order; see BlockLoader."""

    @abstractmethod
    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        """Yield the content of one block: a function of the block alone; see BlockLoader."""

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the content of every block, in order."""
        for block in self.blocks(tally):
            yield from self.parse(block, tally)


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
