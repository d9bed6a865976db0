"""Tables of identifiers: what resolution stands on."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Role, SourceSpec

SPECS = (
    SourceSpec(
        name="gene-info",
        title="NCBI Gene",
        description="genes with symbols, synonyms and cross-references",
        roles=(Role("gene_info", "gene_info of one species", pattern=r"gene_info"),),
        version_rule=STATED_BY_USER,
        license="LicenseRef-NCBI-public-domain",
        citation="Brown GR et al. Gene: a gene-centered information resource at NCBI. Nucleic "
        "Acids Res 43:D36 (2015)",
        url="https://www.ncbi.nlm.nih.gov/gene",
        module="kgp.loaders.gene_info",
        loader="GeneInfo",
    ),
    SourceSpec(
        name="uniprot-hgnc",
        title="UniProt to HGNC",
        description="cross-references between UniProt accessions and HGNC genes",
        roles=(Role("mapping", "table uniprot, HGNC", columns=("uniprot", "HGNC")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="The UniProt Consortium. UniProt: the Universal Protein Knowledgebase. Nucleic "
        "Acids Res 51:D523 (2023)",
        url="https://www.uniprot.org",
        module="kgp.loaders.uniprot_hgnc",
        loader="UniprotHgnc",
    ),
)
