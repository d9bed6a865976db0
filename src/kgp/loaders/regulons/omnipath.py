"""OmniPath interactions: signed, directed, mostly signalling, between UniProt accessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.kg_schema.batches import Kind
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import drop_rows, emit, node_rows
from kgp.loaders.regulons.complexes import complex_batches
from kgp.loaders.regulons.network_table import NetworkTable
from kgp.loaders.regulons.resource_licenses import row_license
from kgp.loaders.signed import (
    check_layer,
    cited_pubmed_ids,
    effect_of_flags,
    merge_signs,
    regulation,
)
from kgp.loaders.species import check_taxa, taxon_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

LAYER_OF_TYPE = {
    "post_translational": "signalling",
    "transcriptional": "transcriptional",
    "mirna_transcriptional": "transcriptional",
    "post_transcriptional": "translational",
    "lncrna_post_transcriptional": "translational",
}
"""OmniPath's type of an interaction → layer; other types (of drugs) are not between genes."""

ACADEMIC = "LicenseRef-academic-OmniPath"
"""Licence of rows that no database states which is known to be open."""

_ENDS = ("source", "target")
_FLAGS = ("direction", "stimulation", "inhibition")
_NEEDED = (*_ENDS, *_FLAGS)
COLUMNS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in _ENDS},
    **{name: (name, f"is_{name}") for name in ("stimulation", "inhibition")},
    "direction": ("direction", "is_directed"),
    "name": ("source_genesymbol",),
    "target_name": ("target_genesymbol",),
    "type": ("type",),
    "resources": ("sources", "resources"),
    "references": ("references",),
    "taxon": ("ncbi_tax_id_source", "ncbi_tax_id", "organism"),
    "target_taxon": ("ncbi_tax_id_target", "ncbi_tax_id", "organism"),
}
"""Role → its column in the answer of the web service, or in an extract of it."""

_TRUE, _FALSE = ("1", "true"), ("0", "false")
_ACCESSION = r"^(?:[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2})(?:-\d+)?$"
_MIRNA = r"^MIMAT\d{7}$"
_COMPLEX = "COMPLEX:"


class OmniPath(FileLoader):
    """Reads the table of interactions.

    Args:
        inputs: the file of role ``interactions``.
        name: name of the network.
        layer: layer of edges whose type is not stated; OmniPath's own are signalling.
        taxon: the species to keep; by default whatever the file holds.
        version: the release, where the user states it.
    """

    source = "omnipath"

    def __init__(
        self,
        inputs: Mapping[str, Path],
        *,
        name: str = "omnipath",
        layer: str = "signalling",
        taxon: str | int | None = None,
        version: str | None = None,
    ) -> None:
        super().__init__(inputs, version=version)
        self.name, self.layer = name, check_layer(layer)
        self.taxon = None if taxon is None else taxon_of(taxon)
        self._table = NetworkTable(inputs["interactions"], COLUMNS, _NEEDED)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the genes by accession, complexes with members, then the regulation."""
        rows = self._of_species(self._table.read(tally), tally)
        rows = _regulating(_between_genes(rows, tally), tally)
        rows = rows.with_columns(src=_curie("source"), dst=_curie("target"))
        yield from emit(Kind.NODES, _genes(rows))
        yield from complex_batches(_complexes(rows))
        merged = merge_signs(self._statements(rows), tally)
        if self._table.has("resources"):
            license = row_license("resources", ACADEMIC)
            own = pl.when(license != self.info.license).then(license)
            merged = merged.with_columns(license=own)
        yield from regulation(merged, self.name)

    def _of_species(self, rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
        if self.taxon is None or not self._table.has("taxon"):
            return rows
        check_taxa(rows["taxon"], self.taxon, self.inputs["interactions"])
        other = (pl.col("taxon") != self.taxon) | (pl.col("target_taxon") != self.taxon)
        return drop_rows(rows, other.fill_null(False), "of another species", tally, _ENDS)

    def _statements(self, rows: pl.DataFrame) -> pl.DataFrame:
        layer = pl.col("type").replace_strict(LAYER_OF_TYPE, default=None, return_dtype=pl.String)
        resources = pl.col("resources").fill_null("").str.split(";")
        return rows.select(
            "src",
            "dst",
            layer=layer.fill_null(self.layer),
            effect=effect_of_flags(_is("stimulation"), _is("inhibition")),
            pubmed=cited_pubmed_ids("references").fill_null([]),
            resources=resources.list.filter(pl.element() != ""),
        )


def _is(flag: str) -> pl.Expr:
    return pl.col(flag).is_in(_TRUE)


def _between_genes(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Keep what lies between genes; a complex may regulate, but is not regulated."""
    kind = pl.col("type").fill_null("")
    drug = (kind != "") & ~kind.is_in(list(LAYER_OF_TYPE))
    rows = drop_rows(rows, drug, "type is not regulation between genes", tally, (*_ENDS, "type"))
    to_complex = pl.col("target").str.starts_with(_COMPLEX)
    rows = drop_rows(rows, to_complex, "target is a complex", tally, _ENDS)
    gene = {end: pl.col(end).str.contains(f"{_ACCESSION}|{_MIRNA}") for end in _ENDS}
    units = pl.col("source").str.strip_prefix(_COMPLEX).str.split("_")
    whole = units.list.eval(pl.element().str.contains(_ACCESSION)).list.all()
    complex_source = pl.col("source").str.starts_with(_COMPLEX) & whole
    strange = ~((gene["source"] | complex_source) & gene["target"])
    return drop_rows(rows, strange, "not a UniProt accession", tally, _ENDS)


def _regulating(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Keep what has a direction, with readable flags."""
    rows = rows.with_columns(pl.col(_FLAGS).str.to_lowercase())
    unclear = ~pl.all_horizontal(pl.col(_FLAGS).is_in([*_TRUE, *_FALSE]))
    rows = drop_rows(rows, unclear, "a flag is neither 0 nor 1", tally, (*_ENDS, *_FLAGS))
    return drop_rows(rows, ~_is("direction"), "no direction", tally, _ENDS)


def _curie(end: str) -> pl.Expr:
    text = pl.col(end)
    complex_id = pl.lit("omnipath.complex:") + text.str.strip_prefix(_COMPLEX)
    prefix = pl.when(text.str.contains(_MIRNA)).then(pl.lit("mirbase.mature:"))
    gene = prefix.otherwise(pl.lit("uniprot:")) + text
    return pl.when(text.str.starts_with(_COMPLEX)).then(complex_id).otherwise(gene)


def _genes(rows: pl.DataFrame) -> pl.DataFrame:
    ends = pl.concat(
        [rows.select(id="src", name="name"), rows.select(id="dst", name="target_name")]
    )
    genes = ends.filter(~pl.col("id").str.starts_with("omnipath.complex:"))
    return node_rows(genes["id"], "Gene", genes["name"])


def _complexes(rows: pl.DataFrame) -> pl.DataFrame:
    found = rows.filter(pl.col("source").str.starts_with(_COMPLEX))
    units = pl.col("source").str.strip_prefix(_COMPLEX).str.split("_")
    members = units.list.eval(pl.lit("uniprot:") + pl.element()).list.unique().list.sort()
    return found.select("name", id="src", members=members)
