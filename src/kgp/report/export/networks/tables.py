"""A network as a table whose first columns decoupler reads: source, target, weight."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from kgp.report.export.networks.content import ExportedNetwork

_SCHEMA = {
    **{"source": pl.String, "target": pl.String, "weight": pl.Float64},
    **{"layer": pl.String, "effect": pl.String},
    **{"confidence": pl.Float32, "sign_source": pl.String},
}


def frame(network: ExportedNetwork) -> pl.DataFrame:
    """One row per edge; a weight has the sign of its edge, and is 0 where that is dual or unknown.

    Returns:
        Columns ``source, target, weight, layer, effect, confidence, sign_source``.
    """
    rows = [
        (
            *(e.source.label, e.target.label, e.sign * abs(e.weight)),
            *(e.layer, e.effect, e.confidence, e.sign_source),
        )
        for e in network.edges
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def to_csv(network: ExportedNetwork) -> bytes:
    """Write the table with commas."""
    return frame(network).write_csv().encode()


def to_tsv(network: ExportedNetwork) -> bytes:
    """Write the table with tabs."""
    return frame(network).write_csv(separator="\t").encode()


def to_parquet(network: ExportedNetwork) -> bytes:
    """Write the table as Parquet."""
    file = BytesIO()
    frame(network).write_parquet(file)
    return file.getvalue()
