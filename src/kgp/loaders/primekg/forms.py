"""The files of node attributes around PrimeKG: which column becomes which property, and whose.

A file is recognised by its columns. Rows are joined by identifier: by PrimeKG's ``node_index``
where nodes.csv or kg.csv translates it, else by the file's own identifier; never by name.
"""

from __future__ import annotations

from dataclasses import dataclass

DRUGBANK = "CC-BY-NC-4.0"
OPEN = "CC-BY-4.0"
NCBI = "LicenseRef-NCBI-public-domain"
UMLS = "LicenseRef-academic-UMLS"
MAYO = "LicenseRef-Mayo-Clinic"

_DRUGBANK_ID = r"^\W*(DB\d{5})\b"
_NUMBER = r"^(\d+)(?:\.0)?$"
_INDEX_IN_BRACKETS = r"_\((\d+)\)$"


@dataclass(frozen=True, slots=True)
class Form:
    """One layout of a file of attributes.

    Args:
        title: what the file is called.
        needed: columns by which it is recognised.
        type: type of its nodes; empty where that of the index counts.
        own_id: column of identifiers; empty where only the index names the node.
        prefix: CURIE prefix of ``own_id``.
        pattern: what of ``own_id`` is the identifier.
        name: column of the node's name.
        parts: licence → column → property.
        lists: properties that are lists, joined by bars.
        index: column that holds PrimeKG's ``node_index``.
        index_pattern: what of it is the index.
    """

    title: str
    needed: tuple[str, ...]
    type: str
    own_id: str
    prefix: str
    pattern: str
    name: str
    parts: dict[str, dict[str, str]]
    lists: tuple[str, ...] = ()
    index: str = "node_index"
    index_pattern: str = _NUMBER

    @property
    def columns(self) -> list[str]:
        """All columns that may be read, each once."""
        own = [self.own_id, self.index, self.name, "node_type"]
        properties = [column for part in self.parts.values() for column in part]
        return list(dict.fromkeys(name for name in (*own, *properties) if name))


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


PROTEINS = Form(
    title="protein_aminoacid_sequence.csv, protein_dna_sequence.csv",
    needed=("protein_seq",),
    type="Gene",
    own_id="protein_id",
    prefix="ncbigene",
    pattern=_NUMBER,
    name="protein_name",
    parts={
        OPEN: {"protein_seq": "sequence", **_same("fasta_id", "fasta_description")},
        NCBI: {"ncbi_summary": "summary"},
    },
)
DISEASES = Form(
    title="disease_feature_base.csv",
    needed=("mondo_definition",),
    type="Disease",
    own_id="mondo_id",
    prefix="mondo",
    pattern=r"^(?:MONDO:)?(\d{1,7})(?:\.0)?$",
    name="mondo_name",
    parts={
        OPEN: {
            "mondo_definition": "definition",
            **_same(
                "orphanet_definition",
                "orphanet_prevalence",
                "orphanet_epidemiology",
                "orphanet_clinical_description",
                "orphanet_management_and_treatment",
            ),
        },
        UMLS: _same("umls_description"),
        MAYO: _same(
            "mayo_symptoms",
            "mayo_causes",
            "mayo_risk_factors",
            "mayo_complications",
            "mayo_prevention",
            "mayo_see_doc",
        ),
    },
)
DRUGS = Form(
    title="drug_feature_base.csv",
    needed=("mechanism_of_action",),
    type="Drug",
    own_id="drugbank_ids",
    prefix="drugbank",
    pattern=_DRUGBANK_ID,
    name="generic_name",
    parts={
        DRUGBANK: {
            "atc_1": "atc_level_1",
            "atc_2": "atc_level_2",
            "atc_3": "atc_level_3",
            "atc_4": "atc_level_4",
            **_same("description", "half_life", "indication", "mechanism_of_action"),
            **_same("protein_binding", "pharmacodynamics", "state", "category", "group"),
            **_same("pathway", "molecular_weight", "tpsa", "clogp", "smiles", "sequences"),
        }
    },
)
INTERACTION_DRUGS = Form(
    title="dpi_drug.csv",
    needed=("drugbank_id", "generic_name", "smiles"),
    type="Drug",
    own_id="drugbank_id",
    prefix="drugbank",
    pattern=_DRUGBANK_ID,
    name="generic_name",
    parts={DRUGBANK: {"descriptions": "description", **_same("smiles", "sequences")}},
)
DRUGBANK_FEATURES = Form(
    title="drug_features.tsv",
    needed=("drugbank_id", "canonical_smiles"),
    type="Drug",
    own_id="drugbank_id",
    prefix="drugbank",
    pattern=_DRUGBANK_ID,
    name="name",
    parts={
        DRUGBANK: {
            "canonical_smiles": "smiles",
            "type": "drug_type",
            **_same("groups", "atc_codes", "inchikey", "inchi", "description"),
        }
    },
    lists=("groups", "atc_codes"),
)
EXTRACT = Form(
    title="an extract with node_id NAME_(INDEX), desc and feat",
    needed=("node_id", "node_type", "desc", "feat"),
    type="",
    own_id="",
    prefix="",
    pattern="",
    name="node_name",
    parts={"": {"desc": "description", "feat": "feature"}},
    index="node_id",
    index_pattern=_INDEX_IN_BRACKETS,
)
TEXT_GRAPH = Form(
    title="nodes of a text graph with node_id NAME_(INDEX) and node_attr",
    needed=("node_id", "node_attr"),
    type="",
    own_id="",
    prefix="",
    pattern="",
    name="",
    parts={"": {"node_attr": "description"}},
    index="node_id",
    index_pattern=_INDEX_IN_BRACKETS,
)

FORMS = (PROTEINS, DISEASES, DRUGS, INTERACTION_DRUGS, DRUGBANK_FEATURES, EXTRACT, TEXT_GRAPH)

FEATURE_OF_TYPE = {"Drug": "smiles", "Gene": "sequence"}
"""Node type → the property that an extract calls ``feat``; for all others it is a definition."""

LICENSE_OF_TEXT = {"Disease": f"{OPEN} AND {UMLS}", "Drug": DRUGBANK, "Gene": NCBI}
LICENSE_OF_FEATURE = {"Drug": DRUGBANK}
"""Node type → licence of an extract's texts and features, where it is not ``OPEN``."""
