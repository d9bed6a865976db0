"""NCBI gene_info: the genes of one species, what resolution of symbols stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line, look
from kgp.loaders.frames import drop_rows, emit, exact_where_unique
from kgp.loaders.species import HUMAN, symbol_prefix, taxon_of
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

_AUTHORITY = "Symbol_from_nomenclature_authority"
_FULL_NAME = "Full_name_from_nomenclature_authority"
COLUMNS = (
    "tax_id",
    "GeneID",
    "Symbol",
    "LocusTag",
    "Synonyms",
    "dbXrefs",
    "chromosome",
    "description",
    "type_of_gene",
    _AUTHORITY,
    _FULL_NAME,
)
XREF_PREFIXES = {
    "dictyBase:": "dictybase.gene:",
    "ECOCYC:": "ecocyc:",
    "EcoGene:": "ecogene:",
    "Ensembl:": "ensembl:",
    "FLYBASE:": "flybase:",
    "HGNC:HGNC:": "hgnc:",
    "HGNC:": "hgnc:",
    "MGI:MGI:": "mgi:",
    "MGI:": "mgi:",
    "PomBase:": "pombase:",
    "RGD:": "rgd:",
    "SGD:": "sgd:",
    "TAIR:": "tair.locus:",
    "UniProtKB/Swiss-Prot:": "uniprot:",
    "UniProtKB/TrEMBL:": "uniprot:",
    "WormBase:": "wormbase:",
    "ZFIN:": "zfin:",
}
"""How dbXrefs writes an identifier → how a CURIE does; other databases are skipped."""

_PLACEHOLDER = "NEWENTRY"


class GeneInfo(FileLoader):
    """Reads gene_info, in its old and its present form.

    Args:
        inputs: the file of role ``gene_info``.
        taxon: NCBI taxon to keep, such as ``9606``; all by default.
        version: the release, where the user states it.
    """

    source = "gene-info"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.taxon = None if taxon is None else taxon_of(taxon)
        path = inputs["gene_info"]
        self._names = _header(first_line(path))
        check_columns(path, COLUMNS, "\t", self._names)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes block by block, then their cross-references.

        Whether an identifier belongs to one gene alone is known only at the end of the file.
        """
        path, pairs = self.inputs["gene_info"], []
        for block in stream_table(path, COLUMNS, tally, names=self._names):
            bad = pl.col("Symbol") == _PLACEHOLDER
            rows = drop_rows(block, bad, "placeholder without a gene", tally, ("GeneID",))
            if self.taxon:
                foreign = pl.col("tax_id") != self.taxon
                rows = drop_rows(rows, foreign, "another taxon", tally, ("tax_id", "GeneID"))
            rows = _with_symbol(rows)
            yield from emit(Kind.NODES, _genes(rows))
            pairs.append(_pairs(rows))
        if self.taxon and not any(part.height for part in pairs):
            raise BadInputError(
                f"{path} holds no gene of taxon {self.taxon}.",
                hint="Expected is the gene_info of the species that --option taxon=… names.",
                command=look(path),
            )
        yield from emit(Kind.XREFS, _xrefs(pl.concat(pairs)))


def _header(line: str) -> list[str]:
    """Column names of the old form (``#Format: tax_id GeneID … (…)``) and of the new one."""
    text = line.removeprefix("#")
    if text.startswith("Format:"):
        return text.removeprefix("Format:").partition("(")[0].split()
    return text.split("\t")


def _given(column: str) -> pl.Expr:
    """Return the column, null where NCBI writes a bar or nothing."""
    return pl.when(~pl.col(column).is_in(["-", ""])).then(pl.col(column))


def _with_symbol(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        id=pl.lit("ncbigene:") + pl.col("GeneID"),
        symbol=_given(_AUTHORITY).fill_null(pl.col("Symbol")),
        official=_given(_AUTHORITY).is_not_null(),
        prefix=pl.when(pl.col("tax_id") == HUMAN)
        .then(pl.lit(symbol_prefix(HUMAN)))
        .otherwise(pl.lit(symbol_prefix(""))),
    )


def _genes(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "id",
        type=pl.lit("Gene"),
        name="symbol",
        full_name=_given(_FULL_NAME).fill_null(_given("description")),
        chromosome=_given("chromosome"),
        gene_type=_given("type_of_gene"),
        taxon=pl.lit("ncbitaxon:") + pl.col("tax_id"),
    )


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """All claims ``id, other, rank``: 0 official symbol or identifier, 1 symbol, 2 alias."""
    symbols = rows.select(
        "id",
        other=pl.col("prefix") + pl.col("symbol"),
        rank=pl.when("official").then(0).otherwise(1),
    )
    listed = rows.select("id", other=pl.col("dbXrefs").str.split("|")).explode("other")
    listed = listed.with_columns(other=_as_curie(pl.col("other"))).drop_nulls("other")
    tags = rows.select("id", other=pl.lit("locus_tag:") + _given("LocusTag")).drop_nulls("other")
    names = pl.concat_list(pl.col("Synonyms").str.split("|"), "Symbol")
    aliases = rows.select("id", "symbol", "prefix", alias=names).explode("alias")
    real = ~pl.col("alias").is_in(["-", ""]) & (pl.col("alias") != pl.col("symbol"))
    aliases = aliases.filter(real).select("id", other=pl.col("prefix") + pl.col("alias"))
    ranked = (
        (symbols, pl.col("rank")),
        (listed, pl.lit(0)),
        (tags, pl.lit(0)),
        (aliases, pl.lit(2)),
    )
    return pl.concat([f.with_columns(rank=rank.cast(pl.Int8)) for f, rank in ranked])


def _as_curie(reference: pl.Expr) -> pl.Expr:
    result = pl.lit(None, pl.String)
    for written, prefix in reversed(XREF_PREFIXES.items()):
        local = reference.str.strip_prefix(written)
        result = pl.when(reference.str.starts_with(written)).then(prefix + local).otherwise(result)
    return result


def _xrefs(pairs: pl.DataFrame) -> pl.DataFrame:
    """Exact where one gene alone has the identifier or official symbol; else a synonym.

    An official symbol outranks the same text as another gene's unofficial symbol.
    """
    best = pl.col("rank").min().over("other")
    strong = pairs.filter((pl.col("rank") == best) & (pl.col("rank") < 2))
    strong = exact_where_unique(strong.unique(["id", "other"], maintain_order=True))
    weak = pairs.join(strong, on=["id", "other"], how="anti", maintain_order="left")
    weak = weak.unique(["id", "other"], maintain_order=True)
    frames = [strong, weak.with_columns(kind=pl.lit(XREF_SYNONYM))]
    return pl.concat([frame.select("id", "other", "kind") for frame in frames])
