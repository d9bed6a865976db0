"""The relation types of the graph, and the one table that maps PrimeKG's relations to them.

A type is a Cypher-style verb that reads from source to target. Undirected relations are stored
once with ``src <= dst`` bytewise; negative statements have types of their own, because a model
must not pass messages along "is not expressed in".
"""

from __future__ import annotations

from dataclasses import dataclass

from kgp.errors import BadInputError, unknown


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation type.

    Args:
        name: the verb, as Cypher writes it.
        sources: node types at the tail.
        targets: node types at the head.
        directed: False where the two ends are interchangeable.
        negative: True for a statement that something is *not* so.
        structural: True where the relation describes experiments, not biology; such relations
            stay out of message passing.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    directed: bool = True
    negative: bool = False
    structural: bool = False


_GO = ("BiologicalProcess", "MolecularFunction", "CellularComponent")
_HIERARCHIES = (*_GO, "Anatomy", "Disease", "Phenotype", "Pathway", "Exposure")

_RELATIONS = (
    Relation("AFFECTS", ("Exposure",), ("Gene", *_GO)),
    Relation("ASSOCIATED_WITH", ("Gene",), ("Disease", "Phenotype")),
    Relation("CARRIED_BY", ("Drug",), ("Gene",)),
    Relation("CONTRAINDICATED_FOR", ("Drug",), ("Disease",)),
    Relation("EXPRESSED_IN", ("Gene",), ("Anatomy",)),
    Relation("HAS_FUNCTION", ("Gene",), ("MolecularFunction",)),
    Relation("HAS_MEMBER", ("Complex", "Disease", "TranscriptionUnit"), ("Gene", "Disease")),
    Relation("HAS_PHENOTYPE", ("Disease",), ("Phenotype",)),
    Relation("HAS_SIDE_EFFECT", ("Drug",), ("Phenotype",)),
    Relation("INDICATED_FOR", ("Drug",), ("Disease",)),
    Relation("INTERACTS_WITH", ("Gene",), ("Gene",), directed=False),
    Relation("INTERACTS_WITH_DRUG", ("Drug",), ("Drug",), directed=False),
    Relation("IS_A", _GO, _GO),
    Relation("LACKS_PHENOTYPE", ("Disease",), ("Phenotype",), negative=True),
    Relation("LINKED_TO", ("Exposure",), ("Disease",)),
    Relation("LOCATED_IN", ("Gene",), ("CellularComponent",)),
    Relation("MEASURED_IN", ("Signature",), ("CellLine", "Strain"), structural=True),
    Relation("METABOLIZED_BY", ("Drug",), ("Gene",)),
    Relation("NEGATIVELY_REGULATES_TERM", _GO, _GO),
    Relation("NOT_EXPRESSED_IN", ("Gene",), ("Anatomy",), negative=True),
    Relation("PARENT_OR_CHILD_OF", _HIERARCHIES, _HIERARCHIES, directed=False),
    Relation("PARTICIPATES_IN", ("Gene",), ("BiologicalProcess", "Pathway")),
    Relation("PART_OF", (*_GO, "Pathway"), (*_GO, "Pathway")),
    Relation("PERTURBS", ("Signature",), ("Drug", "Gene"), structural=True),
    Relation("POSITIVELY_REGULATES_TERM", _GO, _GO),
    Relation("REGULATES", ("Gene", "Complex"), ("Gene", "TranscriptionUnit")),
    Relation("REGULATES_TERM", _GO, _GO),
    Relation("RESEMBLES", ("Drug",), ("Drug",), directed=False),
    Relation("TARGETS", ("Drug",), ("Gene",)),
    Relation("TRANSPORTED_BY", ("Drug",), ("Gene",)),
    Relation("USED_OFF_LABEL_FOR", ("Drug",), ("Disease",)),
)

RELATIONS: dict[str, Relation] = {item.name: item for item in _RELATIONS}

FROM_PRIMEKG: dict[str, str] = {
    "anatomy_anatomy": "PARENT_OR_CHILD_OF",
    "anatomy_protein_absent": "NOT_EXPRESSED_IN",
    "anatomy_protein_present": "EXPRESSED_IN",
    "bioprocess_bioprocess": "PARENT_OR_CHILD_OF",
    "bioprocess_protein": "PARTICIPATES_IN",
    "cellcomp_cellcomp": "PARENT_OR_CHILD_OF",
    "cellcomp_protein": "LOCATED_IN",
    "contraindication": "CONTRAINDICATED_FOR",
    "disease_disease": "PARENT_OR_CHILD_OF",
    "disease_phenotype_negative": "LACKS_PHENOTYPE",
    "disease_phenotype_positive": "HAS_PHENOTYPE",
    "disease_protein": "ASSOCIATED_WITH",
    "drug_drug": "INTERACTS_WITH_DRUG",
    "drug_effect": "HAS_SIDE_EFFECT",
    "drug_protein": "TARGETS",
    "exposure_bioprocess": "AFFECTS",
    "exposure_cellcomp": "AFFECTS",
    "exposure_disease": "LINKED_TO",
    "exposure_exposure": "PARENT_OR_CHILD_OF",
    "exposure_molfunc": "AFFECTS",
    "exposure_protein": "AFFECTS",
    "indication": "INDICATED_FOR",
    "molfunc_molfunc": "PARENT_OR_CHILD_OF",
    "molfunc_protein": "HAS_FUNCTION",
    "off-label use": "USED_OFF_LABEL_FOR",
    "pathway_pathway": "PARENT_OR_CHILD_OF",
    "pathway_protein": "PARTICIPATES_IN",
    "phenotype_phenotype": "PARENT_OR_CHILD_OF",
    "phenotype_protein": "ASSOCIATED_WITH",
    "protein_protein": "INTERACTS_WITH",
}
"""PrimeKG ``relation`` → type, for all 30 relations."""

FROM_PRIMEKG_DISPLAY: dict[tuple[str, str], str] = {
    ("drug_protein", "carrier"): "CARRIED_BY",
    ("drug_protein", "enzyme"): "METABOLIZED_BY",
    ("drug_protein", "transporter"): "TRANSPORTED_BY",
    ("drug_drug", "resembles"): "RESEMBLES",
}
"""(``relation``, ``display_relation``) → type, where the display relation changes the meaning."""


def check_relation(name: str) -> Relation:
    """Return the relation type ``name``; otherwise raise BadInputError with the nearest."""
    if name in RELATIONS:
        return RELATIONS[name]
    raise BadInputError(unknown("relation type", name, RELATIONS, command="kgp stats"))


def message_passing_types() -> list[str]:
    """Relation types that may carry messages: neither negative nor about experiments."""
    return [r.name for r in _RELATIONS if not (r.negative or r.structural)]
