"""How many nodes and pairs a world has: PrimeKG's counts, or a fraction of them.

At full size the counts are PrimeKG's own: 129,375 nodes of ten types and 4,050,249 pairs of
thirty relations, each listed in both directions. Below it, pairs shrink in proportion and nodes
more slowly, so that no relation becomes complete; but never beyond what its pairs can reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from kgp.errors import UsageError
from kgp.loaders.primekg.counts import FULL_ROWS, NODE_COUNTS, ROW_COUNTS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FULL_ROWS", "KINDS", "RELATIONS", "NodeKind", "PairKind", "Plan", "make_plan"]

_SPARSENESS = 0.4
"""Nodes per square root of the share; smaller makes small worlds denser."""


@dataclass(frozen=True, slots=True)
class NodeKind:
    """Nodes of one type.

    Args:
        name: PrimeKG's ``x_type``.
        source: PrimeKG's ``x_source``.
        form: the id of node ``i``, from its number ``first + i``.
        first: number of the first node; beyond what the source itself has given out.
        cover: relation in which every node of this type appears.
    """

    name: str
    source: str
    form: str
    first: int
    cover: str


@dataclass(frozen=True, slots=True)
class PairKind:
    """One relation: the kinds of its ends and its display relations."""

    x: str
    y: str
    displays: tuple[str, ...]


KINDS: Mapping[str, NodeKind] = {
    "bioprocess": NodeKind("biological_process", "GO", "{}", 9_000_000, "bioprocess_protein"),
    "protein": NodeKind("gene/protein", "NCBI", "{}", 900_000_000, "protein_protein"),
    "disease": NodeKind("disease", "MONDO", "{}", 9_000_000, "disease_phenotype_positive"),
    "phenotype": NodeKind("effect/phenotype", "HPO", "{}", 9_000_000, "disease_phenotype_positive"),
    "anatomy": NodeKind("anatomy", "UBERON", "{}", 9_000_000, "anatomy_protein_present"),
    "molfunc": NodeKind("molecular_function", "GO", "{}", 9_100_000, "molfunc_protein"),
    "drug": NodeKind("drug", "DrugBank", "DB{}", 90_000, "drug_drug"),
    "cellcomp": NodeKind("cellular_component", "GO", "{}", 9_200_000, "cellcomp_protein"),
    "pathway": NodeKind("pathway", "REACTOME", "R-HSA-{}", 90_000_000, "pathway_protein"),
    "exposure": NodeKind("exposure", "CTD", "D{}", 900_000_000, "exposure_disease"),
}

_INTERACTS, _PARENT, _ASSOCIATED = "interacts with", "parent-child", "associated with"

RELATIONS: Mapping[str, PairKind] = {
    "anatomy_protein_present": PairKind("anatomy", "protein", ("expression present",)),
    "drug_drug": PairKind("drug", "drug", ("synergistic interaction",)),
    "protein_protein": PairKind("protein", "protein", ("ppi",)),
    "disease_phenotype_positive": PairKind("disease", "phenotype", ("phenotype present",)),
    "bioprocess_protein": PairKind("bioprocess", "protein", (_INTERACTS,)),
    "cellcomp_protein": PairKind("cellcomp", "protein", (_INTERACTS,)),
    "disease_protein": PairKind("disease", "protein", (_ASSOCIATED,)),
    "molfunc_protein": PairKind("molfunc", "protein", (_INTERACTS,)),
    "drug_effect": PairKind("drug", "phenotype", ("side effect",)),
    "bioprocess_bioprocess": PairKind("bioprocess", "bioprocess", (_PARENT,)),
    "pathway_protein": PairKind("pathway", "protein", (_INTERACTS,)),
    "disease_disease": PairKind("disease", "disease", (_PARENT,)),
    "contraindication": PairKind("drug", "disease", ("contraindication",)),
    "drug_protein": PairKind(
        "drug",
        "protein",
        (
            "target",
            "target",
            "enzyme",
            "carrier",
            "transporter",
        ),
    ),
    "anatomy_protein_absent": PairKind("anatomy", "protein", ("expression absent",)),
    "phenotype_phenotype": PairKind("phenotype", "phenotype", (_PARENT,)),
    "anatomy_anatomy": PairKind("anatomy", "anatomy", (_PARENT,)),
    "molfunc_molfunc": PairKind("molfunc", "molfunc", (_PARENT,)),
    "indication": PairKind("drug", "disease", ("indication",)),
    "cellcomp_cellcomp": PairKind("cellcomp", "cellcomp", (_PARENT,)),
    "phenotype_protein": PairKind("phenotype", "protein", (_ASSOCIATED,)),
    "off-label use": PairKind("drug", "disease", ("off-label use",)),
    "pathway_pathway": PairKind("pathway", "pathway", (_PARENT,)),
    "exposure_disease": PairKind("exposure", "disease", ("linked to",)),
    "exposure_exposure": PairKind("exposure", "exposure", (_PARENT,)),
    "exposure_bioprocess": PairKind("exposure", "bioprocess", (_INTERACTS,)),
    "exposure_protein": PairKind("exposure", "protein", (_INTERACTS,)),
    "disease_phenotype_negative": PairKind("disease", "phenotype", ("phenotype absent",)),
    "exposure_molfunc": PairKind("exposure", "molfunc", (_INTERACTS,)),
    "exposure_cellcomp": PairKind("exposure", "cellcomp", (_INTERACTS,)),
}
"""PrimeKG's relations; a display relation named twice is drawn twice as often."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes of a world.

    Args:
        nodes: kind → number of nodes.
        pairs: relation → number of distinct pairs.
    """

    nodes: Mapping[str, int]
    pairs: Mapping[str, int]

    @property
    def rows(self) -> int:
        """Rows of kg.csv: every pair in both directions."""
        return 2 * sum(self.pairs.values())


def make_plan(rows: int = FULL_ROWS) -> Plan:
    """Plan a graph of about ``rows`` rows; ``FULL_ROWS`` gives PrimeKG's counts exactly.

    Raises:
        UsageError: if ``rows`` is not positive, or larger than PrimeKG.
    """
    if not 0 < rows <= FULL_ROWS:
        raise UsageError(
            f"{rows:,} rows cannot be planned.", hint=f"Expected are 1 to {FULL_ROWS:,}."
        )
    share = rows / FULL_ROWS
    wanted = {name: max(1, round(ROW_COUNTS[name] * share / 2)) for name in RELATIONS}
    nodes = {name: _count(name, share, wanted) for name in KINDS}
    pairs = {name: min(n, possible_pairs(RELATIONS[name], nodes)) for name, n in wanted.items()}
    return Plan(nodes, pairs)


def possible_pairs(relation: PairKind, nodes: Mapping[str, int]) -> int:
    """Number of distinct pairs that a relation can have."""
    n_x, n_y = nodes[relation.x], nodes[relation.y]
    return n_x * (n_x - 1) // 2 if relation.x == relation.y else n_x * n_y


def _count(name: str, share: float, pairs: Mapping[str, int]) -> int:
    """Number of nodes of a kind: no more than the pairs of its cover can reach."""
    kind = KINDS[name]
    shared = sum(other.cover == kind.cover for other in KINDS.values())
    shrunk = round(NODE_COUNTS[kind.name] * min(1.0, max(share, _SPARSENESS * sqrt(share))))
    return max(2, min(shrunk, pairs[kind.cover] // shared))
