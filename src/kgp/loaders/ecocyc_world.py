"""The frames of a Pathway Tools database that regulation is read from, and their links."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kgp.loaders.attribute_values import Record, read_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

FILES = (
    "genes",
    "proteins",
    "protligandcplxes",
    "transunits",
    "promoters",
    "dnabindsites",
    "regulation",
)

Frames = dict[str, Record]


@dataclass(frozen=True)
class World:
    """Frame id → record, per file; ``proteins`` include those bound to ligands."""

    genes: Frames
    proteins: Frames
    transunits: Frames
    promoters: Frames
    dnabindsites: Frames
    regulation: Frames

    @cached_property
    def units_of(self) -> Mapping[str, list[str]]:
        """Component (gene, promoter, site) → transcription units that contain it."""
        units = defaultdict(list)
        for unit, record in self.transunits.items():
            for component in record.texts("COMPONENTS"):
                units[component].append(unit)
        return units

    def unit_genes(self, unit: str) -> list[str]:
        """Genes of a transcription unit: its components that genes.dat knows."""
        record = self.transunits.get(unit)
        components = record.texts("COMPONENTS") if record else []
        return [component for component in components if component in self.genes]

    def regulator_genes(self, protein: str) -> list[str]:
        """Genes of a regulator, through subunits and unmodified forms; ligands have none.

        A heteromer gives the genes of all its subunits.
        """
        found: dict[str, None] = {}
        seen: set[str] = set()
        pending = [protein]
        while pending:
            frame = pending.pop(0)
            if frame in seen:
                continue
            seen.add(frame)
            if frame in self.genes:
                found[frame] = None
            record = self.proteins.get(frame)
            if record is not None:
                found.update((gene, None) for gene in record.texts("GENE") if gene in self.genes)
                pending += record.texts("COMPONENTS") + record.texts("UNMODIFIED-FORM")
        return list(found)

    def target_genes(self, entities: Iterable[str]) -> list[str]:
        """Genes of regulated entities: promoters, transcription units, sites or genes."""
        found: dict[str, None] = {}
        for entity in entities:
            if entity in self.genes:
                found[entity] = None
                continue
            units = [entity] if entity in self.transunits else self.units_of.get(entity, [])
            for unit in units:
                found.update(dict.fromkeys(self.unit_genes(unit)))
        return list(found)


def read_world(inputs: Mapping[str, Path], tally: Tally) -> World:
    """Read the files; a record without id, or with one already seen, is dropped and counted."""
    frames = {name: _frames(inputs.get(name), tally) for name in FILES}
    proteins = frames.pop("protligandcplxes") | frames.pop("proteins")
    return World(proteins=proteins, **frames)


def _frames(path: Path | None, tally: Tally) -> Frames:
    frames: Frames = {}
    for record in read_records(path) if path else ():
        tally.read()
        frame = record.first("UNIQUE-ID")
        where = f"{frame} ({path.name if path else ''} line {record.line})".strip()
        if not frame:
            tally.drop("record without UNIQUE-ID", example=where)
        elif frame in frames:
            tally.drop("frame listed twice", example=where)
        else:
            frames[frame] = record
    return frames
