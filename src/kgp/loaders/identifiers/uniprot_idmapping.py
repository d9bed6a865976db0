"""UniProt's identifier mapping: what other databases call the gene of each protein.

A protein of one gene is exact; one that several genes encode (histones, for example) is a synonym
of each, and whatever else is said of it is a synonym, too: it would weld the genes into one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_EXACT, XREF_SYNONYM, Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.files import first_line, look
from kgp.loaders.frames import drop_rows, emit
from kgp.loaders.species import symbol_prefix, taxon_of
from kgp.loaders.tables import stream_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

LONG = ["accession", "database", "value"]
"""The three columns of idmapping.dat, which has no header."""

SELECTED = (
    "accession UniProtKB-ID GeneID RefSeq GI PDB GO UniRef100 UniRef90 UniRef50 UniParc PIR "
    "NCBI_TaxID MIM UniGene PubMed EMBL EMBL-CDS Ensembl Ensembl_TRS Ensembl_PRO more_PubMed"
).split()
"""The 22 columns of idmapping_selected.tab, which has no header either."""

GENES = {"GeneID": "ncbigene:", "HGNC": "hgnc:"}
"""Databases of genes: a protein is exact only where each of them gives it one gene at most."""

OTHERS = {
    "Ensembl": "ensembl:",
    "Ensembl_PRO": "ensembl:",
    "STRING": "string:",
    "Gene_OrderedLocusName": "locus_tag:",
}
"""Databases whose identifiers are exact where one protein alone has them."""

NAMES = ("Gene_Name", "Gene_Synonym")
_ENTRY, _TAXON = "UniProtKB-ID", "NCBI_TaxID"
USED = [*GENES, *OTHERS, *NAMES, _ENTRY, _TAXON]
_ACCESSION = r"^[A-Z][A-Z0-9]{5}([A-Z0-9]{4})?(-\d+)?$"


class UniprotIdMapping(FileLoader):
    """Reads idmapping.dat or idmapping_selected.tab, of one species or of all.

    Only what is said of one species is held in memory.

    Args:
        inputs: the file of role ``idmapping``.
        taxon: NCBI taxon to keep; default that in the file's name, else that of its first protein.
        version: the release, where the user states it.
    """

    source = "uniprot"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        path = inputs["idmapping"]
        found = re.search(r"_(\d+)_idmapping", path.name)
        stated = taxon if taxon is not None else (found and found[1])
        self.taxon = None if stated is None else taxon_of(stated)
        self._wide = _is_wide(path)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the cross-references, once all that is said of the species is known."""
        parts = [self._own(part, tally) for part in self._proteins(tally)]
        said = pl.concat(parts) if parts else pl.DataFrame(schema=dict.fromkeys(LONG, pl.String))
        if said.is_empty():
            raise BadInputError(
                f"{self.inputs['idmapping']} says nothing about taxon {self.taxon}.",
                hint="Expected are proteins of the species that --option taxon=… names.",
                command=look(self.inputs["idmapping"]),
            )
        canonical = said.with_columns(pl.col("accession").str.replace(r"-\d+$", ""))
        yield from emit(Kind.XREFS, _isoforms(said))
        known = canonical.unique(maintain_order=True)
        tally.merge(canonical.height - known.height if not self._wide else 0)
        yield from emit(Kind.XREFS, _xrefs(known, symbol_prefix(self.taxon or "")))

    def _proteins(self, tally: Tally) -> Iterator[pl.DataFrame]:
        """Yield rows in the long form, never parting what is said of one protein."""
        rest = pl.DataFrame(schema=dict.fromkeys(LONG, pl.String))
        names = SELECTED if self._wide else LONG
        read = [name for name in names if name in ("accession", *USED)] if self._wide else LONG
        path = self.inputs["idmapping"]
        for block in stream_table(path, read, tally, names=names, header=False):
            strange = ~pl.col("accession").str.contains(_ACCESSION)
            rows = drop_rows(block, strange, "not a UniProt accession", tally, ("accession",))
            if self._wide:
                rows = _long(self._of_species(rows.with_columns(species=_TAXON), tally))
            rows = pl.concat([rest, rows])
            if rows.is_empty():
                continue
            last = rows["accession"] == rows["accession"][-1]
            rest = rows.filter(last)
            yield rows.filter(~last)
        yield rest

    def _own(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Rows of the species with identifiers that are used."""
        if self._wide:
            return rows
        species = rows.filter(pl.col("database") == _TAXON).select("accession", species="value")
        species = species.unique("accession", keep="first")
        rows = rows.join(species, on="accession", how="left", maintain_order="left")
        rows = self._of_species(rows, tally)
        unused = ~pl.col("database").is_in(USED)
        rows = drop_rows(rows, unused, "kind of identifier that is not used", tally, LONG)
        rows = drop_rows(rows, pl.col("value") == "", "no identifier", tally, LONG)
        return rows.select(LONG)

    def _of_species(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        """Rows whose ``species`` is asked for; the first that is seen, where none is."""
        known = rows["species"].drop_nulls()
        if self.taxon is None and known.len():
            self.taxon = str(known[0])
        foreign = pl.col("species") != (self.taxon or "")
        rows = drop_rows(rows, foreign, "another taxon", tally, ("accession", "species"))
        return rows.drop("species")


def _is_wide(path: Path) -> bool:
    """Tell the two files apart by their number of columns.

    Raises:
        BadInputError: if it is neither.
    """
    fields = first_line(path).split("\t")
    fits = re.match(_ACCESSION, fields[0]) and len(fields) in (len(LONG), len(SELECTED))
    if not fits:
        raise BadInputError(
            f"{path} is not UniProt's mapping: its first line has {len(fields)} columns and begins "
            f"with {fields[0][:40]!r}.",
            hint=f"Expected are {len(LONG)} columns (idmapping.dat) or {len(SELECTED)} "
            "(idmapping_selected.tab), separated by tabs, without a header.",
            command=look(path),
        )
    return len(fields) == len(SELECTED)


def _long(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per accession, database and identifier."""
    wanted = [name for name in rows.columns if name != "accession"]
    parts = rows.with_row_index("row").unpivot(
        wanted, index=["row", "accession"], variable_name="database", value_name="value"
    )
    parts = parts.with_columns(pl.col("value").str.split("; ")).explode("value")
    return parts.filter(pl.col("value") != "").sort("row", maintain_order=True).select(LONG)


def _isoforms(said: pl.DataFrame) -> pl.DataFrame:
    """An isoform is its protein: the gene does not differ."""
    listed = said.select("accession").unique(maintain_order=True)
    isoforms = listed.filter(pl.col("accession").str.contains("-"))
    protein = pl.lit("uniprot:") + pl.col("accession").str.replace(r"-\d+$", "")
    return isoforms.select(
        id=protein, other=pl.lit("uniprot:") + pl.col("accession"), kind=pl.lit(XREF_EXACT)
    )


def _xrefs(said: pl.DataFrame, symbols: str) -> pl.DataFrame:
    in_genes = pl.col("database").is_in(list(GENES))
    genes = said.filter(in_genes).group_by("accession", "database").len()
    shared = genes.filter(pl.col("len") > 1)["accession"].unique()
    one_gene = ~pl.col("accession").is_in(shared.to_list())
    return pl.concat([_of_genes(said, one_gene), _of_others(said, one_gene), _names(said, symbols)])


def _kind(exact: pl.Expr) -> pl.Expr:
    return pl.when(exact).then(pl.lit(XREF_EXACT)).otherwise(pl.lit(XREF_SYNONYM))


def _curie(prefixes: Mapping[str, str]) -> pl.Expr:
    prefix = pl.col("database").replace_strict(prefixes, return_dtype=pl.String)
    return prefix + pl.col("value").str.strip_prefix("HGNC:")


def _of_genes(said: pl.DataFrame, one_gene: pl.Expr) -> pl.DataFrame:
    rows = said.filter(pl.col("database").is_in(list(GENES)))
    protein = pl.lit("uniprot:") + pl.col("accession")
    return rows.select(id=_curie(GENES), other=protein, kind=_kind(one_gene))


def _of_others(said: pl.DataFrame, one_gene: pl.Expr) -> pl.DataFrame:
    rows = said.filter(pl.col("database").is_in(list(OTHERS)))
    versionless = pl.when(pl.col("database").str.starts_with("Ensembl")).then(
        pl.col("value").str.replace(r"\.\d+$", "")
    )
    rows = rows.with_columns(value=versionless.otherwise("value"))
    rows = rows.select("accession", other=_curie(OTHERS)).unique(maintain_order=True)
    alone = pl.col("accession").n_unique().over("other") == 1
    protein = pl.lit("uniprot:") + pl.col("accession")
    return rows.select(id=protein, other="other", kind=_kind(alone & one_gene))


def _names(said: pl.DataFrame, symbols: str) -> pl.DataFrame:
    """Symbols and entry names (P53_HUMAN), neither of which UniProt keeps for good."""
    rows = said.filter(pl.col("database").is_in([*NAMES, _ENTRY]))
    prefixes = {**dict.fromkeys(NAMES, symbols), _ENTRY: "uniprot.mnemonic:"}
    protein = pl.lit("uniprot:") + pl.col("accession")
    names = rows.select(id=protein, other=_curie(prefixes), kind=pl.lit(XREF_SYNONYM))
    return names.unique(maintain_order=True)
