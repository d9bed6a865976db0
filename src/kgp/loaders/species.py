"""Of which species a network's gene symbols are, so that mouse is never taken for human."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import BadInputError, UsageError, unknown
from kgp.loaders.files import look

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

HUMAN, MOUSE, RAT = "9606", "10090", "10116"

TAXA: dict[str, str] = {
    "human": HUMAN,
    "mouse": MOUSE,
    "rat": RAT,
    "zebrafish": "7955",
    "fly": "7227",
    "worm": "6239",
    "yeast": "559292",
    "ecoli": "511145",
}
"""What a user may call a species → NCBI taxon; any other is given by its number."""

_RODENTS = (MOUSE, RAT)


def taxon_of(species: str | int) -> str:
    """Return the NCBI taxon of ``10090``, ``ncbitaxon:10090`` or ``mouse``.

    Raises:
        UsageError: for a name that is not known.
    """
    text = str(species).strip().lower().removeprefix("ncbitaxon:")
    if text.isdecimal() and text.isascii():
        return text
    if text in TAXA:
        return TAXA[text]
    raise UsageError(
        unknown("species", str(species), TAXA), hint="An NCBI taxon such as 10090 is fine, too."
    )


def symbol_prefix(taxon: str) -> str:
    """What stands before a symbol in a CURIE: HGNC approves the symbols of human genes alone.

    A bare ``symbol:`` joins no two genes, so that a mouse symbol never becomes a human gene.
    """
    return "hgnc.symbol:" if taxon == HUMAN else "symbol:"


def check_symbols(symbols: pl.Series, taxon: str, path: Path) -> None:
    """Refuse symbols that are written as those of another species are.

    Human symbols are upper case (``TP53``, ``C1orf112``), those of mouse and rat are not
    (``Trp53``). Other species are not checked.

    Args:
        symbols: the genes of the file, as it writes them.
        taxon: what the user takes the file for.
        path: the file.

    Raises:
        BadInputError: if more than half of the symbols say otherwise.
    """
    lettered = symbols.unique().filter(symbols.unique().str.contains(r"[A-Za-z]"))
    plain = lettered.str.replace(r"orf", "ORF")
    upper = (plain == plain.str.to_uppercase()).sum() * 2 > lettered.len()
    other = "human" if upper else "another species"
    wrong = (taxon == HUMAN and not upper) or (taxon in _RODENTS and upper)
    if wrong and lettered.len():
        shown = ", ".join(lettered.sort().head(3))
        raise BadInputError(
            f"{path} holds the symbols of {other}, not of taxon {taxon}: {shown} …",
            hint="Human symbols are upper case (TP53), those of mouse and rat are not (Trp53).",
            command=f"kgp load … --option taxon={HUMAN if upper else MOUSE}",
        )


def check_taxa(found: pl.Series, taxon: str, path: Path) -> None:
    """Refuse a file that says itself that none of it is of the species.

    Args:
        found: the taxon of each row.
        taxon: what the user asks for.
        path: the file.

    Raises:
        BadInputError: naming what the file holds.
    """
    if found.len() and not (found == taxon).any():
        held = ", ".join(found.unique().sort().head(3))
        raise BadInputError(
            f"{path} holds taxon {held}, not {taxon}.",
            hint="Ask for the species that the file is of, or give the other file.",
            command=look(path),
        )
