"""Complexes and transcription units of a network: those that sources name, else inferred ones."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from kgp.models.refinement.groups import infer_complexes, infer_operons, mates_of, split_units
from kgp.models.refinement.wiring import Regulation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgp.models.refinement.groups import Locus
    from kgp.platform.grn import EdgeState

    Members = Mapping[str, tuple[str, ...]]

BOUND = 0.9
"""Least probability by STRING's experiments that regulators with equal targets are subunits: of
E. coli's such pairs, IHF, HU and FlhDC have .99, the paralogues galR and galS .74."""

REGULONDB_COMPLEX = "regulondb.complex:"
"""RegulonDB's edges name a complex without its prefix."""


def find_complexes(
    states: Sequence[EdgeState],
    members: Members,
    bound: Mapping[tuple[str, str], float],
    names: Mapping[str, str],
) -> tuple[dict[str, tuple[str, ...]], str]:
    """Return the complexes that may regulate, and what they rest on in words.

    Args:
        states: the edges of a network; their evidence may name the complex.
        members: complexes of the graph with the genes of their subunits.
        bound: pair of genes → probability that experiments saw them bind; empty if not known.
        names: gene → display name.
    """
    regulators = {state.src for state in states}
    known = {
        name: genes
        for name, genes in members.items()
        if name in regulators or (len(genes) > 1 and regulators.issuperset(genes))
    }
    for name, genes in _named(states).items():
        known.setdefault(name, members.get(name, genes))
    alike = infer_complexes(Regulation(s.src, s.dst, s.sign, s.layer) for s in states)
    guessed = {
        name: genes
        for name, genes in alike.items()
        if not any(set(genes) <= set(other) for other in known.values())
        and (not bound or all(bound.get(p, 0.0) >= BOUND for p in combinations(genes, 2)))
    }
    note = f"{len(known):,} complexes of regulators are known"
    if guessed:
        how = "and bind each other in STRING" if bound else "which paralogues may have as well"
        listed = ", ".join("+".join(names.get(g, g) for g in genes) for genes in guessed.values())
        note += f"; {len(guessed):,} are inferred from equal targets, {how}: {listed}"
    return {**known, **guessed}, f"{note}."


def _named(states: Iterable[EdgeState]) -> dict[str, tuple[str, ...]]:
    """Return the complexes that the edges' evidence names, with all regulators of such edges."""
    found = defaultdict[str, set[str]](set)
    for state in states:
        names = list(state.evidence.get("complexes", ()))
        if state.evidence.get("complex"):
            names.append(REGULONDB_COMPLEX + state.evidence["complex"])
        for name in names:
            found[name].add(state.src)
    return {name: tuple(sorted(genes)) for name, genes in sorted(found.items()) if len(genes) > 1}


def find_units(
    rows: Sequence[Regulation], members: Members, loci: Sequence[Locus], genes: set[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, frozenset[str]], str]:
    """Return disjoint units, the mates of each gene, and what they rest on in words.

    Args:
        rows: the statements of the network.
        members: transcription units of the graph with their genes.
        loci: genes of the graph whose place on the chromosome is known.
        genes: the genes of the network.
    """
    if any(genes & set(group) for group in members.values()):
        known, origin = dict(members), f"{len(members):,} transcription units of the graph"
    else:
        placed = sum(locus.gene in genes for locus in loci)
        if not placed:
            return {}, {}, "No transcription units and no coordinates: each gene stands alone."
        known = infer_operons(loci, rows)
        origin = f"coordinates of {placed:,} of the network's {len(genes):,} genes"
    inside = {name: tuple(gene for gene in group if gene in genes) for name, group in known.items()}
    units = split_units(inside)
    note = f"{len(units):,} groups of genes that are transcribed together, from the {origin}."
    return units, mates_of(known), note
