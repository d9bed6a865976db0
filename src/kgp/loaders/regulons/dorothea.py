"""DoRothEA: human and mouse regulons with a confidence from A to E.

The table says of no edge where its sign comes from. The authors assumed activation wherever their
data state none, and repression for transcription factors that UniProt calls repressors (Garcia-
Alonso et al. 2019, supplemental methods). So a sign against the regulator's default is evidence,
one that agrees with it may be either, and level E, which rests on predictions alone, has defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError, unknown
from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.regulons.network_table import NetworkTable
from kgp.loaders.signed import CURATED, DEFAULT, STATED, check_layer, merge_signs, regulation
from kgp.loaders.species import HUMAN, check_symbols, symbol_prefix, taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

LEVELS = ("A", "B", "C", "D", "E")
COLUMNS = {
    "tf": ("tf", "source", "source_genesymbol"),
    "target": ("target", "target_genesymbol"),
    "level": ("confidence", "dorothea_level", "level"),
    "mor": ("mor", "weight"),
    "likelihood": ("likelihood",),
}
"""Role → its column in the authors' table, and in the frames of decoupler and OmniPath."""

_ENDS = ("tf", "target")


class Dorothea(FileLoader):
    """Reads a table of regulator, target, level and mode of regulation.

    Args:
        inputs: the file of role ``network``.
        name: name of the network.
        layer: layer of all its edges.
        levels: the levels to keep, separated by commas; by default A, B and C, as is usual.
        taxon: the species of the file.
        version: the release, where the user states it.
    """

    source = "dorothea"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "dorothea",
        layer: str = "transcriptional",
        levels: str | Sequence[str] = ("A", "B", "C"),
        taxon: str | int = HUMAN,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer, self.levels = name, check_layer(layer), _levels(levels)
        self.taxon = taxon_of(taxon)
        self._table = NetworkTable(inputs["network"], COLUMNS, (*_ENDS, "level", "mor"))

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by symbol, then the regulation between them."""
        rows = self._usable(self._table.read(tally), tally)
        rows = rows.with_columns(sign_source=_sign_source())
        left_out = ~pl.col("level").is_in(self.levels)
        for level in LEVELS:
            bad = left_out & (pl.col("level") == level)
            rows = drop_rows(rows, bad, f"confidence level {level} is left out", tally, _ENDS)
        prefix = symbol_prefix(self.taxon)
        symbols = pl.concat([rows["tf"], rows["target"]])
        yield from emit(Kind.NODES, node_rows(prefix + symbols, "Gene", symbols))
        yield from regulation(merge_signs(self._statements(rows, prefix), tally), self.name)

    def _usable(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        empty = (pl.col("tf") == "") | (pl.col("target") == "")
        rows = drop_rows(rows, empty, "no regulator or no target", tally, _ENDS)
        check_symbols(pl.concat([rows["tf"], rows["target"]]), self.taxon, self.inputs["network"])
        # OmniPath joins the levels of merged rows (A;D); the best one counts.
        level = pl.col("level").str.split(";").list.sort().list.first()
        mor = pl.col("mor").cast(pl.Float64, strict=False)
        rows = rows.with_columns(
            level=level,
            mor=pl.when(mor.is_finite()).then(mor.sign()),
            confidence=_finite("likelihood"),
        )
        strange = ~pl.col("level").is_in(LEVELS)
        rows = drop_rows(rows, strange, "confidence is not A to E", tally, (*_ENDS, "level"))
        signless = pl.col("mor").is_null() | (pl.col("mor") == 0)
        return drop_rows(rows, signless, "mode of regulation has no sign", tally, _ENDS)

    def _statements(self, rows: pl.DataFrame, prefix: str) -> pl.DataFrame:
        up = pl.when(pl.col("mor") > 0).then(pl.lit("activation"))
        return rows.select(
            "level",
            "sign_source",
            "confidence",
            src=pl.lit(prefix) + pl.col("tf"),
            dst=pl.lit(prefix) + pl.col("target"),
            layer=pl.lit(self.layer),
            effect=up.otherwise(pl.lit("repression")),
            pubmed=pl.lit([], dtype=pl.List(pl.String)),
        )


def _finite(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float32, strict=False)
    return pl.when(number.is_finite()).then(number)


def _sign_source() -> pl.Expr:
    """Default signs: those of level E; evidence: signs against what the regulator mostly does."""
    usual = pl.when(pl.col("mor").mean().over("tf") < 0).then(-1.0).otherwise(1.0)
    against = pl.when(pl.col("mor") != usual).then(pl.lit(CURATED)).otherwise(pl.lit(STATED))
    return pl.when(pl.col("level") == "E").then(pl.lit(DEFAULT)).otherwise(against)


def _levels(levels: str | Sequence[str]) -> list[str]:
    """Return the levels that are asked for.

    Raises:
        UsageError: for one that DoRothEA does not have.
    """
    texts = levels.replace(",", " ").split() if isinstance(levels, str) else list(levels)
    chosen = [text.strip().upper() for text in texts]
    for level in chosen:
        if level not in LEVELS:
            raise UsageError(unknown("level", level, LEVELS), command="… --option levels=A,B,C")
    if not chosen:
        raise UsageError("No level is left.", hint=f"Levels are {', '.join(LEVELS)}.")
    return sorted(set(chosen))
