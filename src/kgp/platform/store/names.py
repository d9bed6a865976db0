"""How literally a text means a node: what the lookups of all stores share."""

from __future__ import annotations

import re
from enum import IntEnum

from kgp.kg_schema.identifiers import SYMBOLS, prefix_of
from kgp.platform.store.records import Found


class Place(IntEnum):
    """How literal a match is; the names of one place mean their nodes equally well."""

    IDENTIFIER = 0
    OTHER_SPELLING = 1
    NAME = 2
    ALIAS = 3
    NAME_ANY_CASE = 4
    ALIAS_ANY_CASE = 5
    OUTRANKED = 6
    PART = 7


IDENTIFIER, NAME, SYNONYM, PART, SIMILAR = (
    "identifier",
    "name",
    "synonym",
    "part of name",
    "similar name",
)
MOST_EDITS = 3

_PREFIXES = {
    "chembl": "chembl.compound",
    "entrez": "ncbigene",
    "entrezgene": "ncbigene",
    "geneid": "ncbigene",
    "ncbi-geneid": "ncbigene",
    "ncbi_gene": "ncbigene",
    "pubchem": "pubchem.compound",
    "uniprotkb": "uniprot",
}
"""Prefixes that databases write → Bioregistry's."""

_VERSIONED = re.compile(r"^(ENS[A-Z]*\d{11})\.\d+$")


def as_curie(text: str) -> str:
    """Return a typed CURIE as the graph would write its prefix; other text as it is.

    ``GO:0008150``, ``UniProtKB:P04637``, ``HGNC:HGNC:5`` and ``Entrez:7157`` are all understood.
    """
    prefix, colon, local = text.strip().partition(":")
    if not colon:
        return _VERSIONED.sub(r"\1", text.strip())
    if local.lower().startswith(f"{prefix.lower()}:"):
        local = local[len(prefix) + 1 :]
    low = prefix.lower()
    return f"{_PREFIXES.get(low, low)}:{_VERSIONED.sub(chr(92) + '1', local)}"


def most_edits(text: str) -> int:
    """How many letters a name may differ by to be offered instead of ``text``."""
    return min(max(1, len(text.encode()) // 4), MOST_EDITS)


def make_found(id: str, type: str, name: str, matched: str, how: str, place: int) -> Found:
    """Build the record of one match; tell symbols from other names and identifiers."""
    if how == IDENTIFIER and prefix_of(matched) in SYMBOLS:
        how = "symbol" if matched.partition(":")[2] == name else SYNONYM
    elif how == NAME and type == "Gene" and matched == name:
        how = "symbol"
    return Found(id, type, name, matched, how, place)
