"""All sources that kgp can load, as plain data: nothing here imports a loader."""

from __future__ import annotations

from kgp.loaders.spec import Role, SourceSpec

_USER = "--version, else unversioned"
_LINCS_CITATION = (
    "Subramanian A et al. A Next Generation Connectivity Map: L1000 Platform and the First "
    "1,000,000 Profiles. Cell 171:1437 (2017); Himmelstein D et al. Consensus signatures for "
    "LINCS L1000 perturbations. doi:10.6084/m9.figshare.3085426"
)
_ECOCYC_FILES = (
    ("genes", "genes.dat: genes with their b-numbers", True),
    ("proteins", "proteins.dat: polypeptides and complexes", True),
    ("transunits", "transunits.dat: transcription units", False),
    ("promoters", "promoters.dat: promoters and the sigma factors they bind", False),
    ("dnabindsites", "dnabindsites.dat: binding sites", False),
    ("regulation", "regulation.dat: who regulates what", False),
    ("protligandcplxes", "protligandcplxes.dat: proteins bound to ligands", False),
)

_SPECS = (
    SourceSpec(
        name="primekg",
        title="PrimeKG",
        description="a knowledge graph in PrimeKG's kg.csv layout, 12 or 10 columns",
        roles=(Role("kg", "kg.csv, plain or gzip", pattern=r"kg.*\.csv"),),
        version_rule=_USER,
        license="CC-BY-4.0",
        citation="Chandak P, Huang K, Zitnik M. Building a knowledge graph to enable precision "
        "medicine. Sci Data 10:67 (2023)",
        url="https://doi.org/10.7910/DVN/IXA7BM",
        module="kgp.loaders.primekg",
        loader="PrimeKG",
        options=("title", "license", "citation"),
    ),
    SourceSpec(
        name="gene-info",
        title="NCBI Gene",
        description="genes with symbols, synonyms and cross-references",
        roles=(Role("gene_info", "gene_info of one species", pattern=r"gene_info"),),
        version_rule=_USER,
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
        version_rule=_USER,
        license="CC-BY-4.0",
        citation="The UniProt Consortium. UniProt: the Universal Protein Knowledgebase. Nucleic "
        "Acids Res 51:D523 (2023)",
        url="https://www.uniprot.org",
        module="kgp.loaders.uniprot_hgnc",
        loader="UniprotHgnc",
    ),
    SourceSpec(
        name="drugbank-vocabulary",
        title="DrugBank open vocabulary",
        description="drugs with names, synonyms and structure keys",
        roles=(Role("vocabulary", "DrugBank vocabulary CSV", columns=("DrugBank ID",)),),
        version_rule=_USER,
        license="CC0-1.0",
        citation="Knox C et al. DrugBank 6.0: the DrugBank Knowledgebase for 2024. Nucleic Acids "
        "Res 52:D1265 (2024)",
        url="https://go.drugbank.com/releases/latest#open-data",
        module="kgp.loaders.drugbank_vocabulary",
        loader="DrugbankVocabulary",
    ),
    SourceSpec(
        name="lincs-compounds",
        title="LINCS compounds",
        description="compounds of LINCS with their structures",
        roles=(
            Role("pertinfo", "perturbagen table", columns=("pert_id", "pert_iname")),
            Role("drugs", "DrugBank vocabulary CSV", required=False, columns=("DrugBank ID",)),
        ),
        version_rule=_USER,
        license="CC-BY-4.0",
        citation=_LINCS_CITATION,
        url="https://clue.io",
        module="kgp.loaders.lincs_compounds",
        loader="LincsCompounds",
    ),
    SourceSpec(
        name="bindingdb",
        title="BindingDB and ChEMBL drug targets",
        description="drugs and the genes whose products they bind, with affinities",
        roles=(Role("bindings", "drug-gene table", columns=("drugbank_id", "affinity_nM")),),
        version_rule=_USER,
        license="CC-BY-SA-3.0",
        citation="Gilson MK et al. BindingDB in 2015. Nucleic Acids Res 44:D1045 (2016); "
        "Himmelstein D et al. doi:10.15363/thinklab.d53",
        url="https://github.com/dhimmel/bindingdb",
        module="kgp.loaders.bindingdb",
        loader="BindingDB",
        options=("max_affinity_nm",),
    ),
    SourceSpec(
        name="lincs",
        title="LINCS consensus responses",
        description="consensus L1000 responses to drugs or genes over the landmark genes",
        roles=(Role("consensus", "table perturbagen x genes", columns=("perturbagen",)),),
        version_rule=_USER,
        license="CC0-1.0",
        citation=_LINCS_CITATION,
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
        version_rule=_USER,
        license="CC0-1.0",
        citation=_LINCS_CITATION,
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
        version_rule=_USER,
        license="LicenseRef-stated-by-user",
        citation="the study that the cells are from; the format: Virshup I et al. anndata: Access "
        "and store annotated data matrices. JOSS 9:4371 (2024)",
        url="https://anndata.readthedocs.io",
        module="kgp.loaders.perturb_seq",
        loader="PerturbSeq",
        options=("name", "direction", "control", "title", "license", "citation"),
    ),
    SourceSpec(
        name="string",
        title="STRING",
        description="functional associations of proteins with channel scores, any species",
        roles=(
            Role("links", "protein.links, detailed, full or physical", pattern=r"links"),
            Role("info", "protein.info", required=False, pattern=r"info"),
        ),
        version_rule="--version, else vN.N in the file's name",
        license="CC-BY-4.0",
        citation="Szklarczyk D et al. The STRING database in 2023. Nucleic Acids Res 51:D638 "
        "(2023)",
        url="https://string-db.org",
        module="kgp.loaders.string",
        loader="StringDB",
        options=("taxon",),
    ),
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
    SourceSpec(
        name="ecocyc",
        title="EcoCyc",
        description="genes, complexes, transcription units and signed regulation from a Pathway "
        "Tools database",
        roles=tuple(
            Role(name, text, required, pattern=rf"(^|/){name}\.dat")
            for name, text, required in _ECOCYC_FILES
        ),
        version_rule="--version, else Version in the files' comment header",
        license="LicenseRef-BioCyc",
        citation="Karp PD et al. The EcoCyc database (2023). EcoSal Plus 11 (2023)",
        url="https://ecocyc.org",
        module="kgp.loaders.ecocyc",
        loader="EcoCyc",
        options=("name",),
    ),
    SourceSpec(
        name="trrust",
        title="TRRUST v2",
        description="signed regulation by human transcription factors, from the literature",
        roles=(Role("network", "table tf, target, mor", columns=("tf", "target", "mor")),),
        version_rule=_USER,
        license="CC-BY-SA-4.0",
        citation="Han H et al. TRRUST v2: an expanded reference database of human and mouse "
        "transcriptional regulatory interactions. Nucleic Acids Res 46:D380 (2018)",
        url="https://www.grnpedia.org/trrust",
        module="kgp.loaders.trrust",
        loader="Trrust",
        options=("name", "layer"),
    ),
    SourceSpec(
        name="omnipath",
        title="OmniPath",
        description="signed interactions between proteins, mostly signalling",
        roles=(Role("interactions", "interactions", columns=("stimulation", "inhibition")),),
        version_rule=_USER,
        license="CC-BY-4.0",
        citation="Türei D et al. Integrated intra- and intercellular signaling knowledge for "
        "multicellular omics analysis. Mol Syst Biol 17:e9923 (2021); Licata L et al. SIGNOR 2.0. "
        "Nucleic Acids Res 48:D504 (2020)",
        url="https://omnipathdb.org",
        module="kgp.loaders.omnipath",
        loader="OmniPath",
        options=("name", "layer"),
    ),
)

SOURCES: dict[str, SourceSpec] = {spec.name: spec for spec in _SPECS}
"""Name on the command line → source."""
