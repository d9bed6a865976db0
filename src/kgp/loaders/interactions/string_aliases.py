"""STRING's aliases: what else the proteins of one species are called, by whom.

An identifier of another database is exact where one protein has it and has no other of that
database; otherwise, and always for names, it is a synonym.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.interactions.string import HUMAN, check_species, release_in_name, species_of
from kgp.loaders.tables import check_columns, stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

COLUMNS = ("#string_protein_id", "alias", "source")
IDENTIFIERS = {
    "uniprot_ac": "uniprot",
    "ensembl_gene": "ensembl",
    "ensembl_hgnc_ensembl_gene_id": "ensembl",
    "ensembl_hgnc_hgnc_id": "hgnc",
    "ensembl_hgnc_entrez_id": "ncbigene",
    "uniprot_dr_geneid": "ncbigene",
    "uniprot_gn_orderedlocusnames": "locus_tag",
}
"""Source of an alias, in lower case → prefix of the identifiers that it gives."""

NAMES = {
    "uniprot_gn_name": 0,
    "ensembl_hgnc_symbol": 0,
    "ensembl_entrezgene": 1,
    "ensembl_hgnc_prev_symbol": 2,
    "ensembl_hgnc_alias_symbol": 2,
    "ensembl_external_synonym_hgnc": 2,
    "uniprot_gn_synonyms": 2,
}
"""Source of a name, in lower case → its rank: of two proteins, the lower rank has the name."""

_CLAIM = {"id": pl.String, "prefix": pl.String, "other": pl.String, "rank": pl.Int32}
_LOCAL = {
    "uniprot": r"^[A-Z][A-Z0-9]{5,9}$",
    "ensembl": r"^[A-Za-z][\w.-]*$",
    "hgnc": r"^\d+$",
    "ncbigene": r"^\d+$",
    "locus_tag": r"^[\w.-]+$",
}


class StringAliases(FileLoader):
    """Reads protein.aliases of one species.

    Args:
        inputs: the file of role ``aliases``.
        taxon: NCBI taxon that the file must be of, such as ``9606``.
        version: the release, where the user states it.
    """

    source = "string-aliases"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        check_columns(inputs["aliases"], COLUMNS, "\t")
        self.taxon = species_of(inputs["aliases"], "\t", taxon)

    def stated_version(self) -> str | None:
        """Return the release in the file's name, such as ``v12.0``."""
        return release_in_name(self.inputs["aliases"])

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the cross-references.

        Who else claims an alias is known only at the end of the file. Until then only what is
        used is held: about one row in six, and of each alias its best claim.
        """
        identifiers: list[pl.DataFrame] = []
        names: list[pl.DataFrame] = []
        for block in stream_table(self.inputs["aliases"], COLUMNS, tally):
            check_species(self.inputs["aliases"], block[COLUMNS[0]], self.taxon)
            rows = _used(block, tally)
            identifiers.append(_identifiers(rows, tally))
            names.append(_names(rows, self.taxon))
        yield from emit(Kind.XREFS, _one_to_one(_merged(identifiers, tally)))
        yield from emit(Kind.XREFS, _borne_by_one(_merged(names, tally), tally))


def _used(block: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    kind = pl.col("source").str.to_lowercase()
    rows = block.with_columns(kind=kind, id=pl.lit("string:") + pl.col(COLUMNS[0]))
    unused = ~pl.col("kind").is_in([*IDENTIFIERS, *NAMES])
    rows = drop_rows(rows, unused, "kind of alias that is not used", tally, ("source", "alias"))
    blank = pl.col("alias").str.strip_chars() == ""
    return drop_rows(rows, blank, "no alias", tally, (COLUMNS[0], "source"))


def _identifiers(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    prefix = pl.col("kind").replace_strict(IDENTIFIERS, default=None, return_dtype=pl.String)
    rows = rows.with_columns(prefix=prefix).drop_nulls("prefix")
    rows = rows.with_columns(local=pl.col("alias").str.strip_prefix("HGNC:"))
    fits = pl.lit(False)
    for name, pattern in _LOCAL.items():
        fits |= (pl.col("prefix") == name) & pl.col("local").str.contains(pattern)
    rows = drop_rows(rows, ~fits, "not an identifier of its kind", tally, ("source", "alias"))
    other = pl.concat_str("prefix", pl.lit(":"), "local")
    return rows.select("id", "prefix", other=other, rank=pl.lit(0, pl.Int32))


def _names(rows: pl.DataFrame, taxon: str) -> pl.DataFrame:
    """Symbols; those of other species than human are not HGNC's."""
    prefix = "hgnc.symbol" if taxon == HUMAN else "symbol"
    rank = pl.col("kind").replace_strict(NAMES, default=None, return_dtype=pl.Int32)
    other = pl.lit(f"{prefix}:") + pl.col("alias").str.strip_chars()
    rows = rows.with_columns(rank=rank).drop_nulls("rank")
    return rows.select("id", prefix=pl.lit(prefix), other=other, rank="rank")


def _merged(parts: list[pl.DataFrame], tally: Tally) -> pl.DataFrame:
    """One claim per protein and alias, the best; that several sources state it is counted."""
    claims = pl.concat([pl.DataFrame(schema=_CLAIM), *parts])
    best = claims.group_by("id", "prefix", "other", maintain_order=True).agg(pl.col("rank").min())
    tally.merge(claims.height - best.height)
    return best


def _one_to_one(claims: pl.DataFrame) -> pl.DataFrame:
    """Exact where protein and identifier have each other alone.

    Of several accessions of one protein none is more exact than the others, and an identifier of
    several proteins would weld them into one.
    """
    owners = pl.col("id").n_unique().over("other")
    others = pl.col("other").n_unique().over("id", "prefix")
    alone = (owners == 1) & (others == 1)
    kind = pl.when(alone).then(pl.lit(XREF_EXACT)).otherwise(pl.lit(XREF_SYNONYM))
    return claims.select("id", "other", kind=kind)


def _borne_by_one(claims: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Names of which one protein has the best claim; the others mean nobody for sure."""
    show = ("other", "id")
    beaten = pl.col("rank") > pl.col("rank").min().over("other")
    claims = drop_rows(claims, beaten, "better known as another protein's name", tally, show)
    several = pl.col("id").n_unique().over("other") > 1
    claims = drop_rows(claims, several, "name of several proteins", tally, show)
    return claims.select("id", "other", kind=pl.lit(XREF_SYNONYM))
