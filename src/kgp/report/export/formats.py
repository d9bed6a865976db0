"""The formats that a response set can be written in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kgp.errors import UsageError, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.report.export.content import Writer

_EXAMPLE = "kgp export responses NAME --out FILE --format parquet"


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format.

    Args:
        name: what the user calls it.
        endings: of a file's name by which it is recognised; the first is what kgp itself gives.
        counted: what the number that its writer returns counts.
    """

    name: str
    endings: tuple[str, ...]
    counted: str


FORMATS = {
    item.name: item
    for item in (
        ExportFormat("h5ad", (".h5ad",), "signatures"),
        ExportFormat("parquet", (".parquet",), "rows"),
        ExportFormat("gmt", (".gmt",), "gene sets"),
        ExportFormat("decoupler", (".tsv", ".csv"), "pairs"),
    )
}


def format_for(name: str | None, path: Path) -> ExportFormat:
    """Return the format called ``name``; without a name the one that the file's ending tells.

    Raises:
        UsageError: naming the nearest formats.
    """
    if name is not None:
        if name not in FORMATS:
            raise UsageError(unknown("format", name, FORMATS, command=_EXAMPLE))
        return FORMATS[name]
    for item in FORMATS.values():
        if path.suffix in item.endings:
            return item
    raise UsageError(
        f"{str(path)!r} does not tell in which format to write.",
        hint=f"Valid are {', '.join(FORMATS)}.",
        command=_EXAMPLE,
    )


def writer_of(item: ExportFormat, source: str) -> Writer:
    """Return what writes a format; ``source`` is for decoupler frames."""
    if item.name == "h5ad":
        from kgp.report.export.h5ad import write_h5ad

        return write_h5ad
    if item.name == "parquet":
        from kgp.report.export.long_table import write_long_table

        return write_long_table
    if item.name == "gmt":
        from kgp.report.export.gene_sets import write_gmt

        return write_gmt
    from kgp.report.export.targets import write_decoupler

    return partial(write_decoupler, source=source)
