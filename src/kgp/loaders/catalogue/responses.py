"""Responses to perturbations."""

from __future__ import annotations

from kgp.loaders.catalogue.citations import LINCS_CITATION
from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_SIGNIFICANT = (
    "https://raw.githubusercontent.com/dhimmel/lincs/8e9c56ac08e4db9876e06fc8719dc4238d4ed55a/"
    "data/consensi/signif/dysreg-overexpression"
)
"""Files at a fixed commit: the same bytes for ever."""

_SIGINFO, _INSTINFO = r"(?i)sig_?info", r"(?i)inst_?info"
_GENEINFO = r"(?i)gene_?info"
"""Names of the tables of LINCS2020 (siginfo_beta) and of GEO (GSE92742_Broad_LINCS_sig_info)."""

_L1000_TABLES = (
    Role("compoundinfo", "compounds", required=False, pattern=r"(?i)(compound|pert)_?info"),
    Role("cellinfo", "cell lines", required=False, pattern=r"(?i)cell_?info"),
    Role("geneinfo", "genes and their feature space", required=False, pattern=_GENEINFO),
    Role("drugs", "DrugBank vocabulary CSV", required=False, columns=("DrugBank ID",)),
)
_L1000_OPTIONS = ("name", "genes", "pert_type", "cells")
_L1000_ACCESS = (
    "The matrices are too large to be fetched by chance (up to 36 GB): LINCS2020 at "
    "https://clue.io/data/CMap2020, the older phases at GEO (GSE92742, GSE70138). Do not load "
    "several of them: they overlap."
)

SPECS = (
    SourceSpec(
        name="lincs",
        title="LINCS consensus responses",
        description="consensus L1000 responses to drugs or genes over the landmark genes",
        roles=(Role("consensus", "table perturbagen x genes", columns=("perturbagen",)),),
        version_rule=STATED_BY_USER,
        license="CC0-1.0",
        citation=LINCS_CITATION,
        url="https://doi.org/10.6084/m9.figshare.3085426",
        module="kgp.loaders.lincs.consensus",
        loader="LincsConsensus",
        options=("name", "direction"),
        downloads=(
            Download("consensus", "https://ndownloader.figshare.com/files/4797607", version="2.0"),
        ),
    ),
    SourceSpec(
        name="lincs-overexpression",
        title="LINCS over-expression responses",
        description="genes that respond significantly to the over-expression of a gene",
        roles=(
            Role(
                "responses",
                "significant responses",
                columns=("perturbagen", "entrez_gene_id", "z_score"),
            ),
            Role("summary", "every tested gene", columns=("perturbagen", "up-measured")),
            Role(
                "geneinfo",
                "genes that were measured; default those that respond to anything",
                required=False,
                pattern=_GENEINFO,
                columns=("pr_gene_id",),
            ),
        ),
        version_rule=STATED_BY_USER,
        license="CC0-1.0",
        citation=LINCS_CITATION,
        url="https://doi.org/10.6084/m9.figshare.3085426",
        module="kgp.loaders.lincs.overexpression",
        loader="LincsOverexpression",
        options=("name",),
        downloads=(
            Download(
                "responses",
                f"{_SIGNIFICANT}.tsv",
                sha256="5049fff8ea3ed3c61a1469a0d078f4b2a8cd2b377ff87089a83435edb0fa0b0b",
                version="2.0",
            ),
            Download(
                "summary",
                f"{_SIGNIFICANT}-summary.tsv",
                sha256="b1522624435ba982d21bda8cc619accc2cf057a345bfb348c820fdad5fbd768a",
                version="2.0",
            ),
        ),
    ),
    SourceSpec(
        name="lincs-signatures",
        title="LINCS L1000 signatures (Level 5)",
        description="responses of cell lines to drugs, knock-downs and over-expressions, one per "
        "treatment",
        roles=(
            Role(
                "signatures",
                "Level 5 matrix, GCTX or GCT",
                pattern=r"\.(gctx?|h5)(\.gz)?$",
            ),
            Role("siginfo", "table of signatures", required=False, pattern=_SIGINFO),
            *_L1000_TABLES,
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=LINCS_CITATION,
        url="https://clue.io/data/CMap2020",
        module="kgp.loaders.lincs.signatures",
        loader="LincsSignatures",
        options=(*_L1000_OPTIONS, "is_exemplar", "qc_pass", "min_nsample"),
        access=_L1000_ACCESS,
    ),
    SourceSpec(
        name="lincs-plates",
        title="LINCS L1000 plates (Level 3)",
        description="responses as differences from the vehicle wells of the same plate, with their "
        "errors",
        roles=(
            Role("wells", "Level 3 matrix, GCTX or GCT", pattern=r"\.gctx?(\.gz)?$"),
            Role("instinfo", "table of wells", required=False, pattern=_INSTINFO),
            *_L1000_TABLES,
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=LINCS_CITATION,
        url="https://clue.io/data/CMap2020",
        module="kgp.loaders.lincs.plates",
        loader="LincsPlates",
        options=(*_L1000_OPTIONS, "control", "per_well"),
        access=_L1000_ACCESS,
    ),
    SourceSpec(
        name="perturb-seq",
        title="Perturb-seq",
        description="responses to genetic perturbations, from cells or pseudo-bulk in AnnData",
        roles=(Role("cells", "AnnData file", pattern=r"\.h5ad$"),),
        version_rule=STATED_BY_USER,
        license="LicenseRef-stated-by-user",
        citation="the study that the cells are from; the format: Virshup I et al. anndata: Access "
        "and store annotated data matrices. JOSS 9:4371 (2024)",
        url="https://anndata.readthedocs.io",
        module="kgp.loaders.perturb_seq.loader",
        loader="PerturbSeq",
        options=(
            "name",
            "direction",
            "control",
            "separator",
            "replicate",
            "min_cells",
            "layer",
            "values",
            "target_sum",
            "cell_line",
            "taxon",
            "title",
            "license",
            "citation",
        ),
        access="Your own cells, or those of a study (many are collected at "
        "https://doi.org/10.5281/zenodo.7041849, scPerturb): state the study's licence with "
        "--option license=SPDX; without it the cells count as your own. Drugs come in by name "
        "alone (kgp.drug:NAME), which joins no other drug; with a column chembl-ID they do.",
    ),
    SourceSpec(
        name="baseline",
        title="Baseline expression of cell lines",
        description="expression of untreated cell lines, as vectors on them",
        roles=(
            Role("expression", "table cell lines x genes (TSV or CSV), logarithms"),
            Role(
                "cells",
                "table of cell lines with Cellosaurus accessions (Model.csv, cellinfo)",
                required=False,
                pattern=r"(?i)^(model|cell_?info)",
            ),
        ),
        version_rule=STATED_BY_USER,
        license="LicenseRef-stated-by-user",
        citation="the study that measured them; for the Cancer Dependency Map: Ghandi M et al. "
        "Next-generation characterization of the Cancer Cell Line Encyclopedia. Nature 569:503 "
        "(2019)",
        url="https://depmap.org",
        module="kgp.loaders.baseline",
        loader="Baseline",
        options=("name", "taxon", "title", "license", "citation"),
        access="Download OmicsExpressionProteinCodingGenesTPMLogp1.csv and Model.csv at "
        "https://depmap.org/portal/data_page (CC-BY-4.0: state it with --option "
        "license=CC-BY-4.0), or give a table of your own.",
    ),
    SourceSpec(
        name="precise",
        title="PRECISE",
        description="responses of Escherichia coli K-12 to knock-outs, against wild types of the "
        "same study and condition",
        roles=(
            Role(
                "expression",
                "log2(TPM) of genes by samples (CSV), or pymodulon's JSON with M and A",
                pattern=r"(log_?tpm|_MA\b|precise[^/]*\.json)",
            ),
            Role(
                "knockouts",
                "knocked-out genes by sample, where the names of strains do not tell",
                required=False,
                pattern=r"ko_samples",
            ),
            Role(
                "samples",
                "sample table; pymodulon's JSON carries its own",
                required=False,
                pattern=r"samples?(_table)?\.|metadata",
            ),
        ),
        version_rule=STATED_BY_USER,
        license="MIT",
        citation="Sastry AV et al. The Escherichia coli transcriptome mostly consists of "
        "independently regulated modules. Nat Commun 10:5536 (2019); Lamoureux CR et al. A "
        "multi-scale expression and regulation knowledge base for Escherichia coli. Nucleic Acids "
        "Res 51:10176 (2023)",
        url="https://github.com/SBRG/precise1k",
        module="kgp.loaders.precise.loader",
        loader="Precise",
        options=("name",),
        access="Clone https://github.com/SBRG/precise1k: log_tpm.csv and the sample table are in "
        "its folder data.",
    ),
    SourceSpec(
        name="responses",
        title="Own experiment",
        description="responses from a user's own experiment: a table of DESeq2, edgeR or limma, "
        "counts or log expression with a design",
        roles=(
            Role(
                "results",
                "table of one contrast: gene, effect, and error, statistic or p-value",
                required=False,
            ),
            Role(
                "counts",
                "matrix of counts, genes by samples",
                required=False,
                pattern=r"counts?\.(csv|tsv|txt)",
            ),
            Role(
                "expression",
                "matrix of log2 expression, genes by samples",
                required=False,
                pattern=r"(expression|log_?(tpm|cpm|expr\w*))\.(csv|tsv|txt)",
            ),
            Role(
                "design",
                "table of the samples: sample, condition, and batch, perturbed, direction",
                required=False,
                pattern=r"(design|coldata|samples?(_table|sheet)?)\.(csv|tsv|txt)",
            ),
        ),
        version_rule=STATED_BY_USER,
        license="LicenseRef-stated-by-user",
        citation="the experiment that the responses are from; counts are compared by DESeq2: Love "
        "MI et al. Genome Biol 15:550 (2014), as implemented by Muzellec B et al. PyDESeq2. "
        "Bioinformatics 39:btad547 (2023)",
        url="https://pydeseq2.readthedocs.io",
        module="kgp.loaders.own.experiment",
        loader="OwnExperiment",
        options=(
            "name",
            "perturbed",
            "direction",
            "context",
            "dose",
            "time",
            "medium",
            "condition",
            "taxon",
            "identifiers",
            "df",
            "control",
            "replicates",
            "title",
            "license",
            "citation",
        ),
        access="Your own experiment: state its licence with --option license=SPDX if others are to "
        "use it; without it the responses count as your own.",
    ),
)
