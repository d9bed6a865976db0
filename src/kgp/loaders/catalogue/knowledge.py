"""Knowledge graphs in layouts of their own, and attributes of their nodes."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Download, Role, SourceSpec

SPECS = (
    SourceSpec(
        name="primekg",
        title="PrimeKG",
        description="a knowledge graph in PrimeKG's layout: kg.csv with 12 or 10 columns, or "
        "edges.csv beside nodes.csv; counts are checked where a file claims to be all of PrimeKG",
        roles=(
            Role("kg", "kg.csv, or edges.csv beside nodes.csv", pattern=r"(kg|edges).*\.csv"),
            Role("nodes", "nodes.csv", required=False, pattern=r"nodes.*\.csv"),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Chandak P, Huang K, Zitnik M. Building a knowledge graph to enable precision "
        "medicine. Sci Data 10:67 (2023)",
        url="https://doi.org/10.7910/DVN/IXA7BM",
        module="kgp.loaders.primekg.loader",
        loader="PrimeKG",
        options=("title", "license", "citation", "check"),
        downloads=(Download("kg", "https://dataverse.harvard.edu/api/access/datafile/6180620"),),
    ),
    SourceSpec(
        name="primekg-attributes",
        title="PrimeKG++ and PrimeKG node attributes",
        description="sequences, structures and texts of PrimeKG's nodes, joined by identifier: a "
        "modality file of PrimeKG++, DrugBank's drug features, or an extract; CSV, TSV or Parquet",
        roles=(
            Role(
                "attributes",
                "one file of attributes",
                pattern=r"_sequence|feature|dpi_drug|text_graph\.nodes|ibd_.*\.parquet",
            ),
            Role(
                "nodes",
                "nodes.csv or kg.csv with 12 columns, for files that name nodes by node_index",
                required=False,
                pattern=r"(nodes|kg).*\.csv",
            ),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Dang T et al. BioMedKG: multimodal contrastive representation learning in "
        "augmented biomedical knowledge graphs. arXiv:2501.01644; Chandak P, Huang K, Zitnik M. "
        "Sci Data 10:67 (2023); texts and structures of drugs: DrugBank (CC BY-NC 4.0)",
        url="https://huggingface.co/datasets/tienda02/BioMedKG",
        module="kgp.loaders.primekg.attributes",
        loader="PrimeKGAttributes",
        access="Download the modality files at https://huggingface.co/datasets/tienda02/BioMedKG, "
        "or drug_features and disease_features at https://doi.org/10.7910/DVN/IXA7BM.",
    ),
)
