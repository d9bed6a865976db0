"""Responses to perturbations."""

from __future__ import annotations

from kgp.loaders.catalogue.citations import LINCS_CITATION
from kgp.loaders.spec import STATED_BY_USER, Role, SourceSpec

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
    ),
)
