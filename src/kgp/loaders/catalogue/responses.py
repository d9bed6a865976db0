"""Responses to perturbations."""

from __future__ import annotations

from kgp.loaders.catalogue.citations import LINCS_CITATION
from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_SIGNIFICANT = (
    "https://raw.githubusercontent.com/dhimmel/lincs/8e9c56ac08e4db9876e06fc8719dc4238d4ed55a/"
    "data/consensi/signif/dysreg-overexpression"
)
"""Files at a fixed commit: the same bytes for ever."""

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
        module="kgp.loaders.lincs",
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
        ),
        version_rule=STATED_BY_USER,
        license="CC0-1.0",
        citation=LINCS_CITATION,
        url="https://doi.org/10.6084/m9.figshare.3085426",
        module="kgp.loaders.lincs_overexpression",
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
        name="perturb-seq",
        title="Perturb-seq",
        description="responses to genetic perturbations, from cells or pseudo-bulk in AnnData",
        roles=(Role("cells", "AnnData file", pattern=r"\.h5ad$"),),
        version_rule=STATED_BY_USER,
        license="LicenseRef-stated-by-user",
        citation="the study that the cells are from; the format: Virshup I et al. anndata: Access "
        "and store annotated data matrices. JOSS 9:4371 (2024)",
        url="https://anndata.readthedocs.io",
        module="kgp.loaders.perturb_seq",
        loader="PerturbSeq",
        options=("name", "direction", "control", "title", "license", "citation"),
        access="Your own cells, or those of a study (many are collected at "
        "https://doi.org/10.5281/zenodo.7041849, scPerturb): state the study's licence with "
        "--option license=SPDX; without it the cells count as your own.",
    ),
)
