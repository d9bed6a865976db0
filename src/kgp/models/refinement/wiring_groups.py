"""Which regulator acts and which node is acted on, where genes act or are transcribed together."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Groups = Mapping[str, Iterable[str]]

SIGNALLING = "signalling"

EDITED_LAYERS = frozenset({"transcriptional", "sigma"})
"""Layers that transcripts can refute. Regulation of translation changes how much of a gene there
is, so walks count it, but it need not change the transcript: it is never edited."""


class Regulation(NamedTuple):
    """One statement of a network; ``sign`` is 0 where the effect is dual or unknown."""

    src: str
    dst: str
    sign: int
    layer: str


@dataclass(frozen=True, slots=True)
class Folding:
    """How genes become the nodes between which edges are searched.

    Attributes:
        owner: statement → the complex that it is a statement about.
        complexes: complex → genes of its subunits, for complexes that regulate.
        units: unit → its genes that are one target.
        unit_of: gene → its unit.
        mates: gene → all genes that are transcribed together with it.
    """

    owner: Mapping[Regulation, str]
    complexes: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, ...]]
    unit_of: Mapping[str, str]
    mates: Mapping[str, frozenset[str]]

    def source(self, row: Regulation) -> str:
        """Return the node that regulates."""
        return self.owner.get(row, row.src)

    def target(self, row: Regulation) -> str:
        """Return the node that is regulated: a signal reaches activity, not the transcript."""
        return active(row.dst) if row.layer == SIGNALLING else self.unit_of.get(row.dst, row.dst)

    def is_self_loop(self, row: Regulation) -> bool:
        """Tell whether a regulator acts on itself, or a complex on a gene of its own."""
        return row.src == row.dst or row.dst in self.complexes.get(self.source(row), ())


def active(gene: str) -> str:
    """Return the name of the node that stands for the activity of a gene's product."""
    return f"active:{gene}"


def fold(
    rows: Sequence[Regulation], genes: Iterable[str], complexes: Groups, units: Groups
) -> Folding:
    """Say which statements are about complexes, and which genes are one target.

    Raises:
        BadInputError: if a gene is in two units.
    """
    known = set(genes)
    members = {name: tuple(sorted(set(group))) for name, group in complexes.items()}
    owner = _claimed(rows, members)
    acting = set(owner.values()) | {row.src for row in rows}
    members = {name: members[name] for name in sorted(members) if name in acting}
    whole = _disjoint(units, known)
    alone = _own_regulators(rows, owner, members, whole)
    targets = {name: tuple(g for g in group if g not in alone) for name, group in whole.items()}
    targets = {name: group for name, group in targets.items() if len(group) > 1}
    unit_of = {gene: name for name, group in targets.items() for gene in group}
    mates = {g: frozenset(group) - {g} for group in whole.values() for g in group}
    return Folding(owner, members, targets, unit_of, mates)


def _claimed(
    rows: Iterable[Regulation], members: Mapping[str, Sequence[str]]
) -> dict[Regulation, str]:
    """Give what all subunits of a complex state alike to the complex, the largest complex first."""
    free = defaultdict[str, set[tuple[str, int, str]]](set)
    for row in rows:
        if row.sign:
            free[row.src].add(row[1:])
    owner: dict[Regulation, str] = {}
    for name, group in sorted(members.items(), key=lambda item: (-len(item[1]), item[0])):
        if len(group) < 2 or not all(gene in free for gene in group):
            continue
        shared = set.intersection(*(free[gene] for gene in group))
        for gene in group:
            free[gene] -= shared
            owner.update((Regulation(gene, *rest), name) for rest in shared)
    return owner


def _disjoint(units: Groups, known: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the known genes of each unit, sorted, of units with several."""
    groups = {name: tuple(sorted(known & set(units[name]))) for name in sorted(units)}
    seen = Counter(gene for group in groups.values() for gene in group)
    twice = next((gene for gene, times in sorted(seen.items()) if times > 1), None)
    if twice is not None:
        both = [name for name, group in groups.items() if twice in group]
        raise BadInputError(
            f"The gene {twice} is in the transcription units {', '.join(both)}",
            hint="Units must not overlap; groups.split_units parts those that do",
        )
    return {name: group for name, group in groups.items() if len(group) > 1}


def _own_regulators(
    rows: Iterable[Regulation],
    owner: Mapping[Regulation, str],
    members: Mapping[str, Sequence[str]],
    units: Mapping[str, Sequence[str]],
) -> set[str]:
    """Return genes that regulate others of their own unit.

    Within the unit, they would be seen to act on themselves.
    """
    unit_of = {gene: name for name, group in units.items() for gene in group}

    def acting(row: Regulation) -> Iterator[str]:
        complex_ = owner.get(row, row.src)
        if row.dst not in members.get(complex_, ()):
            yield from members.get(complex_, (row.src,))

    return {
        gene
        for row in rows
        if row.sign and row.layer != SIGNALLING and row.dst in unit_of
        for gene in acting(row)
        if gene != row.dst and unit_of.get(gene) == unit_of[row.dst]
    }
