"""TRRUST: human transcription factors and their targets, signed from the literature."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.signed import check_layer, merge_signs, pubmed_ids, regulation
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("tf", "target", "mor", "pubmed_id")
EFFECT_OF_MOR = {1.0: "activation", -1.0: "repression", 0.0: "unknown"}
"""TRRUST's mode of regulation → effect; 0 stands for Unknown, not for no effect."""


class Trrust(FileLoader):
    """Reads the table tf, target, mor, pubmed_id.

    Args:
        inputs: the file of role ``network``.
        name: name of the network.
        layer: layer of all its edges.
        version: the release, where the user states it.
    """

    source = "trrust"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "trrust",
        layer: str = "transcriptional",
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer = name, check_layer(layer)
        check_columns(inputs["network"], COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by symbol, then the regulation between them."""
        rows = read_table(self.inputs["network"], COLUMNS, tally)
        empty = (pl.col("tf") == "") | (pl.col("target") == "")
        rows = drop_rows(rows, empty, "no regulator or no target", tally, COLUMNS)
        rows = rows.with_columns(mor=pl.col("mor").cast(pl.Float64, strict=False))
        strange = ~pl.col("mor").is_in(list(EFFECT_OF_MOR)).fill_null(False)
        rows = drop_rows(rows, strange, "mode of regulation is not -1, 0 or 1", tally, COLUMNS)
        symbols = pl.concat([rows["tf"], rows["target"]])
        yield from emit(Kind.NODES, node_rows("hgnc.symbol:" + symbols, "Gene", symbols))
        effect = pl.col("mor").replace_strict(EFFECT_OF_MOR, return_dtype=pl.String)
        statements = rows.select(
            src=pl.lit("hgnc.symbol:") + pl.col("tf"),
            dst=pl.lit("hgnc.symbol:") + pl.col("target"),
            layer=pl.lit(self.layer),
            effect=effect,
            pubmed=pubmed_ids("pubmed_id"),
        )
        yield from regulation(merge_signs(statements), self.name)
