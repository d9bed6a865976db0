"""OmniPath interactions: signed, directed, mostly signalling, between UniProt accessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.signed import check_layer, merge_signs, regulation
from kgp.loaders.tables import check_columns, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

_ENDS = ("source", "target")
_FLAGS = ("direction", "stimulation", "inhibition")
COLUMNS = (*_ENDS, *_FLAGS, "references")
_ACCESSION = r"^[A-Z][A-Z0-9]{5}([A-Z0-9]{4})?(-\d+)?$"


class OmniPath(FileLoader):
    """Reads the interaction table.

    Args:
        inputs: the file of role ``interactions``.
        name: name of the network.
        layer: layer of all its edges; OmniPath's own interactions are signalling.
        version: the release, where the user states it.
    """

    source = "omnipath"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "omnipath",
        layer: str = "signalling",
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer = name, check_layer(layer)
        check_columns(inputs["interactions"], COLUMNS, "\t")

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by accession, then the regulation between them."""
        rows = read_table(self.inputs["interactions"], COLUMNS, tally)
        strange = ~pl.all_horizontal(pl.col(_ENDS).str.contains(_ACCESSION))
        rows = drop_rows(rows, strange, "not a UniProt accession", tally, _ENDS)
        unclear = ~pl.all_horizontal(pl.col(_FLAGS).is_in(["0", "1"]))
        rows = drop_rows(rows, unclear, "a flag is neither 0 nor 1", tally, (*_ENDS, *_FLAGS))
        loose = pl.col("direction") == "0"
        rows = drop_rows(rows, loose, "no direction", tally, _ENDS)
        proteins = pl.concat([rows["source"], rows["target"]])
        yield from emit(Kind.NODES, node_rows("uniprot:" + proteins, "Gene"))
        yield from regulation(merge_signs(self._statements(rows)), self.name)

    def _statements(self, rows: pl.DataFrame) -> pl.DataFrame:
        up, down = pl.col("stimulation") == "1", pl.col("inhibition") == "1"
        effect = (
            pl.when(up & down)
            .then(pl.lit("dual"))
            .when(up)
            .then(pl.lit("activation"))
            .when(down)
            .then(pl.lit("repression"))
            .otherwise(pl.lit("unknown"))
        )
        references = pl.col("references").str.split(";")
        return rows.select(
            src=pl.lit("uniprot:") + pl.col("source"),
            dst=pl.lit("uniprot:") + pl.col("target"),
            layer=pl.lit(self.layer),
            effect=effect,
            pubmed=references.list.eval(pl.element().str.extract(r"(?:^|:)(\d+)$")),
        )
