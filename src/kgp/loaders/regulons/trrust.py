"""TRRUST: human and mouse transcription factors and their targets, signed from the literature."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.signed import check_layer, merge_signs, pubmed_ids, regulation
from kgp.loaders.species import HUMAN, MOUSE, check_symbols, symbol_prefix, taxon_of
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("tf", "target", "mor", "pubmed_id")
EFFECT_OF_WORD = {"Activation": "activation", "Repression": "repression", "Unknown": "unknown"}
"""Mode of regulation in TRRUST's own files, which have four columns and no header."""

EFFECT_OF_MOR = {1.0: "activation", -1.0: "repression", 0.0: "unknown"}
"""Mode of regulation in tables with a header; 0 stands for Unknown, not for no effect."""


class Trrust(FileLoader):
    """Reads TRRUST's own file, or a table tf, target, mor, pubmed_id.

    Args:
        inputs: the file of role ``network``.
        name: name of the network.
        layer: layer of all its edges.
        taxon: human or mouse; by default mouse where the file's name says so, else human.
        version: the release, where the user states it.
    """

    source = "trrust"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "trrust",
        layer: str = "transcriptional",
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer = name, check_layer(layer)
        path = inputs["network"]
        named = MOUSE if "mouse" in path.name.lower() else HUMAN
        self.taxon = named if taxon is None else taxon_of(taxon)
        if self.taxon == MOUSE:
            self.info = replace(self.info, title=f"{self.info.title}, mouse")
        fields = first_line(path).split("\t")
        self._raw = len(fields) == len(COLUMNS) and fields[2] in EFFECT_OF_WORD
        if not self._raw:
            check_columns(path, COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by symbol, then the regulation between them."""
        rows = self._rows(tally)
        empty = (pl.col("tf") == "") | (pl.col("target") == "")
        rows = drop_rows(rows, empty, "no regulator or no target", tally, COLUMNS)
        rows = rows.with_columns(effect=self._effect())
        modes = ", ".join(EFFECT_OF_WORD) if self._raw else "-1, 0 or 1"
        strange = f"mode of regulation is not {modes}"
        rows = drop_rows(rows, pl.col("effect").is_null(), strange, tally, COLUMNS)
        symbols = pl.concat([rows["tf"], rows["target"]])
        check_symbols(symbols, self.taxon, self.inputs["network"])
        prefix = symbol_prefix(self.taxon)
        yield from emit(Kind.NODES, node_rows(prefix + symbols, "Gene", symbols))
        statements = rows.select(
            "effect",
            src=pl.lit(prefix) + pl.col("tf"),
            dst=pl.lit(prefix) + pl.col("target"),
            layer=pl.lit(self.layer),
            pubmed=pubmed_ids("pubmed_id"),
        )
        yield from regulation(merge_signs(statements, tally), self.name)

    def _rows(self, tally: Tally) -> pl.DataFrame:
        path, names = self.inputs["network"], COLUMNS if self._raw else None
        return read_table(path, COLUMNS, tally, names=names, header=not self._raw)

    def _effect(self) -> pl.Expr:
        """Effect of a row; null where its mode is not one of TRRUST."""
        mode = pl.col("mor")
        if self._raw:
            return mode.replace_strict(EFFECT_OF_WORD, default=None, return_dtype=pl.String)
        number = mode.cast(pl.Float64, strict=False)
        return number.replace_strict(EFFECT_OF_MOR, default=None, return_dtype=pl.String)
