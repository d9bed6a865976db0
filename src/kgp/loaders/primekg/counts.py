"""What full PrimeKG holds, and whether a file that claims to be it does.

Counts are those of the release on Harvard Dataverse (129,375 nodes, 8,100,498 rows, each relation
in both directions); node ends are counted by 64-bit hashes, so that memory stays small.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError, UsageError, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CHECKS = ("auto", "full", "none")
"""Option ``check``: compare where the number of rows claims it, always, or never."""

NODE_COUNTS = {
    "anatomy": 14_035,
    "biological_process": 28_642,
    "cellular_component": 4_176,
    "disease": 17_080,
    "drug": 7_957,
    "effect/phenotype": 15_311,
    "exposure": 818,
    "gene/protein": 27_671,
    "molecular_function": 11_169,
    "pathway": 2_516,
}
"""Nodes by PrimeKG's type."""

ROW_COUNTS = {
    "anatomy_anatomy": 28_064,
    "anatomy_protein_absent": 39_774,
    "anatomy_protein_present": 3_036_406,
    "bioprocess_bioprocess": 105_772,
    "bioprocess_protein": 289_610,
    "cellcomp_cellcomp": 9_690,
    "cellcomp_protein": 166_804,
    "contraindication": 61_350,
    "disease_disease": 64_388,
    "disease_phenotype_negative": 2_386,
    "disease_phenotype_positive": 300_634,
    "disease_protein": 160_822,
    "drug_drug": 2_672_628,
    "drug_effect": 129_568,
    "drug_protein": 51_306,
    "exposure_bioprocess": 3_250,
    "exposure_cellcomp": 20,
    "exposure_disease": 4_608,
    "exposure_exposure": 4_140,
    "exposure_molfunc": 90,
    "exposure_protein": 2_424,
    "indication": 18_776,
    "molfunc_molfunc": 27_148,
    "molfunc_protein": 139_060,
    "off-label use": 5_136,
    "pathway_pathway": 5_070,
    "pathway_protein": 85_292,
    "phenotype_phenotype": 37_472,
    "phenotype_protein": 6_660,
    "protein_protein": 642_150,
}
"""Rows by relation, both directions."""

FULL_ROWS = sum(ROW_COUNTS.values())
CLAIM = 0.01
"""A file whose number of rows is within this share of PrimeKG's claims to be PrimeKG."""

_END = ("x_id", "x_type", "x_name", "x_source")
_HELD = 1 << 20


def check_option(check: str) -> str:
    """Return the option ``check`` if it is one.

    Raises:
        UsageError: naming the values.
    """
    if check in CHECKS:
        return check
    raise UsageError(unknown("check", check, CHECKS, command="kgp load primekg … --option check=…"))


@dataclass(slots=True)
class Counts:
    """Nodes by type and rows by relation, collected block by block.

    Only the first end of each row is counted as a node: every row stands in both directions.
    """

    rows: dict[str, int] = field(default_factory=dict)
    _nodes: dict[str, list[pl.Series]] = field(default_factory=dict)

    def add_rows(self, block: pl.DataFrame) -> None:
        """Count the rows of a block of kg.csv or edges.csv."""
        for name, n in block["relation"].value_counts().iter_rows():
            self.rows[name] = self.rows.get(name, 0) + n

    def add_ends(self, block: pl.DataFrame) -> None:
        """Count the nodes at the first ends of a block of kg.csv."""
        self._add_nodes(block.select(type="x_type", key=_key(_END)))

    def add_nodes(self, nodes: pl.DataFrame) -> None:
        """Count the nodes of nodes.csv, one per row."""
        self._add_nodes(nodes.select(type="node_type", key=pl.col("node_index").hash()))

    def _add_nodes(self, nodes: pl.DataFrame) -> None:
        for (name,), part in nodes.unique("key").partition_by("type", as_dict=True).items():
            held = self._nodes.setdefault(str(name), [])
            held.append(part["key"])
            if sum(len(keys) for keys in held) > _HELD:
                held[:] = [pl.concat(held).unique()]

    @property
    def nodes(self) -> dict[str, int]:
        """Distinct nodes by type."""
        return {name: pl.concat(held).n_unique() for name, held in self._nodes.items()}

    def check(self, path: Path) -> None:
        """Compare with full PrimeKG.

        Raises:
            BadInputError: showing every count that differs.
        """
        check_counts(path, "nodes", self.nodes, NODE_COUNTS)
        check_counts(path, "rows", self.rows, ROW_COUNTS)

    def claims_all(self) -> bool:
        """Tell whether there are about as many rows as PrimeKG has."""
        return abs(sum(self.rows.values()) - FULL_ROWS) <= CLAIM * FULL_ROWS


def check_counts(path: Path, what: str, found: Mapping[str, int], full: Mapping[str, int]) -> None:
    """Compare counts by name.

    Raises:
        BadInputError: showing, for every name that differs, what is expected and what was found.
    """
    names = sorted(name for name in {*found, *full} if found.get(name, 0) != full.get(name, 0))
    if not names:
        return
    expected = ", ".join(f"{name} {full.get(name, 0):,}" for name in names)
    counted = ", ".join(f"{name} {found.get(name, 0):,}" for name in names)
    total = sum(found.values())
    raise BadInputError(
        f"{path} is not the whole of PrimeKG: {total:,} {what}, not {sum(full.values()):,}.\n"
        f"Expected: {expected}\nFound:    {counted}",
        hint="If it is another graph in PrimeKG's layout, give it a title; if it is PrimeKG, the "
        "download is damaged or of another release.",
        command=f"kgp load primekg {path.name} --option title='…', or --option check=none",
    )


def _key(columns: tuple[str, ...]) -> pl.Expr:
    """One 64-bit hash of several text columns."""
    hashes = [pl.col(name).hash(seed) for seed, name in enumerate(columns, start=1)]
    mixed = hashes[0]
    for other in hashes[1:]:
        mixed = mixed ^ other
    return mixed
