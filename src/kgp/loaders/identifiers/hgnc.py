"""HGNC complete set: the approved symbols of human genes, with former symbols and aliases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, exact_where_unique
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

_DATABASES = {"entrez_id": "ncbigene:", "ensembl_gene_id": "ensembl:", "uniprot_ids": "uniprot:"}
"""Column → what stands before its identifiers in a CURIE."""

_FORMER = ("prev_symbol", "alias_symbol")
_NEEDED = ("hgnc_id", "symbol", "name", "status", *_FORMER)
_GIVEN = ("locus_group", "location", *_DATABASES)
_ID = r"^HGNC:\d+$"
_LISTED = "|"


class Hgnc(FileLoader):
    """Reads hgnc_complete_set.txt; a field with several values joins them by bars, in quotes."""

    source = "hgnc"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        super().__init__(inputs, version=version)
        known = check_columns(inputs["hgnc"], _NEEDED, "\t")
        self._columns = [*_NEEDED, *(name for name in _GIVEN if name in known)]

    def stated_version(self) -> str | None:
        """Return the date in the file's name, such as that of an archived set."""
        found = re.search(r"\d{4}-\d{2}-\d{2}", self.inputs["hgnc"].name)
        return found and found[0]

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes block by block, then their cross-references.

        Whether another database's identifier belongs to one gene alone is known only at the end.
        """
        claims = []
        for block in stream_table(self.inputs["hgnc"], self._columns, tally):
            rows = _approved(_complete(block), tally)
            yield from emit(Kind.NODES, _genes(rows))
            yield from emit(Kind.XREFS, _symbols(rows))
            claims.append(_identifiers(rows))
        yield from emit(Kind.XREFS, exact_where_unique(pl.concat(claims)))


def _complete(block: pl.DataFrame) -> pl.DataFrame:
    """Fields without the quotes that HGNC writes around lists; columns that are missing, empty."""
    missing = [pl.lit("").alias(name) for name in _GIVEN if name not in block.columns]
    return block.select(pl.all().str.strip_chars('" '), *missing)


def _approved(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    show = ("hgnc_id", "symbol", "status")
    rows = drop_rows(rows, ~pl.col("hgnc_id").str.contains(_ID), "not an HGNC id", tally, show)
    rows = drop_rows(rows, pl.col("status") != "Approved", "withdrawn", tally, show)
    rows = drop_rows(rows, pl.col("symbol") == "", "no symbol", tally, show)
    return rows.with_columns(id=pl.lit("hgnc:") + pl.col("hgnc_id").str.strip_prefix("HGNC:"))


def _genes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "id",
        type=pl.lit("Gene"),
        name="symbol",
        full_name=_given("name"),
        location=_given("location"),
        locus_group=_given("locus_group"),
        taxon=pl.lit("ncbitaxon:9606"),
    )


def _given(column: str) -> pl.Expr:
    return pl.when(pl.col(column) != "").then(pl.col(column))


def _symbols(rows: pl.DataFrame) -> pl.DataFrame:
    """The approved symbol, which HGNC keeps unique, and what the gene was or is called besides."""
    lists = pl.concat_list(*(pl.col(name).str.split(_LISTED) for name in _FORMER))
    former = rows.select("id", "symbol", local=lists).explode("local")
    former = former.with_columns(pl.col("local").str.strip_chars('" ')).unique(maintain_order=True)
    former = former.filter((pl.col("local") != "") & (pl.col("local") != pl.col("symbol")))
    symbols = rows.select("id", local="symbol", kind=pl.lit(XREF_EXACT))
    frames = [symbols, former.select("id", "local", kind=pl.lit(XREF_SYNONYM))]
    other = pl.lit("hgnc.symbol:") + pl.col("local")
    return pl.concat(frames).select("id", "kind", other=other)


def _identifiers(rows: pl.DataFrame) -> pl.DataFrame:
    """Pairs of a gene and what other databases call it."""
    pairs = []
    for column, prefix in _DATABASES.items():
        listed = rows.select("id", local=pl.col(column).str.split(_LISTED)).explode("local")
        listed = listed.with_columns(pl.col("local").str.strip_chars('" '))
        listed = listed.filter(pl.col("local").str.contains(r"^\S+$"))
        pairs.append(listed.select("id", other=pl.lit(prefix) + pl.col("local")))
    return pl.concat(pairs).unique(maintain_order=True)
