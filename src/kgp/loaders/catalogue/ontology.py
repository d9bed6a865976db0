"""Ontologies and annotations with their terms."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

SPECS = (
    SourceSpec(
        name="go",
        title="Gene Ontology",
        description="GO terms with definitions and their hierarchy",
        roles=(Role("obo", "OBO 1.2 or 1.4 file", pattern=r"\.obo"),),
        version_rule="--version, else data-version of the file",
        license="CC-BY-4.0",
        citation="The Gene Ontology Consortium. The Gene Ontology knowledgebase in 2023. Genetics "
        "224:iyad031 (2023)",
        url="https://geneontology.org",
        module="kgp.loaders.go",
        loader="GeneOntology",
    ),
    SourceSpec(
        name="gaf",
        title="GO annotations",
        description="genes and their GO terms, with evidence codes (GAF 2.0, 2.1, 2.2)",
        roles=(Role("gaf", "GAF file", pattern=r"\.gaf"),),
        version_rule="--version, else date-generated of the file",
        license="CC-BY-4.0",
        citation="The Gene Ontology Consortium. The Gene Ontology knowledgebase in 2023. Genetics "
        "224:iyad031 (2023)",
        url="https://geneontology.org",
        module="kgp.loaders.gaf",
        loader="Gaf",
        options=("taxon",),
    ),
)
