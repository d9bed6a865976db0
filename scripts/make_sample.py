"""Cut the packaged sample from the real data extracts; run again, it writes the same bytes.

python scripts/make_sample.py --shared ../shared/data --out src/kgp/sample

Only what is openly licensed is taken; src/kgp/sample/ATTRIBUTION.md says from where.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from kgp.loaders.synthetic.ecocyc import write_ecocyc
from sample_files import Files

MAX_AFFINITY_NM = 1000.0
OPEN_RELATIONS = (
    "protein_protein",
    "bioprocess_protein",
    "cellcomp_protein",
    "molfunc_protein",
    "pathway_protein",
)
SKELETON = 14
GO_SLIM = "goslim_generic.obo.gz"


def main() -> None:
    """Write every file of the sample and print its size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the real extracts")
    parser.add_argument("--out", type=Path, required=True, help="folder of the sample")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    Sample(arguments.shared, arguments.out).write()


class Sample(Files):
    """What is taken from each source."""

    def write(self) -> None:
        """Write all files."""
        drugs = self.drug_files()
        targets = self.binding_file(drugs)
        self.knowledge_graph(targets)
        self.networks()
        self.copy("lincs/dysreg_overexpression.tsv.gz")
        self.copy("lincs/dysreg_overexpression_summary.tsv.gz")
        self.copy(f"go/{GO_SLIM}")
        self.string()
        self.annotations()
        self.identifiers()
        self.perturb_seq()
        write_ecocyc(self.out / "ecocyc-synthetic")
        self.report()

    def bindings(self) -> pl.DataFrame:
        """Bindings under one micromolar of drugs with a LINCS response."""
        responses = self.read("lincs/consensus_drugbank_978.tsv.gz")["perturbagen"]
        rows = self.read("primekg/bindingdb_drug_gene.tsv.gz")
        affinity = pl.col("affinity_nM").cast(pl.Float64) < MAX_AFFINITY_NM
        return rows.filter(affinity, pl.col("drugbank_id").is_in(responses.to_list()))

    def drug_files(self) -> list[str]:
        """Write vocabulary, compounds and responses; return the drugs."""
        drugs = self.bindings()["drugbank_id"].unique().sort().to_list()
        known = self.read("primekg/drug_features.tsv.gz").filter(pl.col("drugbank_id").is_in(drugs))
        key = pl.col("inchikey").str.strip_prefix("InChIKey=")
        vocabulary = known.select(
            pl.col("drugbank_id").alias("DrugBank ID"),
            pl.lit("").alias("Accession Numbers"),
            pl.col("name").alias("Common name"),
            pl.lit("").alias("CAS"),
            pl.lit("").alias("UNII"),
            pl.lit("").alias("Synonyms"),
            key.alias("Standard InChI Key"),
        ).sort("DrugBank ID")
        self.table("drugbank_vocabulary.csv.gz", vocabulary, ",")
        compounds = self.compounds(vocabulary["Standard InChI Key"])
        self.table("pertinfo.tsv.gz", compounds)
        skeletons = compounds.select(_inchi_key().str.head(SKELETON)).to_series().to_list()
        with_structure = known.filter(key.str.head(SKELETON).is_in(skeletons))["drugbank_id"]
        responses = self.read("lincs/consensus_drugbank_978.tsv.gz")
        responses = responses.filter(pl.col("perturbagen").is_in(with_structure.to_list()))
        self.table("consensus_drugbank_978.tsv.gz", responses)
        return drugs

    def compounds(self, keys: pl.Series) -> pl.DataFrame:
        """Compounds with one of these structure keys, else one compound of its skeleton."""
        rows = self.read("lincs/pertinfo.tsv.gz").filter(pl.col("pert_type") == "trt_cp")
        emptied = pl.lit("").alias("pert_summary"), pl.lit("").alias("inchi_string")
        rows = rows.with_columns(emptied).sort("pert_id")
        full = rows.filter(_inchi_key().is_in(keys.to_list()))
        missing = keys.filter(~keys.is_in(full.select(_inchi_key()).to_series().to_list()))
        skeleton = _inchi_key().str.head(SKELETON)
        loose = rows.filter(skeleton.is_in(missing.str.head(SKELETON).to_list()))
        return (
            pl.concat([full, loose.filter(skeleton.is_first_distinct())]).unique().sort("pert_id")
        )

    def binding_file(self, drugs: list[str]) -> list[str]:
        """Write the bindings of the drugs; return the genes that they bind."""
        rows = self.bindings().filter(pl.col("drugbank_id").is_in(drugs))
        self.table("bindingdb_drug_gene.tsv.gz", rows)
        return rows["entrez_gene"].unique().sort().to_list()

    def knowledge_graph(self, targets: list[str]) -> None:
        """Write the open relations of the target genes, in PrimeKG's layout."""
        rows = self.read("primekg/kg_open.csv.gz", ",", quoted=True)
        at_target = [
            (pl.col(f"{end}_type") == "gene/protein") & pl.col(f"{end}_id").is_in(targets)
            for end in ("x", "y")
        ]
        rows = rows.filter(
            pl.col("relation").is_in(list(OPEN_RELATIONS)), pl.any_horizontal(at_target)
        )
        self.table("kg.csv.gz", rows, ",")

    def networks(self) -> None:
        """Write TRRUST whole, and SIGNOR's share of OmniPath."""
        self.copy("grn/trrust_hs.tsv.gz")
        rows = self.read("grn/omnipath_signor_signed.tsv.gz")
        signor = pl.col("sources").str.split(";").list.contains("SIGNOR")
        cited = pl.col("references").str.extract_all(r"\bSIGNOR:\d+").list.join(";")
        rows = rows.filter(signor).with_columns(pl.lit("SIGNOR").alias("sources"), references=cited)
        self.table("omnipath_signor.tsv.gz", rows)

    def string(self) -> None:
        """Write links whole, and the proteins without their descriptions."""
        self.copy("string/511145.protein.links.experimental.txt.gz")
        info = self.read("string/511145.protein.info.v12.0.txt.gz")
        info = info.with_columns(annotation=pl.lit("annotation not available"))
        self.table("511145.protein.info.v12.0.txt.gz", info)

    def annotations(self) -> None:
        """Write the E. coli annotations to terms of the slim."""
        slim = {
            line.removeprefix("id: ")
            for line in self.text(f"go/{GO_SLIM}").splitlines()
            if line.startswith("id: GO:")
        }
        lines = self.text("go/gene_association.ecocyc.gaf.gz").splitlines()
        kept = [line for line in lines if line.startswith("!") or line.split("\t")[4] in slim]
        self.packed("gene_association.ecocyc.gaf.gz", ("\n".join(kept) + "\n").encode())

    def identifiers(self) -> None:
        """Write the genes and accessions that the other files mention, aliases included."""
        entrez, symbols, accessions = self.mentioned()
        lines = self.text("identifiers/Homo_sapiens.gene_info.gz").splitlines()
        kept, hgnc = [lines[0]], set()
        for line in lines[1:]:
            fields = line.split("\t")
            names = {fields[2], fields[10], *fields[4].split("|")}
            references = [r for r in fields[5].split("|") if r.startswith("HGNC:")]
            if fields[1] in entrez or names & symbols or accessions & set(references):
                fields[13] = "-"
                kept.append("\t".join(fields))
                hgnc.update(references)
        self.packed("Homo_sapiens.gene_info.gz", ("\n".join(kept) + "\n").encode())
        mapping = self.read("identifiers/uniprot_hgnc.tsv.gz")
        needed = self.table_of("omnipath_signor.tsv.gz")
        proteins = pl.concat([needed["source"], needed["target"]]).unique().to_list()
        self.table("uniprot_hgnc.tsv.gz", mapping.filter(pl.col("uniprot").is_in(proteins)))

    def mentioned(self) -> tuple[set[str], set[str], set[str]]:
        """Entrez ids, symbols, and HGNC references (as gene_info writes them) in the sample."""
        graph = self.table_of("kg.csv.gz", ",")
        genes = pl.concat(
            graph.filter(pl.col(f"{end}_type") == "gene/protein")[f"{end}_id"] for end in ("x", "y")
        )
        responses = self.table_of("dysreg_overexpression.tsv.gz")
        summary = self.table_of("dysreg_overexpression_summary.tsv.gz")
        landmarks = self.table_of("consensus_drugbank_978.tsv.gz").columns[1:]
        entrez = {*genes, *responses["entrez_gene_id"], *summary["perturbagen"], *landmarks}
        entrez |= set(self.table_of("bindingdb_drug_gene.tsv.gz")["entrez_gene"])
        network = self.table_of("trrust_hs.tsv.gz")
        cells = self.pseudobulk_symbols()
        symbols = {*network["tf"], *network["target"], *cells}
        signor = self.table_of("omnipath_signor.tsv.gz")
        proteins = pl.concat([signor["source"], signor["target"]]).unique().to_list()
        mapping = self.read("identifiers/uniprot_hgnc.tsv.gz")
        hgnc = mapping.filter(pl.col("uniprot").is_in(proteins))["HGNC"]
        return entrez, symbols, {f"HGNC:{identifier}" for identifier in hgnc}

    def pseudobulk_symbols(self) -> list[str]:
        """Genes of the Perturb-seq file, measured and perturbed."""
        import anndata

        cells = anndata.read_h5ad(self.shared / "perturb/norman_mcfaline_devel.h5ad", backed="r")
        perturbed = {gene for name in cells.obs["perturbation"] for gene in name.split("+")}
        return [*map(str, cells.var_names), *sorted(perturbed - {"control"})]

    def perturb_seq(self) -> None:
        """Write the mean expression of the Norman cells by perturbation."""
        import anndata
        import numpy as np

        cells = anndata.read_h5ad(self.shared / "perturb/norman_mcfaline_devel.h5ad")
        cells = cells[cells.obs["dataset"] == "norman19"]
        groups = cells.obs.groupby("perturbation", observed=True).indices
        names = sorted(groups)
        means = [np.asarray(cells.X[groups[name]].mean(axis=0)).ravel() for name in names]
        obs = {
            "perturbation": names,
            "cell_type": ["K562"] * len(names),
            "perturbation_type": ["CRISPRa"] * len(names),
            "n_cells": [len(groups[name]) for name in names],
        }
        bulk = anndata.AnnData(np.array(means, dtype=np.float32), obs=obs)
        bulk.obs_names, bulk.var_names = names, list(cells.var_names)
        bulk.write_h5ad(self.out / "norman_pseudobulk.h5ad", compression="gzip")


def _inchi_key() -> pl.Expr:
    """Structure key without the prefix that older files write."""
    return pl.col("inchi_key").str.strip_prefix("InChIKey=")


if __name__ == "__main__":
    main()
