"""Tables of identifiers: NCBI gene_info, HGNC, UniProt's mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.synthetic.world import TAXON

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

_DATE, _ISO_DATE = "20250101", "2025-01-01"
_HGNC_COLUMNS = (
    "hgnc_id symbol name locus_group locus_type status location location_sortable alias_symbol "
    "alias_name prev_symbol prev_name gene_group gene_group_id date_approved_reserved "
    "date_symbol_changed date_name_changed date_modified entrez_id ensembl_gene_id vega_id ucsc_id "
    "ena refseq_accession ccds_id uniprot_ids pubmed_id mgd_id rgd_id lsdb cosmic omim_id mirbase "
    "homeodb snornabase bioparadigms_slc orphanet pseudogene.org horde_id merops imgt iuphar "
    "kznf_gene_catalog mamit-trnadb cd lncrnadb enzyme_id intermediate_filament_db "
    "rna_central_ids lncipedia gtrnadb agr mane_select gencc"
).split()
_MAPPED = ("Gene_Name", "GeneID", "Ensembl", "Ensembl_PRO", "HGNC", "STRING", "NCBI_TaxID")


def write_gene_info(world: World, output: Output) -> dict[str, str]:
    """Write NCBI's gene_info, in its present form with a plain header line."""
    coding = pl.col("coding")
    rows = world.genes().select(
        pl.lit(TAXON).alias("#tax_id"),
        pl.col("entrez").alias("GeneID"),
        pl.col("symbol").alias("Symbol"),
        pl.lit("-").alias("LocusTag"),
        pl.format("{}|{}|{}", "alias", "previous", "shared_alias").alias("Synonyms"),
        pl.format("HGNC:HGNC:{}|Ensembl:{}", "hgnc", "ensembl").alias("dbXrefs"),
        (pl.col("gene") % 22 + 1).cast(pl.String).alias("chromosome"),
        pl.lit("-").alias("map_location"),
        pl.col("name").alias("description"),
        pl.when(coding)
        .then(pl.lit("protein-coding"))
        .otherwise(pl.lit("ncRNA"))
        .alias("type_of_gene"),
        pl.col("symbol").alias("Symbol_from_nomenclature_authority"),
        pl.col("name").alias("Full_name_from_nomenclature_authority"),
        pl.lit("O").alias("Nomenclature_status"),
        pl.lit("-").alias("Other_designations"),
        pl.lit(_DATE).alias("Modification_date"),
        pl.lit("-").alias("Feature_type"),
    )
    return {"gene_info": output.table("identifiers/Homo_sapiens.gene_info.gz", [rows])}


def write_hgnc(world: World, output: Output) -> dict[str, str]:
    """Write the HGNC complete set."""
    coding = pl.col("coding")
    group = pl.when(coding).then(pl.lit("protein-coding gene")).otherwise(pl.lit("non-coding RNA"))
    kind = (
        pl.when(coding)
        .then(pl.lit("gene with protein product"))
        .otherwise(pl.lit("RNA, long non-coding"))
    )
    given = {
        "hgnc_id": pl.lit("HGNC:") + pl.col("hgnc"),
        "symbol": pl.col("symbol"),
        "name": pl.col("name"),
        "locus_group": group,
        "locus_type": kind,
        "status": pl.lit("Approved"),
        "alias_symbol": pl.format('"{}|{}"', "alias", "shared_alias"),
        "prev_symbol": pl.col("previous"),
        "date_modified": pl.lit(_ISO_DATE),
        "entrez_id": pl.col("entrez"),
        "ensembl_gene_id": pl.col("ensembl"),
        "uniprot_ids": pl.when(coding).then("uniprot").otherwise(pl.lit("")),
    }
    columns = [given.get(name, pl.lit("")).alias(name) for name in _HGNC_COLUMNS]
    rows = world.genes().select(columns)
    return {"hgnc": output.table("identifiers/hgnc_complete_set.txt.gz", [rows])}


def write_idmapping(world: World, output: Output) -> dict[str, str]:
    """Write UniProt's idmapping.dat of one species: accession, database, identifier."""
    genes = world.genes().filter("coding")
    values = {
        "Gene_Name": pl.col("symbol"),
        "GeneID": pl.col("entrez"),
        "Ensembl": pl.col("ensembl") + ".1",
        "Ensembl_PRO": pl.col("ensp") + ".1",
        "HGNC": pl.lit("HGNC:") + pl.col("hgnc"),
        "STRING": pl.format("{}.{}", pl.lit(TAXON), "ensp"),
        "NCBI_TaxID": pl.lit(TAXON),
    }
    rows = pl.concat(
        genes.select("gene", "uniprot", pl.lit(name).alias("database"), value=values[name])
        for name in _MAPPED
    )
    rows = rows.sort("gene", maintain_order=True).drop("gene")
    name = "identifiers/HUMAN_9606_idmapping.dat.gz"
    return {"idmapping": output.table(name, [rows], header="")}


def write_uniprot_hgnc(world: World, output: Output) -> dict[str, str]:
    """Write the table of UniProt accessions and HGNC ids."""
    rows = world.genes().filter("coding")
    rows = rows.select("uniprot", HGNC=pl.lit("HGNC:") + pl.col("hgnc"))
    return {"mapping": output.table("identifiers/uniprot_hgnc.tsv.gz", [rows])}
