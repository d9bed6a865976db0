"""What identifiers, types and signs look like in tables that nobody described."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.kg_schema.node_types import FROM_PRIMEKG as PRIMEKG_TYPES
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import FROM_PRIMEKG, RELATIONS
from kgp.loaders.table.model import MISSING, REGULATES

if TYPE_CHECKING:
    from collections.abc import Sequence

ENOUGH = 0.9
"""Share of a column's values that has to look like an identifier."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What the identifiers of a column are.

    Args:
        prefix: their CURIE prefix.
        bare: whether the prefix has to be added.
        type: type of node that they name; empty where it depends.
        why: how it was recognised.
    """

    prefix: str
    bare: bool
    type: str
    why: str


TYPE_OF_PREFIX = {
    "chebi": "Drug",
    "chembl.compound": "Drug",
    "doid": "Disease",
    "drugbank": "Drug",
    "ensembl": "Gene",
    "go": "BiologicalProcess",
    "hgnc": "Gene",
    "hgnc.symbol": "Gene",
    "hp": "Phenotype",
    "inchikey": "Drug",
    "lincs.brd": "Drug",
    "locus_tag": "Gene",
    "mondo": "Disease",
    "ncbigene": "Gene",
    "pubchem.compound": "Drug",
    "reactome": "Pathway",
    "string": "Gene",
    "uberon": "Anatomy",
    "uniprot": "Gene",
}

_BARE = (
    ("ensembl", r"ENS[A-Z]*[GTP]\d{11}(\.\d+)?", "Ensembl identifiers"),
    ("drugbank", r"DB\d{5}", "DrugBank identifiers"),
    ("chembl.compound", r"CHEMBL\d+", "ChEMBL identifiers"),
    ("lincs.brd", r"BRD-[A-Z]\d{8}", "LINCS perturbagens"),
    ("inchikey", r"[A-Z]{14}-[A-Z]{10}-[A-Z]", "InChIKeys"),
    ("reactome", r"R-[A-Z]{3}-\d+(\.\d+)?", "Reactome identifiers"),
    ("locus_tag", r"b\d{4}", "b-numbers of E. coli"),
    ("string", r"\d{2,7}\.[A-Za-z]\S*", "STRING proteins"),
    (
        "uniprot",
        r"[OPQ]\d[A-Z0-9]{3}\d|[A-NR-Z]\d([A-Z][A-Z0-9]{2}\d){1,2}(-\d+)?",
        "UniProt accessions",
    ),
)
_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9_.]*):\S+")
_NUMBER = re.compile(r"\d{1,10}")
_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9.-]{1,15}(_[A-Za-z0-9.-]+)?")
_GENE_COLUMN = re.compile(r"gene|entrez|ncbi|(^|_)tf|target|regulator|protein", re.IGNORECASE)
_SYMBOL_COLUMN = re.compile(
    r"symbol|gene|(^|_)tf($|_)|target|regulator|^source$|protein", re.IGNORECASE
)


def recognise(column: str, values: Sequence[str]) -> Recognised | None:
    """Recognise the identifiers of a column by their form, and bare numbers by its name."""
    given = [value for value in values if value.lower() not in MISSING]
    if not given:
        return None
    prefixes = [match[1].lower() for value in given if (match := _CURIE.fullmatch(value))]
    common = max(set(prefixes), key=lambda p: (prefixes.count(p), p), default="")
    if common and len(prefixes) >= ENOUGH * len(given):
        mixed = len(set(prefixes)) > 1
        kind = "" if mixed else TYPE_OF_PREFIX.get(common, "")
        return Recognised("" if mixed else common, False, kind, "CURIEs")
    for prefix, pattern, why in _BARE:
        if _share(pattern, given) >= ENOUGH:
            return Recognised(prefix, True, TYPE_OF_PREFIX[prefix], why)
    if _share(_NUMBER.pattern, given) >= ENOUGH and _GENE_COLUMN.search(column):
        return Recognised("ncbigene", True, "Gene", "whole numbers in a column of genes: Entrez")
    if _share(_SYMBOL.pattern, given) >= ENOUGH and _SYMBOL_COLUMN.search(column):
        return Recognised("hgnc.symbol", True, "Gene", "looks like gene symbols; of human?")
    return None


def _share(pattern: str, values: Sequence[str]) -> float:
    compiled = re.compile(pattern)
    return sum(bool(compiled.fullmatch(value)) for value in values) / len(values)


_WORDS_OF_TYPE = {
    "Disease": ("disease", "disorder", "condition"),
    "Drug": ("drug", "compound", "chemical", "smallmolecule", "molecule"),
    "Gene": ("gene", "protein", "geneprotein", "tf", "transcriptionfactor"),
    "Phenotype": ("phenotype", "sideeffect", "effect", "symptom"),
    "Anatomy": ("anatomy", "tissue", "organ"),
}


def node_type(text: str) -> str:
    """Return the type of node that a word in a table means; empty where unclear."""
    if text in PRIMEKG_TYPES:
        return PRIMEKG_TYPES[text]
    plain = re.sub(r"[^a-z]", "", text.lower())
    for name in NODE_TYPES:
        if plain in (name.lower(), f"{name.lower()}s"):
            return name
    return next((name for name, words in _WORDS_OF_TYPE.items() if plain in words), "")


_RELATION_OF_WORD = {
    "binds": "TARGETS",
    "carrier": "CARRIED_BY",
    "enzyme": "METABOLIZED_BY",
    "ppi": "INTERACTS_WITH",
    "target": "TARGETS",
    "transporter": "TRANSPORTED_BY",
    "treats": "INDICATED_FOR",
}


def relation(text: str) -> str:
    """Return the relation that a word in a table means; empty where unclear."""
    verb = re.sub(r"\W+", "_", text.strip()).upper()
    if verb in RELATIONS:
        return verb
    return FROM_PRIMEKG.get(text) or _RELATION_OF_WORD.get(text.strip().lower(), "")


USUAL = ("TARGETS", "INTERACTS_WITH", "ASSOCIATED_WITH", "INDICATED_FOR", "PARTICIPATES_IN")


def relations_between(source: str, target: str) -> list[str]:
    """Relations that lead from one type to another, the usual ones first."""
    fitting = [
        name
        for name, kind in RELATIONS.items()
        if name != REGULATES and source in kind.sources and target in kind.targets
    ]
    return sorted(fitting, key=lambda n: (USUAL.index(n) if n in USUAL else len(USUAL), n))
