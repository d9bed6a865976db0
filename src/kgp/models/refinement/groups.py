"""Which genes act together or are transcribed together, where no source says so."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kgp.models.refinement.wiring_groups import Regulation

LEAST_TARGETS = 5
"""Fewest common targets of subunits; two small regulons are alike by chance."""

LARGEST_GAP = 50
"""Most base pairs between neighbours of one operon (Salgado et al. 2000, PNAS 97:6652: distances
within operons of E. coli peak below; Price et al. 2005, Nucleic Acids Res 33:880)."""

FARTHEST = 300
"""Most base pairs between neighbours that have the same regulators."""

_SEVERAL = 2
"""Fewest regulators that make two genes alike; many have nothing but the same sigma factor."""


class Locus(NamedTuple):
    """Where a gene lies: first and last base, 1-based, and strand ``+`` or ``-``."""

    gene: str
    left: int
    right: int
    strand: str


def infer_complexes(
    rows: Iterable[Regulation], min_targets: int = LEAST_TARGETS
) -> dict[str, tuple[str, ...]]:
    """Return groups of regulators whose statements are identical: target, sign and layer.

    Sources that list a complex once for each subunit give such groups: ihfA and ihfB share all
    234 targets of EcoCyc's export, flhC and flhD 93. It is a guess: paralogues with one regulon
    that replace each other (the small RNAs omrA and omrB, or the repressors galR and galS) look
    the same, and for them loss of one is not loss of both.

    Args:
        rows: the statements of a network, those without a sign too.
        min_targets: fewest targets of such a group.

    Returns:
        Name → genes, sorted.
    """
    stated = defaultdict[str, set[tuple[str, int, str]]](set)
    for row in rows:
        stated[row.src].add(row[1:])
    alike = defaultdict[frozenset[tuple[str, int, str]], list[str]](list)
    for gene, said in sorted(stated.items()):
        alike[frozenset(said)].append(gene)
    groups = [
        tuple(group)
        for said, group in alike.items()
        if len(group) > 1 and len({dst for dst, *_rest in said}) >= min_targets
    ]
    return {f"inferred-complex:{'+'.join(group)}": group for group in sorted(groups)}


def infer_operons(
    loci: Iterable[Locus],
    rows: Iterable[Regulation] = (),
    max_gap: int = LARGEST_GAP,
) -> dict[str, tuple[str, ...]]:
    """Return runs of adjacent genes of one strand that are probably transcribed together.

    Neighbours are joined with at most ``max_gap`` bp between them, or up to ``FARTHEST`` where
    the network gives both the same regulators, several of them: lacZ and lacY lie 51 bp apart,
    araA and araD 284. Of E. coli's neighbours within 50 bp 63 % have exactly the same regulators
    in EcoCyc, from 51 to 100 bp 28 %. Promoters within an operon are not seen. All genes are
    taken to lie on one replicon, whose origin no operon spans.

    Args:
        loci: all genes of the genome, also those that no network knows: they are neighbours.
        rows: statements about these genes.
        max_gap: most base pairs between the end of a gene and the begin of the next.

    Returns:
        Name → genes by position, for runs of several genes.
    """
    regulators = defaultdict[str, set[tuple[str, int]]](set)
    for row in rows:
        regulators[row.dst].add((row.src, row.sign))
    ordered = sorted(loci, key=lambda locus: (locus.left, locus.right, locus.gene))
    runs: list[list[str]] = [[ordered[0].gene]] if ordered else []
    for before, here in pairwise(ordered):
        shared = regulators.get(here.gene, set())
        alike = len(shared) >= _SEVERAL and shared == regulators.get(before.gene)
        reach = max(max_gap, FARTHEST) if alike else max_gap
        if before.strand == here.strand and here.left - before.right - 1 <= reach:
            runs[-1].append(here.gene)
        else:
            runs.append([here.gene])
    return {f"operon:{run[0]}+{len(run) - 1}": tuple(run) for run in runs if len(run) > 1}


def split_units(units: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Part transcription units that overlap into groups of genes that are in the same units.

    A promoter within an operon makes a second unit of its last genes only; what regulates it
    does not regulate the first genes. Genes that are in the same units are always transcribed
    together.

    Returns:
        Names of the units, joined → genes, sorted, for groups of several genes.
    """
    units_of = defaultdict[str, list[str]](list)
    for name in sorted(units):
        for gene in dict.fromkeys(units[name]):
            units_of[gene].append(name)
    groups = defaultdict[tuple[str, ...], list[str]](list)
    for gene, names in sorted(units_of.items()):
        groups[tuple(names)].append(gene)
    return {"|".join(names): tuple(group) for names, group in groups.items() if len(group) > 1}


def mates_of(units: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Return, by gene, all other genes that share any transcription unit with it."""
    together = defaultdict[str, set[str]](set)
    for group in map(frozenset, units.values()):
        for gene in group:
            together[gene] |= group - {gene}
    return {gene: frozenset(others) for gene, others in sorted(together.items())}
