"""The formats that a network can be written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import UsageError, unknown

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.report.export.networks.content import Writer


FORMATS = ("csv", "tsv", "parquet", "sif", "graphml", "gmt")
"""Names of the formats, which are also the endings of their files."""

_EXAMPLE = "kgp grn export NETWORK FILE --format {}"


@dataclass(frozen=True, slots=True)
class NetworkFormat:
    """One format and what turns a network into it."""

    name: str
    write: Writer


def network_format(name: str | None, path: Path) -> NetworkFormat:
    """Return the format called ``name``; without a name the one that the file's ending tells.

    Raises:
        UsageError: naming the formats.
    """
    chosen = name if name is not None else path.suffix.removeprefix(".").lower()
    if chosen in FORMATS:
        return NetworkFormat(chosen, _writer(chosen))
    if name is not None:
        raise UsageError(unknown("format", name, FORMATS, command=_EXAMPLE.format("sif")))
    raise UsageError(
        f"{path.name!r} has no ending that kgp writes.",
        hint=f"Valid are {', '.join(f'.{each}' for each in FORMATS)}.",
        command=_EXAMPLE.format("csv"),
    )


def _writer(name: str) -> Writer:
    from kgp.report.export.networks import gmt, graphml, sif, tables

    return {
        "csv": tables.to_csv,
        "tsv": tables.to_tsv,
        "parquet": tables.to_parquet,
        "sif": sif.to_sif,
        "graphml": graphml.to_graphml,
        "gmt": gmt.to_gmt,
    }[name]
