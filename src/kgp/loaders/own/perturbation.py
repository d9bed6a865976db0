"""What a user says was done in an experiment: which genes or drugs, in which direction, where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import UsageError
from kgp.loaders.cell_lines import cell_curie
from kgp.loaders.precise.loader import STRAINS
from kgp.loaders.regulons.network_ids import as_curie, guess_kind
from kgp.loaders.responses import parse_direction
from kgp.loaders.species import HUMAN, MOUSE, RAT

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMAND = "kgp load responses FILE --perturbed crp --direction down"
_CURIE = re.compile(r"^[a-z][a-z0-9_.]*:\S+$")
_DRUGS = ("drugbank:", "lincs.brd:", "inchikey:", "chembl.compound:", "pubchem.compound:")
_QUANTITY = re.compile(r"^\s*([0-9.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")
_ANIMALS = (HUMAN, MOUSE, RAT)


@dataclass(frozen=True, slots=True)
class Perturbation:
    """What was done.

    Args:
        perturbed: CURIEs of genes or drugs, at least one.
        direction: ``-1``, ``0`` or ``1`` for each.
        label: the names as the user gave them.
    """

    perturbed: tuple[str, ...]
    direction: tuple[str, ...]
    label: str


def read_perturbation(
    names: str | Sequence[str], direction: str | Sequence[str], taxon: str
) -> Perturbation:
    """Understand what a user calls the perturbed genes or drugs.

    Args:
        names: genes by name or identifier, or CURIEs; several, separated by commas or ``+``, are
            one combination.
        direction: one for all, or as many as names.
        taxon: NCBI taxon that gene symbols are of.

    Raises:
        UsageError: if nothing is named, or a gene has no direction.
    """
    listed, said = split_names(names), [d.strip().lower() for d in split_names(direction)]
    if not listed:
        raise UsageError(
            "What was perturbed is not stated.",
            hint="Name the gene or drug; a design may say it in a column 'perturbed'.",
            command=_COMMAND,
        )
    curies = tuple(_curie(name, taxon) for name in listed)
    if not said and all(curie.startswith(_DRUGS) for curie in curies):
        said = ["treatment"]
    if not said:
        raise UsageError(
            f"In which direction {', '.join(listed)} was perturbed is not stated.",
            hint="Say down for a knock-out or knock-down, up for over-expression or activation.",
            command=_COMMAND,
        )
    said = said * len(listed) if len(said) == 1 else said
    if len(said) != len(listed):
        raise UsageError(
            f"{len(listed)} are perturbed, but {len(said)} directions given.",
            hint="Give one direction for all, or one for each.",
            command=_COMMAND,
        )
    return Perturbation(curies, tuple(map(parse_direction, said)), "+".join(listed))


def split_names(names: str | Sequence[str]) -> list[str]:
    """Split what may be one text or several, each with commas or ``+`` in it."""
    texts = [names] if isinstance(names, str) else list(names)
    return [part.strip() for text in texts for part in re.split(r"[,+]", text) if part.strip()]


def _curie(name: str, taxon: str) -> str:
    if _CURIE.match(name):
        return name
    names = pl.DataFrame({"name": [name]})
    curies = names.select(as_curie("name", guess_kind(names["name"]), taxon)).to_series()
    return str(curies[0])


def quantity(what: str, text: str) -> tuple[float, str]:
    """Split ``10 uM`` or ``24h`` into number and unit.

    Raises:
        UsageError: for what is no number with a unit.
    """
    match = _QUANTITY.match(text)
    if match and match[2]:
        try:
            return float(match[1]), match[2]
        except ValueError:
            pass
    raise UsageError(
        f"{what} is {text!r}.",
        hint="Expected is a number with its unit, such as 10uM or 24h.",
        command=f"kgp load responses … --option {what}=VALUE",
    )


def context_curie(name: str, taxon: str) -> tuple[str, str]:
    """Return CURIE and node type of where an experiment was done: a cell line or a strain."""
    kind = "CellLine" if taxon in _ANIMALS else "Strain"
    if _CURIE.match(name):
        strain = name.startswith(("kgp.strain:", "ncbitaxon:"))
        return name, "Strain" if strain else kind
    if kind == "CellLine":
        return cell_curie(name), kind
    return STRAINS.get(name, f"kgp.strain:{name.replace(' ', '_')}"), kind
