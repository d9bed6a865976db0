"""Ontologies and annotations with their terms."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_GO = "https://current.geneontology.org"
_GO_CITATION = (
    "The Gene Ontology Consortium. The Gene Ontology knowledgebase in 2023. Genetics 224:iyad031 "
    "(2023)"
)

SPECS = (
    SourceSpec(
        name="go",
        title="Gene Ontology",
        description="GO terms with definitions and their hierarchy (basic, full or a slim)",
        roles=(Role("obo", "OBO 1.2 or 1.4 file", pattern=r"\.obo"),),
        version_rule="--version, else data-version of the file",
        license="CC-BY-4.0",
        citation=_GO_CITATION,
        url="https://geneontology.org",
        module="kgp.loaders.ontology.go",
        loader="GeneOntology",
        downloads=(Download("obo", f"{_GO}/ontology/go-basic.obo"),),
    ),
    SourceSpec(
        name="gaf",
        title="GO annotations",
        description="genes and their GO terms, with evidence codes (GAF 2.0, 2.1, 2.2)",
        roles=(Role("gaf", "GAF file", pattern=r"\.gaf"),),
        version_rule="--version, else date-generated of the file",
        license="CC-BY-4.0",
        citation=_GO_CITATION,
        url="https://geneontology.org",
        module="kgp.loaders.ontology.gaf",
        loader="Gaf",
        options=("taxon", "without"),
        downloads=(Download("gaf", f"{_GO}/annotations/goa_human.gaf.gz"),),
    ),
    SourceSpec(
        name="go-annotations",
        title="GO annotations by Entrez gene",
        description="table of GO terms with their Entrez genes, direct or inferred",
        roles=(
            Role(
                "annotations",
                "table go_id, go_name, go_domain, tax_id, annotation_type, gene_ids, gene_symbols",
                pattern=r"GO_annotations",
                columns=("go_id", "gene_ids"),
            ),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=f"{_GO_CITATION}; Himmelstein D. User-friendly extensions to the Gene Ontology. "
        "github.com/dhimmel/gene-ontology",
        url="https://github.com/dhimmel/gene-ontology",
        module="kgp.loaders.ontology.go_annotations",
        loader="GoAnnotations",
        options=("taxon",),
        downloads=(
            Download(
                "annotations",
                "https://raw.githubusercontent.com/dhimmel/gene-ontology/"
                "962a5e12f8590400c2891cde93fd6a783b26e02e/annotations/taxid_{taxon}/"
                "GO_annotations-{taxon}-direct-allev.tsv",
            ),
        ),
    ),
)
