"""What the genes of a network are named by: said by the user, or told from the names themselves."""

from __future__ import annotations

import polars as pl

from kgp.errors import UsageError, unknown
from kgp.loaders.species import symbol_prefix

SYMBOL = "symbol"
_KINDS = {
    "curie": r"^[a-z][a-z0-9_.]*:\S+$",
    "ncbigene": r"^\d+$",
    "ensembl": r"^ENS[A-Z]*G\d{11}(\.\d+)?$",
    "locus_tag": r"^b\d{4}$",
    "uniprot": r"^(?:[OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2})(?:-\d+)?$",
    SYMBOL: r"^\S+$",
}
"""Kind of identifier → how one is written; symbols are whatever the others are not."""

_LOOSE = {"locus_tag": r"^\S+$"}
"""How an identifier may be written when the user says what it is."""

_ALIASES = {"hgnc.symbol": SYMBOL, "entrez": "ncbigene", "symbols": SYMBOL}
_SHARE = 0.9


def check_kind(kind: str) -> str:
    """Return the kind of identifier called ``kind``.

    Raises:
        UsageError: naming the kinds.
    """
    name = _ALIASES.get(kind.strip().lower(), kind.strip().lower())
    if name in _KINDS:
        return name
    command = "kgp load network … --option identifiers=ncbigene"
    raise UsageError(unknown("kind of identifier", kind, (*_KINDS, *_ALIASES), command=command))


def guess_kind(names: pl.Series) -> str:
    """Return the first kind that nine in ten of the names are written as; else symbols."""
    distinct = names.unique()
    for kind, pattern in _KINDS.items():
        if distinct.str.contains(pattern).sum() >= _SHARE * distinct.len():
            return kind
    return SYMBOL


def is_of_kind(column: str, kind: str) -> pl.Expr:
    """Tell whether the names in a column are written as ``kind`` is."""
    return pl.col(column).str.contains(_LOOSE.get(kind, _KINDS[kind]))


def as_curie(column: str, kind: str, taxon: str) -> pl.Expr:
    """Names of one kind as CURIEs; Ensembl's without the version of the gene model."""
    name = pl.col(column)
    if kind == "curie":
        return name
    if kind == SYMBOL:
        return pl.lit(symbol_prefix(taxon)) + name
    if kind == "ensembl":
        name = name.str.replace(r"\.\d+$", "")
    return pl.lit(f"{kind}:") + name
