"""Who regulates what in a Pathway Tools database: statements about pairs of genes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.attribute_values import Record
    from kgp.loaders.ecocyc_world import World

Statement = tuple[str, str, str, str, list[str]]
"""Regulator gene, target gene, layer, effect, PubMed ids."""

TRANSCRIPTIONAL = frozenset(
    {
        "Transcription-Factor-Binding",
        "Regulation-of-Transcription",
        "Regulation-of-Transcription-Initiation",
    }
)
"""Classes of regulation.dat that stand for a transcription factor at a promoter."""

EFFECT_OF_MODE = {"+": "activation", "-": "repression", "+/-": "dual", "": "unknown"}
_PUBMED = re.compile(r"^\[?(\d+)\b")


def statements(world: World, tally: Tally) -> Iterator[Statement]:
    """Yield what regulation.dat and the promoters' sigma factors say, gene by gene.

    A promoter stands for the genes of all transcription units that contain it. One pair comes as
    often as it is stated: for each site, promoter and mode.
    """
    for frame, record in world.regulation.items():
        reason = _unusable(world, record)
        if reason:
            tally.drop(reason, example=f"{frame} (line {record.line})")
            continue
        effect = EFFECT_OF_MODE[record.first("MODE")]
        pubmed = pubmed_ids(record)
        for regulator in world.regulator_genes(record.first("REGULATOR")):
            for target in world.target_genes(_entities(world, record)):
                yield regulator, target, "transcriptional", effect, pubmed
    yield from _sigma(world)


def _unusable(world: World, record: Record) -> str:
    """Why a regulation says nothing about transcription of a gene; empty if it does."""
    if not TRANSCRIPTIONAL.intersection(record.texts("TYPES")):
        return f"not transcription-factor binding: {record.first('TYPES') or 'no type'}"
    if record.first("MODE") not in EFFECT_OF_MODE:
        return "mode is neither + nor -"
    if not world.regulator_genes(record.first("REGULATOR")):
        return "regulator has no gene"
    if not world.target_genes(_entities(world, record)):
        return "regulated entity has no gene"
    return ""


def _entities(world: World, record: Record) -> list[str]:
    """The regulated entity, and the transcription units of the binding site."""
    entities = record.texts("REGULATED-ENTITY")
    for site in record.texts("ASSOCIATED-BINDING-SITE"):
        known = world.dnabindsites.get(site)
        owners = known.texts("COMPONENT-OF") if known else []
        entities += [owner for owner in owners if owner in world.transunits]
    return entities


def _sigma(world: World) -> Iterator[Statement]:
    """Sigma factors activate what their promoters transcribe.

    Older releases say it at the promoter (BINDS-SIGMA-FACTOR), newer ones at the protein
    (RECOGNIZED-PROMOTERS).
    """
    pairs = [
        (sigma, promoter, record)
        for promoter, record in world.promoters.items()
        for sigma in record.texts("BINDS-SIGMA-FACTOR")
    ] + [
        (protein, promoter, world.promoters.get(promoter, record))
        for protein, record in world.proteins.items()
        for promoter in record.texts("RECOGNIZED-PROMOTERS")
    ]
    for sigma, promoter, record in pairs:
        for regulator in world.regulator_genes(sigma):
            for target in world.target_genes([promoter]):
                yield regulator, target, "sigma", "activation", pubmed_ids(record)


def pubmed_ids(record: Record) -> list[str]:
    """PubMed ids of the citations (``PMID:EVIDENCE:date:curator`` or ``[PMID]``)."""
    found = (_PUBMED.match(text) for text in record.texts("CITATIONS"))
    return [match[1] for match in found if match]
