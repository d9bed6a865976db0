"""Drugs: DrugBank's vocabulary, LINCS compounds, and the genes whose products they bind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.loaders.synthetic.molecules import molecules
from kgp.loaders.synthetic.plan import KINDS
from kgp.loaders.synthetic.primekg import display_of

if TYPE_CHECKING:
    from kgp.loaders.synthetic.output import Output
    from kgp.loaders.synthetic.world import World

_UNKNOWN = "-666"
_HIDDEN_EVERY, _HIDDEN_REST = 11, 4


def drug_table(world: World) -> pl.DataFrame:
    """One row per drug: ``drug`` (number), ``drugbank, name, brd, smiles, inchikey``."""
    n = world.plan.nodes["drug"]
    structures = pl.DataFrame(molecules(n), schema=["smiles", "inchikey"], orient="row")
    number = pl.col("drug") + KINDS["drug"].first
    rows = pl.select(drug=pl.int_range(n)).with_columns(
        drugbank=pl.format(KINDS["drug"].form, number),
        name=pl.format("synthetic drug {}", "drug"),
        brd=pl.format("BRD-K{}", pl.col("drug") + 90_000_000),
    )
    return pl.concat([rows, structures], how="horizontal")


def targets(world: World) -> pl.DataFrame:
    """``drug, gene`` (numbers) of every drug and the gene of its target."""
    drug, gene = world.pairs("drug_protein")
    rows = pl.DataFrame({"drug": drug, "gene": gene, "display": display_of(world, "drug_protein")})
    return rows.filter(pl.col("display") == "target").drop("display").sort("drug", "gene")


def write_vocabulary(world: World, output: Output) -> dict[str, str]:
    """Write DrugBank's open vocabulary."""
    rows = drug_table(world).select(
        pl.col("drugbank").alias("DrugBank ID"),
        pl.lit("").alias("Accession Numbers"),
        pl.col("name").alias("Common name"),
        pl.lit("").alias("CAS"),
        pl.lit("").alias("UNII"),
        pl.format("synthetic synonym {} | SYN-{}", "drug", "drug").alias("Synonyms"),
        pl.col("inchikey").alias("Standard InChI Key"),
    )
    name = "drugs/drugbank_vocabulary.csv.gz"
    return {"vocabulary": output.table(name, [rows], separator=",")}


def write_compounds(world: World, output: Output) -> dict[str, str]:
    """Write LINCS' perturbagen table: compounds, some without a structure, and a knock-down."""
    hidden = pl.col("drug") % _HIDDEN_EVERY == _HIDDEN_REST
    rows = drug_table(world).select(
        pert_id="brd",
        pert_iname="name",
        pert_type=pl.lit("trt_cp"),
        canonical_smiles=pl.when(hidden).then(pl.lit(_UNKNOWN)).otherwise("smiles"),
        inchi_key=pl.when(hidden).then(pl.lit(_UNKNOWN)).otherwise("inchikey"),
    )
    other = {"pert_id": "CGS001-900000000", "pert_iname": "SYNTF0", "pert_type": "trt_sh.cgs"}
    knock_down = pl.DataFrame([{**dict.fromkeys(rows.columns, _UNKNOWN), **other}])
    files = {"pertinfo": output.table("lincs/pertinfo.tsv.gz", [rows, knock_down])}
    return files | {"drugs": write_vocabulary(world, output)["vocabulary"]}


def write_bindings(world: World, output: Output) -> dict[str, str]:
    """Write BindingDB's table: the targets, each with an affinity under a micromolar."""
    drugs, genes = drug_table(world), world.genes()
    pairs = targets(world)
    random = world.random("affinities")
    affinity = (10 ** random.uniform(0, 2.9, pairs.height)).round(2)
    rows = pl.DataFrame(
        {
            "drugbank_id": drugs["drugbank"][pairs["drug"]],
            "entrez_gene": genes["entrez"][pairs["gene"]],
            "affinity_nM": affinity,
        }
    ).with_columns(
        n_pairs=pl.lit(1),
        sources=pl.lit("BindingDB"),
        pubmeds=pl.lit(""),
        drugbank_name=drugs["name"][pairs["drug"]],
        drugbank_approved=pl.lit(0),
        gene_symbol=genes["symbol"][pairs["gene"]],
    )
    return {"bindings": output.table("drugs/bindingdb_drug_gene.tsv.gz", [rows])}
