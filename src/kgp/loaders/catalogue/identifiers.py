"""Tables of identifiers: what resolution stands on."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_UNIPROT_CITATION = (
    "The UniProt Consortium. UniProt: the Universal Protein Knowledgebase. Nucleic Acids Res "
    "51:D523 (2023)"
)

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
        module="kgp.loaders.identifiers.gene_info",
        loader="GeneInfo",
        options=("taxon",),
        downloads=(
            Download(
                "gene_info",
                "https://ftp.ncbi.nlm.nih.gov/gene/DATA/GENE_INFO/Mammalia/"
                "Homo_sapiens.gene_info.gz",
            ),
        ),
    ),
    SourceSpec(
        name="hgnc",
        title="HGNC",
        description="human genes with approved and former symbols, aliases and cross-references",
        roles=(Role("hgnc", "hgnc_complete_set.txt", pattern=r"hgnc_complete_set"),),
        version_rule="--version, else the date in the file's name",
        license="CC0-1.0",
        citation="Seal RL et al. Genenames.org: the HGNC resources in 2023. Nucleic Acids Res "
        "51:D1003 (2023)",
        url="https://www.genenames.org",
        module="kgp.loaders.identifiers.hgnc",
        loader="Hgnc",
        downloads=(
            Download(
                "hgnc",
                "https://storage.googleapis.com/public-download-files/hgnc/tsv/tsv/"
                "hgnc_complete_set.txt",
            ),
        ),
    ),
    SourceSpec(
        name="uniprot",
        title="UniProt id mapping",
        description="cross-references between proteins of one species and genes of Entrez, HGNC, "
        "Ensembl and STRING, with their names and locus tags",
        roles=(Role("idmapping", "idmapping.dat or idmapping_selected.tab", pattern=r"idmapping"),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=_UNIPROT_CITATION,
        url="https://www.uniprot.org",
        module="kgp.loaders.identifiers.uniprot_idmapping",
        loader="UniprotIdMapping",
        options=("taxon",),
        downloads=(
            Download(
                "idmapping",
                "https://ftp.uniprot.org/pub/databases/uniprot/current_release/knowledgebase/"
                "idmapping/by_organism/HUMAN_9606_idmapping.dat.gz",
            ),
        ),
    ),
    SourceSpec(
        name="locus-tags",
        title="Locus tags of PRECISE-1K",
        description="genes of a bacterium by locus tag (b-number), with names and synonyms; any "
        "CSV or TSV with such columns",
        roles=(Role("table", "table with a column of locus tags", columns=("locus_tag",)),),
        version_rule=STATED_BY_USER,
        license="MIT",
        citation="Lamoureux CR et al. A multi-scale expression and regulation knowledge base for "
        "Escherichia coli. Nucleic Acids Res 51:10176 (2023)",
        url="https://github.com/SBRG/precise1k",
        module="kgp.loaders.identifiers.locus_tags",
        loader="LocusTags",
        options=("taxon", "tag", "names", "synonyms", "license", "title", "citation"),
        downloads=(
            Download(
                "table",
                "https://raw.githubusercontent.com/SBRG/precise1k/"
                "55ffdddf80d3643febca40f5fc834bb19f985729/data/annotation/gene_info.csv",
                version="55ffddd",
            ),
        ),
    ),
    SourceSpec(
        name="uniprot-hgnc",
        title="UniProt to HGNC",
        description="cross-references between UniProt accessions and HGNC genes",
        roles=(Role("mapping", "table uniprot, HGNC", columns=("uniprot", "HGNC")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation=_UNIPROT_CITATION,
        url="https://www.uniprot.org",
        module="kgp.loaders.identifiers.uniprot_hgnc",
        loader="UniprotHgnc",
        downloads=(
            Download(
                "mapping",
                "https://raw.githubusercontent.com/dhimmel/uniprot/"
                "5fc60158364d2caf6d4087dad5abba0e8b2ea7db/data/map/HGNC.tsv.gz",
                version="5fc6015",
            ),
        ),
    ),
)
