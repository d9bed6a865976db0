"""Who regulates what in a Pathway Tools database: statements about pairs of genes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.loaders.ecocyc.edges import EFFECT_OF_MODE, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.kg_schema.tally import Tally
    from kgp.loaders.ecocyc.world import World
    from kgp.loaders.pathway_tools.values import Record


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a class of regulation.dat says.

    Args:
        layer: layer of the regulation.
        mechanism: how it regulates, where it is not a protein at a promoter.
    """

    layer: str
    mechanism: str = ""


_TRANSCRIPTIONAL, _TRANSLATIONAL = "transcriptional", "translational"

MEANINGS: dict[str, Meaning] = {
    "Transcription-Factor-Binding": Meaning(_TRANSCRIPTIONAL),
    "Allosteric-Regulation-of-RNAP": Meaning(_TRANSCRIPTIONAL, "allosteric, RNA polymerase"),
    "RNA-Mediated-Translation-Regulation": Meaning(_TRANSLATIONAL, "sRNA"),
    "Protein-Mediated-Translation-Regulation": Meaning(_TRANSLATIONAL, "protein"),
    "Compound-Mediated-Translation-Regulation": Meaning(_TRANSLATIONAL, "compound"),
    "Regulation-of-Translation": Meaning(_TRANSLATIONAL),
    "Regulation-of-Transcription-Initiation": Meaning(_TRANSCRIPTIONAL),
    "Regulation-of-Transcription": Meaning(_TRANSCRIPTIONAL),
}
"""Classes of regulation.dat that say how much of a gene is expressed, the most specific first.

A small RNA acts on an mRNA, so its regulation is translational, with ``sRNA`` as its mechanism: a
layer of its own would part it from the proteins that act at the same place.
"""

_ATTENUATION = re.compile(r"Attenuation|Antitermination")
_PUBMED = re.compile(r"^\[?(\d+)\b")
_CODE = re.compile(r"\bEV-[A-Z0-9-]+")


def statements(world: World, tally: Tally) -> Iterator[Statement]:
    """Yield what regulation.dat and the promoters' sigma factors say, gene by gene.

    A promoter stands for the genes of all transcription units that contain it. One pair comes as
    often as it is stated: for each site, promoter and mode. A record that adds no pair to those
    before it counts as merged.
    """
    known: set[tuple[str, str, str]] = set()
    for frame, record in world.regulation.items():
        found = list(_of_record(world, record))
        if not found:
            tally.drop(_why_nothing(world, record), example=f"{frame} (line {record.line})")
            continue
        pairs = {statement.key for statement in found}
        tally.merge(int(pairs <= known))
        known |= pairs
        yield from found
    yield from _sigma(world)


def _of_record(world: World, record: Record) -> Iterator[Statement]:
    meaning = _meaning(record)
    mode = record.first("MODE")
    if meaning is None or mode not in EFFECT_OF_MODE:
        return
    pubmed, codes = pubmed_ids(record), evidence_codes(record)
    targets = _targets(world, record)
    for src, complex_ in _regulators(world, record.first("REGULATOR")):
        for gene, shared in targets.items():
            yield Statement(
                src,
                f"ecocyc:{gene}",
                meaning.layer,
                EFFECT_OF_MODE[mode],
                pubmed,
                codes,
                meaning.mechanism,
                complex_,
                shared,
            )


def _meaning(record: Record) -> Meaning | None:
    types = record.texts("TYPES")
    return next((meaning for name, meaning in MEANINGS.items() if name in types), None)


def _why_nothing(world: World, record: Record) -> str:
    """Why a regulation says nothing about the expression of a gene."""
    kind = record.first("TYPES") or "no type"
    if _ATTENUATION.search(kind):
        return f"attenuation of transcription: {kind}"
    if _meaning(record) is None:
        return f"not regulation of expression: {kind}"
    if record.first("MODE") not in EFFECT_OF_MODE:
        return "mode is neither + nor -"
    if not world.regulator_genes(record.first("REGULATOR")):
        return "regulator has no gene"
    return "regulated entity has no gene"


def _regulators(world: World, product: str) -> list[tuple[str, str]]:
    """Gene and, where the genes of several subunits act as one, the complex that they make."""
    genes = world.regulator_genes(product)
    complex_ = world.complex_of(product) if len(genes) > 1 else ""
    return [(f"ecocyc:{gene}", f"ecocyc:{complex_}" if complex_ else "") for gene in genes]


def _targets(world: World, record: Record) -> dict[str, tuple[str, ...]]:
    """Regulated genes → the promoters that alone, and by some of their units only, reach them."""
    found: dict[str, tuple[str, ...]] = {}
    for entity in _entities(world, record):
        for gene, certain in world.targets(entity).items():
            doubt = () if certain else (*found.get(gene, ("",)), entity)
            found[gene] = tuple(p for p in doubt if p) if found.get(gene, True) else ()
    if record.first("DOWNSTREAM-GENES-ONLY?") == "T":
        return {gene: shared for gene, shared in found.items() if _downstream(world, record, gene)}
    return found


def _entities(world: World, record: Record) -> list[str]:
    """The regulated entity, and the transcription units of the binding site."""
    entities = record.texts("REGULATED-ENTITY")
    for site in record.texts("ASSOCIATED-BINDING-SITE"):
        known = world.dnabindsites.get(site)
        owners = known.texts("COMPONENT-OF") if known else []
        entities += [owner for owner in owners if owner in world.transunits]
    return list(dict.fromkeys(entities))


def _downstream(world: World, record: Record, gene: str) -> bool:
    """Tell whether a gene ends behind the sites of a regulation; true where that is not known."""
    positions = [
        float(text)
        for site in record.texts("ASSOCIATED-BINDING-SITE")
        if (known := world.dnabindsites.get(site))
        and re.fullmatch(r"\d{1,12}(\.\d*)?", text := known.first("ABS-CENTER-POS"))
    ]
    frame = world.genes[gene]
    forward = frame.first("TRANSCRIPTION-DIRECTION") != "-"
    end = frame.first("RIGHT-END-POSITION" if forward else "LEFT-END-POSITION")
    if not positions or not re.fullmatch(r"\d{1,12}", end):
        return True
    return any(float(end) > p if forward else float(end) < p for p in positions)


def _sigma(world: World) -> Iterator[Statement]:
    """Sigma factors activate what their promoters transcribe.

    Older releases say it at the promoter (BINDS-SIGMA-FACTOR), newer ones at the protein
    (RECOGNIZED-PROMOTERS: promoters, or boxes of promoters).
    """
    pairs = [
        (sigma, promoter, record)
        for promoter, record in world.promoters.items()
        for sigma in record.texts("BINDS-SIGMA-FACTOR")
    ] + [
        (protein, promoter, world.promoters.get(promoter, record))
        for protein, record in world.products.items()
        for frame in record.texts("RECOGNIZED-PROMOTERS")
        for promoter in world.promoters_of_box.get(frame, [frame])
    ]
    for sigma, promoter, record in pairs:
        pubmed, codes = pubmed_ids(record), evidence_codes(record)
        for src, complex_ in _regulators(world, sigma):
            for gene, certain in world.targets(promoter).items():
                shared = () if certain else (promoter,)
                dst, effect = f"ecocyc:{gene}", "activation"
                yield Statement(src, dst, "sigma", effect, pubmed, codes, "", complex_, shared)


def pubmed_ids(record: Record) -> tuple[str, ...]:
    """PubMed ids of the citations (``PMID:EVIDENCE:date:curator`` or ``[PMID]``)."""
    found = (_PUBMED.match(text) for text in record.texts("CITATIONS"))
    return tuple(match[1] for match in found if match)


def evidence_codes(record: Record) -> tuple[str, ...]:
    """Evidence codes of the citations: EV-EXP… for experiments, EV-COMP… for computation."""
    return tuple(code for text in record.texts("CITATIONS") for code in _CODE.findall(text))
