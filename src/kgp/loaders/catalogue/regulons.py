"""Signed networks of regulators and targets."""

from __future__ import annotations

from kgp.kg_schema.licenses import OWN
from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

_OMNIPATH_URL = (
    "https://omnipathdb.org/interactions?organisms={taxon}&genesymbols=1&format=tsv"
    "&fields=sources,references,curation_effort,type,entity_type,ncbi_tax_id"
)

SPECS = (
    SourceSpec(
        name="trrust",
        title="TRRUST v2",
        description="signed regulation by human and mouse transcription factors, from the "
        "literature",
        roles=(
            Role("network", "trrust_rawdata.human.tsv or .mouse.tsv, or table tf, target, mor"),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-SA-4.0",
        citation="Han H et al. TRRUST v2: an expanded reference database of human and mouse "
        "transcriptional regulatory interactions. Nucleic Acids Res 46:D380 (2018)",
        url="https://www.grnpedia.org/trrust",
        module="kgp.loaders.regulons.trrust",
        loader="Trrust",
        options=("name", "layer", "taxon"),
        downloads=(
            Download("network", "https://www.grnpedia.org/trrust/data/trrust_rawdata.human.tsv"),
        ),
    ),
    SourceSpec(
        name="collectri",
        title="CollecTRI",
        description="signed regulons of twelve resources, with how each sign was decided",
        roles=(Role("network", "table source, target, weight"),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Müller-Dott S et al. Expanding the coverage of regulons from high-confidence "
        "prior knowledge for accurate estimation of transcription factor activities. Nucleic "
        "Acids Res 51:10934 (2023)",
        url="https://github.com/saezlab/CollecTRI",
        module="kgp.loaders.regulons.collectri",
        loader="CollecTri",
        options=("name", "layer", "taxon"),
        access="Write the frame of decoupler.op.collectri() to a CSV file.",
    ),
    SourceSpec(
        name="dorothea",
        title="DoRothEA",
        description="regulons with a confidence from A to E; most signs are defaults",
        roles=(Role("network", "table tf, confidence, target, mor"),),
        version_rule=STATED_BY_USER,
        license="LicenseRef-academic-DoRothEA",
        citation="Garcia-Alonso L et al. Benchmark and integration of resources for the estimation "
        "of human transcription factor activities. Genome Res 29:1363 (2019)",
        url="https://saezlab.github.io/dorothea",
        module="kgp.loaders.regulons.dorothea",
        loader="Dorothea",
        options=("name", "layer", "levels", "taxon"),
        access="Write dorothea_hs or entire_database of the R package dorothea, or the frame of "
        "decoupler.op.dorothea(), to a TSV or CSV file.",
    ),
    SourceSpec(
        name="regulondb",
        title="RegulonDB",
        description="signed regulation of Escherichia coli by transcription factors, sigma factors "
        "and small RNAs",
        roles=(
            Role(
                "tf_gene",
                "transcription factor and gene, or all regulators and genes",
                pattern=r"(?i)(tf|regulator)_?gene",
            ),
            Role("sigma_gene", "sigma factor and gene", required=False, pattern=r"(?i)sigma"),
            Role("srna_gene", "small RNA and gene", required=False, pattern=r"(?i)srna"),
        ),
        version_rule="--version, else Release in the files' comment header",
        license="LicenseRef-RegulonDB",
        citation="Salgado H et al. RegulonDB v12.0: a comprehensive resource of transcriptional "
        "regulation in E. coli K-12. Nucleic Acids Res 52:D255 (2024)",
        url="https://regulondb.ccg.unam.mx",
        module="kgp.loaders.regulons.regulondb",
        loader="RegulonDB",
        options=("name",),
        access="Accept the terms at https://regulondb.ccg.unam.mx and download the data set "
        "NetworkRegulatorGene, or network_tf_gene, network_sigma_gene and that of small RNAs.",
    ),
    SourceSpec(
        name="omnipath",
        title="OmniPath",
        description="signed interactions between proteins, mostly signalling",
        roles=(Role("interactions", "interactions", columns=("stimulation", "inhibition")),),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Türei D et al. Integrated intra- and intercellular signaling knowledge for "
        "multicellular omics analysis. Mol Syst Biol 17:e9923 (2021); Licata L et al. SIGNOR 2.0. "
        "Nucleic Acids Res 48:D504 (2020)",
        url="https://omnipathdb.org",
        module="kgp.loaders.regulons.omnipath",
        loader="OmniPath",
        options=("name", "layer", "taxon"),
        downloads=(Download("interactions", _OMNIPATH_URL),),
    ),
    SourceSpec(
        name="network",
        title="A network of your own",
        description="any table of source, target and weight, such as decoupler's frames",
        roles=(Role("network", "CSV, TSV or Parquet with a column source and a column target"),),
        version_rule=STATED_BY_USER,
        license=OWN,
        citation="as the file's makers ask for (--option citation=…)",
        url="https://decoupler.readthedocs.io",
        module="kgp.loaders.regulons.network_frame",
        loader="NetworkFrame",
        options=("name", "layer", "taxon", "identifiers", "title", "license", "citation"),
        access="The file is your own.",
    ),
)
