"""Any network of source, target and weight, such as decoupler's frames: a user's own prior."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError
from kgp.kg_schema.batches import LAYERS, Kind
from kgp.loaders.base import FileLoader, restated
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.regulons.network_ids import SYMBOL, as_curie, check_kind, guess_kind, is_of_kind
from kgp.loaders.regulons.network_table import NetworkTable
from kgp.loaders.signed import (
    SIGN_SOURCES,
    STATED,
    check_layer,
    cited_pubmed_ids,
    merge_signs,
    regulation,
)
from kgp.loaders.species import HUMAN, check_symbols, check_taxa, taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = {
    "source": ("source", "tf", "regulator", "from"),
    "target": ("target", "gene", "target_gene", "regulatee", "to"),
    "effect": ("effect", "sign", "mor", "mode"),
    "weight": ("weight",),
    "layer": ("layer",),
    "confidence": ("confidence", "likelihood"),
    "references": ("references", "pmid", "pmids", "pubmed", "pubmed_id"),
    "sign_source": ("sign_source",),
    "taxon": ("taxon", "ncbi_tax_id", "tax_id"),
}
"""Role → what its column may be called."""

_WORDS = {
    "activation": ("activation", "activator", "activates", "positive", "stimulation", "up", "+"),
    "repression": ("repression", "repressor", "represses", "negative", "inhibition", "down", "-"),
    "dual": ("dual", "both", "+/-", "+-", "-+"),
    "unknown": ("unknown", "none", "na", "nan", "?", ""),
}
_EFFECT_OF_WORD = {word: effect for effect, words in _WORDS.items() for word in words}
_ENDS = ("source", "target")


class NetworkFrame(FileLoader):
    """Reads a CSV, TSV or Parquet table with a column for regulators and one for targets.

    The sign is that of ``effect`` where there is one, else that of ``weight``. Weights are kept as
    magnitudes unless all are 1. What kgp exports is read back with where its signs come from.

    Args:
        inputs: the file of role ``network``.
        name: name of the network; there is no default.
        layer: layer of edges for which no column ``layer`` says it.
        taxon: the species.
        identifiers: what genes are named by (symbol, ncbigene, ensembl, uniprot, locus_tag,
            curie); by default told from the names.
        title: what to call the network.
        license: its licence; by default it counts as the user's own.
        citation: how to cite it.
        version: its release.
    """

    source = "network"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str | None = None,
        layer: str | None = None,
        taxon: str | int = HUMAN,
        identifiers: str | None = None,
        title: str | None = None,
        license: str | None = None,
        citation: str | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self._table = NetworkTable(inputs["network"], COLUMNS, _ENDS)
        if not name:
            raise _unsaid("The network has no name.", "--name NAME")
        if layer is None and not self._table.has("layer"):
            raise _unsaid("The network has no layer.", f"--name NAME --option layer={LAYERS[0]}")
        self.name, self.taxon = name, taxon_of(taxon)
        self.layer = None if layer is None else check_layer(layer)
        self.identifiers = None if identifiers is None else check_kind(identifiers)
        self.info = restated(self.info, title=title or name, license=license, citation=citation)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes, then the regulation between them."""
        rows = self._usable(self._table.read(tally), tally)
        names = pl.concat([rows["source"], rows["target"]])
        kind = self.identifiers or guess_kind(names)
        strange = ~pl.all_horizontal(is_of_kind(end, kind) for end in _ENDS)
        rows = drop_rows(rows, strange, f"not written as {kind} is", tally, _ENDS)
        names = pl.concat([rows["source"], rows["target"]])
        if kind == SYMBOL:
            check_symbols(names, self.taxon, self.inputs["network"])
        rows = rows.with_columns(
            src=as_curie("source", kind, self.taxon), dst=as_curie("target", kind, self.taxon)
        )
        shown = names if kind == SYMBOL else None
        yield from emit(Kind.NODES, node_rows(pl.concat([rows["src"], rows["dst"]]), "Gene", shown))
        statements = self._statements(_strengths(rows))
        yield from regulation(merge_signs(statements, tally), self.name)

    def _usable(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Keep rows with two genes, of the species, with a layer and a readable sign."""
        empty = (pl.col("source") == "") | (pl.col("target") == "")
        rows = drop_rows(rows, empty, "no regulator or no target", tally, _ENDS)
        if self._table.has("taxon"):
            check_taxa(rows["taxon"], self.taxon, self.inputs["network"])
            other = pl.col("taxon") != self.taxon
            rows = drop_rows(rows, other, "of another species", tally, (*_ENDS, "taxon"))
        stated = pl.when(pl.col("layer") != "").then(pl.col("layer").str.to_lowercase())
        rows = rows.with_columns(layer=stated.fill_null(pl.lit(self.layer, pl.String)))
        no_layer = ~pl.col("layer").is_in(LAYERS).fill_null(False)
        rows = drop_rows(rows, no_layer, "unknown layer", tally, (*_ENDS, "layer"))
        signs = "effect" if self._table.has("effect") else "weight"
        shown = (*_ENDS, signs)
        kept = rows.with_columns(read=_effect(signs) if self._table.has(signs) else _UNKNOWN)
        return drop_rows(kept, pl.col("read").is_null(), "sign is not readable", tally, shown)

    def _statements(self, rows: pl.DataFrame) -> pl.DataFrame:
        number = _number("confidence").cast(pl.Float32)
        said = pl.when(number.is_null() & (pl.col("confidence") != "")).then("confidence")
        known = pl.col("sign_source").is_in(SIGN_SOURCES).fill_null(False)
        origin = pl.when(known).then("sign_source").otherwise(pl.lit(STATED))
        frame = rows.select(
            "src",
            "dst",
            "layer",
            "weight",
            effect="read",
            pubmed=cited_pubmed_ids("references").fill_null([]),
            confidence=number,
            level=said,
            sign_source=origin,
        )
        unsaid = [name for name in ("weight", "confidence", "level") if _empty(frame, name)]
        return frame.drop(unsaid)


_UNKNOWN = pl.lit("unknown")


def _empty(frame: pl.DataFrame, column: str) -> bool:
    return frame[column].null_count() == frame.height


def _number(column: str) -> pl.Expr:
    number = pl.col(column).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def _effect(column: str) -> pl.Expr:
    """Effect of a word or of a number's sign; null where it is neither."""
    words = pl.col(column).str.to_lowercase()
    word = words.replace_strict(_EFFECT_OF_WORD, default=None, return_dtype=pl.String)
    sign = _number(column).sign()
    named = {1.0: "activation", -1.0: "repression", 0.0: "unknown"}
    return word.fill_null(sign.replace_strict(named, default=None, return_dtype=pl.String))


def _strengths(rows: pl.DataFrame) -> pl.DataFrame:
    """Turn weights into magnitudes; into nothing where all are 1 and so say only the sign."""
    rows = rows.with_columns(weight=_number("weight").abs().cast(pl.Float32))
    said = (rows["weight"] != 1).any()
    return rows if said else rows.with_columns(weight=pl.lit(None, pl.Float32))


def _unsaid(what: str, option: str) -> UsageError:
    return UsageError(
        what,
        hint="A file of any origin does not say it; you have to.",
        command=f"kgp load network FILE {option}",
    )
