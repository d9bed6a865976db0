"""Interactions of proteins, and pathways."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_STRING = "https://stringdb-downloads.org/download"
_STRING_CITATION = (
    "Szklarczyk D et al. The STRING database in 2023. Nucleic Acids Res 51:D638 (2023)"
)
_STRING_VERSION = "--version, else vN.N in the file's name"
_REACTOME = "https://reactome.org/download/current"
_REACTOME_FILES = (
    ("pathways", "ReactomePathways.txt: names and species", "ReactomePathways"),
    ("relations", "ReactomePathwaysRelation.txt: hierarchy", "ReactomePathwaysRelation"),
    ("ncbi", "NCBI2Reactome.txt: genes, lowest or all levels", "NCBI2Reactome"),
    ("uniprot", "UniProt2Reactome.txt: proteins", "UniProt2Reactome"),
    ("ensembl", "Ensembl2Reactome.txt: genes and proteins", "Ensembl2Reactome"),
)

SPECS = (
    SourceSpec(
        name="string",
        title="STRING",
        description="associations of proteins with channel scores, functional or physical, any "
        "species",
        roles=(
            Role(
                "links",
                "protein.links or protein.physical.links, also detailed and full",
                pattern=r"links",
                columns=("protein1", "protein2"),
            ),
            Role(
                "info",
                "protein.info",
                required=False,
                pattern=r"\.info\.",
                columns=("string_protein_id", "preferred_name"),
            ),
        ),
        version_rule=_STRING_VERSION,
        license="CC-BY-4.0",
        citation=_STRING_CITATION,
        url="https://string-db.org",
        module="kgp.loaders.interactions.string",
        loader="StringDB",
        options=("taxon", "network"),
        downloads=tuple(
            Download(
                role,
                f"{_STRING}/protein.{name}.v{{version}}/{{taxon}}.protein.{name}.v{{version}}.txt.gz",
                version="12.0",
            )
            for role, name in (("links", "links.detailed"), ("info", "info"))
        ),
    ),
    SourceSpec(
        name="string-aliases",
        title="STRING aliases",
        description="accessions, gene ids, locus tags and names of STRING's proteins, any species",
        roles=(
            Role(
                "aliases",
                "protein.aliases",
                pattern=r"aliases",
                columns=("string_protein_id", "alias", "source"),
            ),
        ),
        version_rule=_STRING_VERSION,
        license="CC-BY-4.0",
        citation=_STRING_CITATION,
        url="https://string-db.org",
        module="kgp.loaders.interactions.string_aliases",
        loader="StringAliases",
        options=("taxon",),
        downloads=(
            Download(
                "aliases",
                f"{_STRING}/protein.aliases.v{{version}}/{{taxon}}.protein.aliases.v{{version}}.txt.gz",
                version="12.0",
            ),
        ),
    ),
    SourceSpec(
        name="bioplex",
        title="BioPlex",
        description="physical interactions of human proteins in 293T or HCT116 cells, with "
        "probabilities",
        roles=(
            Role(
                "interactions",
                "BioPlex interaction table, release 1.0 to 3.0",
                pattern=r"(?i)bioplex",
                columns=("GeneA", "GeneB", "UniprotA"),
            ),
        ),
        version_rule=STATED_BY_USER,
        # Its site offers the tables to everyone and names no licence.
        license="LicenseRef-BioPlex",
        citation="Huttlin EL et al. Dual proteome-scale networks reveal cell-specific remodeling "
        "of the human interactome. Cell 184:3022 (2021)",
        url="https://bioplex.hms.harvard.edu",
        module="kgp.loaders.interactions.bioplex",
        loader="BioPlex",
        options=("cell_line",),
        downloads=(
            Download(
                "interactions",
                "https://bioplex.hms.harvard.edu/data/BioPlex_293T_Network_10K_Dec_2019.tsv",
                version="3.0",
            ),
        ),
    ),
    SourceSpec(
        name="reactome",
        title="Reactome",
        description="pathways of one species, their hierarchy, and the genes that take part",
        roles=tuple(
            Role(name, text, required=name == "pathways", pattern=rf"{stem}(_All_Levels)?\.")
            for name, text, stem in _REACTOME_FILES
        ),
        version_rule=STATED_BY_USER,
        # CC0 for annotation and mapping files; CC BY 4.0 is for its software and database dumps.
        license="CC0-1.0",
        citation="Milacic M et al. The Reactome Pathway Knowledgebase 2024. Nucleic Acids Res "
        "52:D672 (2024)",
        url="https://reactome.org",
        module="kgp.loaders.interactions.reactome",
        loader="Reactome",
        options=("species",),
        downloads=tuple(
            Download(name, f"{_REACTOME}/{stem}.txt") for name, _, stem in _REACTOME_FILES
        ),
    ),
)
