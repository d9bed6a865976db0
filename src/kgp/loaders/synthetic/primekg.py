"""A kg.csv in PrimeKG's layout and proportions, of any size, from one seed.

Node counts and the share of each relation are those of PrimeKG (129,375 nodes; 8,100,498 rows in
both directions). Ends are drawn with a preference for few nodes, as in real graphs; names and
links mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from pathlib import Path

FULL_ROWS = 8_100_498
BLOCK_PAIRS = 100_000
_SKEW = 2.0
_GO = "GO"


@dataclass(frozen=True, slots=True)
class _Kind:
    """Nodes of one type: PrimeKG's name and source, their number and the form of their ids."""

    name: str
    source: str
    count: int
    id_form: str = "{}"


_KINDS = {
    "bioprocess": _Kind("biological_process", _GO, 28_642),
    "protein": _Kind("gene/protein", "NCBI", 27_671),
    "disease": _Kind("disease", "MONDO", 17_080),
    "phenotype": _Kind("effect/phenotype", "HPO", 15_311),
    "anatomy": _Kind("anatomy", "UBERON", 14_035),
    "molfunc": _Kind("molecular_function", _GO, 11_169),
    "drug": _Kind("drug", "DrugBank", 7_957, "DB{}"),
    "cellcomp": _Kind("cellular_component", _GO, 4_176),
    "pathway": _Kind("pathway", "REACTOME", 2_516, "R-HSA-{}"),
    "exposure": _Kind("exposure", "CTD", 818, "D{}"),
}

_RELATIONS = (
    ("anatomy_protein_present", "expression present", "anatomy", "protein", 3_036_406),
    ("drug_drug", "synergistic interaction", "drug", "drug", 2_672_628),
    ("protein_protein", "ppi", "protein", "protein", 642_150),
    ("disease_phenotype_positive", "phenotype present", "disease", "phenotype", 300_634),
    ("bioprocess_protein", "interacts with", "bioprocess", "protein", 289_610),
    ("cellcomp_protein", "interacts with", "cellcomp", "protein", 166_804),
    ("disease_protein", "associated with", "disease", "protein", 160_822),
    ("molfunc_protein", "interacts with", "molfunc", "protein", 139_060),
    ("drug_effect", "side effect", "drug", "phenotype", 129_568),
    ("bioprocess_bioprocess", "parent-child", "bioprocess", "bioprocess", 105_772),
    ("pathway_protein", "interacts with", "pathway", "protein", 85_292),
    ("disease_disease", "parent-child", "disease", "disease", 64_388),
    ("contraindication", "contraindication", "drug", "disease", 61_350),
    ("drug_protein", "target", "drug", "protein", 51_306),
    ("anatomy_protein_absent", "expression absent", "anatomy", "protein", 39_774),
    ("phenotype_phenotype", "parent-child", "phenotype", "phenotype", 37_472),
    ("anatomy_anatomy", "parent-child", "anatomy", "anatomy", 28_064),
    ("molfunc_molfunc", "parent-child", "molfunc", "molfunc", 27_148),
    ("indication", "indication", "drug", "disease", 18_776),
    ("cellcomp_cellcomp", "parent-child", "cellcomp", "cellcomp", 9_690),
    ("phenotype_protein", "associated with", "phenotype", "protein", 6_660),
    ("off-label use", "off-label use", "drug", "disease", 5_136),
    ("pathway_pathway", "parent-child", "pathway", "pathway", 5_070),
    ("exposure_disease", "linked to", "exposure", "disease", 4_608),
    ("exposure_exposure", "parent-child", "exposure", "exposure", 4_140),
    ("exposure_bioprocess", "interacts with", "exposure", "bioprocess", 3_250),
    ("exposure_protein", "interacts with", "exposure", "protein", 2_424),
    ("disease_phenotype_negative", "phenotype absent", "disease", "phenotype", 2_386),
    ("exposure_molfunc", "interacts with", "exposure", "molfunc", 90),
    ("exposure_cellcomp", "interacts with", "exposure", "cellcomp", 20),
)
"""Relation, display relation, types of its ends, rows in PrimeKG."""


def write_primekg(path: Path, n_rows: int = FULL_ROWS, seed: int = 0) -> Path:
    """Write a kg.csv of about ``n_rows`` rows, block by block in flat memory.

    Args:
        path: the file to write.
        n_rows: rows wanted; each pair of nodes makes two. Node counts shrink with it, never grow.
        seed: the same seed gives the same bytes.
    """
    random = np.random.default_rng(seed)
    share = n_rows / FULL_ROWS
    header = True
    with path.open("wb") as file:
        for relation, display, x, y, rows in _RELATIONS:
            left = max(1, round(rows * share / 2))
            while left:
                pairs = min(left, BLOCK_PAIRS)
                block = _block(relation, display, (x, y), pairs, min(1.0, share), random)
                block.write_csv(file, include_header=header)
                header, left = False, left - pairs
    return path


def _block(
    relation: str,
    display: str,
    ends: tuple[str, str],
    pairs: int,
    share: float,
    random: np.random.Generator,
) -> pl.DataFrame:
    """Pairs in both directions, in the twelve columns of kg.csv."""
    drawn = [_draw(end, pairs, share, random) for end in ends]
    both = [
        pl.concat([_end("x", ends[a], drawn[a]), _end("y", ends[b], drawn[b])], how="horizontal")
        for a, b in ((0, 1), (1, 0))
    ]
    labels = (pl.lit(relation).alias("relation"), pl.lit(display).alias("display_relation"))
    return pl.concat(both).select(*labels, pl.all())


def _draw(end: str, n: int, share: float, random: np.random.Generator) -> pl.Series:
    """Draw ``n`` node numbers of a type, low numbers more often."""
    count = max(2, int(_KINDS[end].count * share))
    return pl.Series((random.random(n) ** _SKEW * count).astype(np.int64))


def _end(side: str, end: str, numbers: pl.Series) -> pl.DataFrame:
    kind = _KINDS[end]
    names = list(_KINDS)
    offset = sum(_KINDS[name].count for name in names[: names.index(end)])
    index = pl.col("n") + offset
    identifier = index + 1
    text = pl.format(kind.id_form, identifier) if "{}" != kind.id_form else identifier
    return pl.DataFrame({"n": numbers}).select(
        index.alias(f"{side}_index"),
        text.cast(pl.String).alias(f"{side}_id"),
        pl.lit(kind.name).alias(f"{side}_type"),
        pl.format(f"synthetic {end} {{}}", pl.col("n")).alias(f"{side}_name"),
        pl.lit(kind.source).alias(f"{side}_source"),
    )
