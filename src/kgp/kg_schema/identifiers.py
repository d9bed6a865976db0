"""CURIE identifiers: Bioregistry prefixes and which prefix a node type prefers.

An identifier is a string ``prefix:local`` (``ncbigene:7157``, ``go:0008150``), never a name and
never a bare number. Sources keep their own prefix; publishing rewrites each node to the preferred
CURIE of its equivalence class, by the order of prefixes in ``PREFERRED``.
"""

from __future__ import annotations

import re

from kgp.errors import BadInputError

CURIE = re.compile(r"^[a-z][a-z0-9_.]*:\S.*$")

PREFERRED: dict[str, tuple[str, ...]] = {
    "Gene": (
        "ncbigene",
        "ecocyc",
        "locus_tag",
        "ensembl",
        "hgnc",
        "uniprot",
        "string",
        "hgnc.symbol",
        "symbol",
    ),
    "Drug": ("drugbank", "chembl.compound", "lincs.brd", "pubchem.compound", "inchikey"),
    "Disease": ("mondo", "mondo.grouped", "doid", "umls"),
    "Phenotype": ("hp", "umls"),
    "Pathway": ("reactome", "pathwaycommons"),
    "CellLine": ("cellosaurus", "depmap"),
}
"""Node type → prefixes in order of preference; a type that is not here keeps its own CURIE."""

BARE_NAMES = ("symbol",)
"""Prefixes of names that no authority keeps unique: they may mean a gene, but never join two."""

SYMBOLS = ("hgnc.symbol", *BARE_NAMES)
"""Prefixes of what a biologist calls a gene."""


def curie(prefix: str, local: str) -> str:
    """Join a prefix and a local identifier.

    Raises:
        BadInputError: if the result is not a CURIE.
    """
    return check_curie(f"{prefix}:{local}")


def check_curie(value: str) -> str:
    """Return ``value`` if it is a CURIE.

    Raises:
        BadInputError: for a name, a bare number or an empty local part.
    """
    if CURIE.match(value):
        return value
    raise BadInputError(
        f"{value!r} is not an identifier.",
        hint="Valid is a CURIE, prefix:local, such as ncbigene:7157 or drugbank:DB00675.",
        command=f"kgp find {value.split(':')[-1] or 'TEXT'}",
    )


def prefix_of(value: str) -> str:
    """Return the part of a CURIE before the first colon."""
    return value.partition(":")[0]


def preference(node_type: str, value: str) -> tuple[int, str]:
    """Sort key of a CURIE within its equivalence class: the smallest is the preferred one."""
    order = PREFERRED.get(node_type, ())
    prefix = prefix_of(value)
    return (order.index(prefix) if prefix in order else len(order), value)
