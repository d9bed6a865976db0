"""The frames of a Pathway Tools database that regulation is read from, and their links."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kgp.loaders.pathway_tools.values import Record, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.kg_schema.tally import Tally

_NAMES = ("UNIQUE-ID", "COMMON-NAME", "SYNONYMS")
_PRODUCT = (*_NAMES, "GENE", "COMPONENTS", "UNMODIFIED-FORM", "RECOGNIZED-PROMOTERS", "CITATIONS")

FILES: dict[str, tuple[str, ...]] = {
    "genes": (
        *_NAMES,
        "ACCESSION-1",
        "ACCESSION-2",
        "DBLINKS",
        "LEFT-END-POSITION",
        "RIGHT-END-POSITION",
        "TRANSCRIPTION-DIRECTION",
    ),
    "proteins": _PRODUCT,
    "protligandcplxes": _PRODUCT,
    "rnas": _PRODUCT,
    "transunits": (*_NAMES, "COMPONENTS"),
    "promoters": ("UNIQUE-ID", "BINDS-SIGMA-FACTOR", "PROMOTER-BOXES", "CITATIONS"),
    "dnabindsites": ("UNIQUE-ID", "COMPONENT-OF", "ABS-CENTER-POS"),
    "regulation": (
        "UNIQUE-ID",
        "TYPES",
        "REGULATOR",
        "REGULATED-ENTITY",
        "MODE",
        "ASSOCIATED-BINDING-SITE",
        "DOWNSTREAM-GENES-ONLY?",
        "CITATIONS",
    ),
}
"""Files → the attributes that are kept of their records."""

_PRODUCTS = ("rnas", "protligandcplxes", "proteins")
"""Files of gene products and what these bind to; of two frames of one id the last one counts."""

_FRAME = re.compile(r"[^\s\x00-\x1f\x7f]+")
_COEFFICIENT = "COEFFICIENT"

Frames = dict[str, Record]


@dataclass(frozen=True)
class World:
    """Frame id → record, per file.

    Args:
        genes: genes.
        products: proteins, complexes, forms bound to ligands, and RNAs.
        transunits: transcription units.
        promoters: promoters.
        dnabindsites: binding sites.
        regulation: statements of who regulates what.
    """

    genes: Frames
    products: Frames
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

    @cached_property
    def promoters_of_box(self) -> Mapping[str, list[str]]:
        """Promoter box → promoters; newer databases say that a sigma factor recognises boxes."""
        promoters = defaultdict(list)
        for promoter, record in self.promoters.items():
            for box in record.texts("PROMOTER-BOXES"):
                promoters[box].append(promoter)
        return promoters

    def unit_genes(self, unit: str) -> list[str]:
        """Genes of a transcription unit: its components that genes.dat knows."""
        record = self.transunits.get(unit)
        components = record.texts("COMPONENTS") if record else []
        return [component for component in components if component in self.genes]

    def regulator_genes(self, product: str) -> list[str]:
        """Genes of a regulator, through subunits and unmodified forms; ligands have none.

        A heteromer gives the genes of all its subunits.
        """
        found: dict[str, None] = {}
        for frame in self._forms(product):
            record = self.products.get(frame)
            genes = [frame, *(record.texts("GENE") if record else ())]
            found.update((gene, None) for gene in genes if gene in self.genes)
        return list(found)

    def _forms(self, product: str) -> list[str]:
        """A product with all that it consists of or is a form of, each once, breadth first."""
        forms = {product: None}
        pending = [product]
        for frame in pending:
            record = self.products.get(frame)
            parts = record.texts("COMPONENTS") + record.texts("UNMODIFIED-FORM") if record else []
            fresh = [part for part in dict.fromkeys(parts) if part not in forms]
            forms.update(dict.fromkeys(fresh))
            pending += fresh
        return list(forms)

    def complex_of(self, product: str) -> str:
        """The complex that a regulator is, without ligands and modifications; empty if none."""
        seen: set[str] = set()
        while product not in seen:
            seen.add(product)
            record = self.products.get(product)
            if record is None:
                return ""
            parts = [part for part in record.texts("COMPONENTS") if self.regulator_genes(part)]
            bare = record.texts("UNMODIFIED-FORM")
            if bare:
                product = bare[0]
            elif len(parts) == 1 and len(record.texts("COMPONENTS")) > 1:
                product = parts[0]  # a protein and its ligands
            else:
                return product if parts else ""
        return ""

    def coefficients(self, product: str, above: frozenset[str] = frozenset()) -> dict[str, int]:
        """Copies of each gene's product in a complex, where every step down states a number."""
        record = self.products.get(product)
        counts: dict[str, int] = defaultdict(int)
        if record is None or product in above:
            return counts
        counts.update(dict.fromkeys((g for g in record.texts("GENE") if g in self.genes), 1))
        unknown: set[str] = set()
        for part in record.values("COMPONENTS"):
            stated = part.annotations.get(_COEFFICIENT, [""])[0]
            inner = self.coefficients(part.text.strip("| "), above | {product})
            for gene in inner:
                if stated.isascii() and stated.isdecimal() and len(stated) < 4:
                    counts[gene] += int(stated) * inner[gene]
                else:
                    unknown.add(gene)
        return {gene: n for gene, n in counts.items() if gene not in unknown}

    def targets(self, entity: str) -> dict[str, bool]:
        """Genes of a regulated entity → whether all units that the entity stands for hold them.

        The entity is a gene, the product of one, a transcription unit, or a promoter or site in
        one or several units.
        """
        if entity in self.genes:
            return {entity: True}
        if entity in self.products:
            return dict.fromkeys(self.regulator_genes(entity), True)
        units = [entity] if entity in self.transunits else self.units_of.get(entity, [])
        holding = [self.unit_genes(unit) for unit in units]
        found = dict.fromkeys(gene for genes in holding for gene in genes)
        return {gene: all(gene in genes for genes in holding) for gene in found}


def read_world(inputs: Mapping[str, Path], tally: Tally) -> World:
    """Read the files; a record that cannot be used is dropped and counted."""
    frames = {name: _frames(name, inputs.get(name), tally) for name in FILES}
    products: Frames = {}
    for name in _PRODUCTS:
        products |= frames.pop(name)
    return World(products=products, **frames)


def _frames(name: str, path: Path | None, tally: Tally) -> Frames:
    frames: Frames = {}
    for record in read_records(path, FILES[name]) if path else ():
        tally.read()
        frame = record.first("UNIQUE-ID")
        where = f"{frame} ({path.name if path else ''} line {record.stray or record.line})".strip()
        if not frame:
            tally.drop("record without UNIQUE-ID", example=where)
        elif not _FRAME.fullmatch(frame):
            tally.drop("UNIQUE-ID is not an identifier", example=repr(where))
        elif record.stray:
            tally.drop("a line is no attribute", example=where)
        elif frame in frames:
            tally.drop("frame listed twice", example=where)
        else:
            frames[frame] = record
    return frames
