"""Small worlds with complexes, units and signals, and what they do, worked out gene by gene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from kgp.models.refinement.wiring import Regulation

if TYPE_CHECKING:
    from collections.abc import Iterator

GENES = tuple("abcdef")
_LAYERS = ("transcriptional", "transcriptional", "sigma", "translational", "signalling")


@dataclass(frozen=True)
class World:
    """Statements about genes, one complex and one unit, either of them perhaps empty."""

    rows: tuple[Regulation, ...]
    complex: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    experiment: dict[str, int] = field(default_factory=dict)

    @property
    def complexes(self) -> dict[str, tuple[str, ...]]:
        return {"C": self.complex} if self.complex else {}

    @property
    def units(self) -> dict[str, tuple[str, ...]]:
        return {"U": self.unit} if self.unit else {}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Any world of six genes; the subunits of a complex share most of what they regulate."""
    gene, sign, layer = (st.sampled_from(c) for c in (GENES, (-1, 0, 1), _LAYERS))
    keys = draw(st.lists(st.tuples(gene, gene, layer), max_size=12, unique=True))
    signs = {key: draw(sign) for key in keys}
    members = tuple(sorted(draw(st.sets(gene, max_size=3))))
    if len(members) > 1:
        for (src, dst, where), effect in list(signs.items()):
            if src == members[0] and draw(st.integers(0, 4)):
                signs |= {(other, dst, where): effect for other in members}
    unit = tuple(sorted(draw(st.sets(gene, max_size=4))))
    perturbed = draw(st.dictionaries(gene, st.sampled_from((-1, 1)), min_size=1, max_size=3))
    rows = tuple(Regulation(*key[:2], effect, key[2]) for key, effect in sorted(signs.items()))
    return World(rows, members, unit, perturbed)


class GeneByGene:
    """What a world does, without any node but its genes and its one complex."""

    def __init__(self, world: World) -> None:
        self.world = world
        stated = set(world.rows)
        self.actor: dict[Regulation, str] = {}
        for row in world.rows:
            alike = all(row._replace(src=gene) in stated for gene in world.complex)
            shared = row.sign != 0 and len(world.complex) > 1 and row.src in world.complex and alike
            self.actor[row] = "C" if shared else row.src
        self.acts = "C" in self.actor.values()
        own = {g for row in self.signed() for g in self._own_regulators(row)}
        together = frozenset(world.unit) - own
        self.group = dict.fromkeys(together, together) if len(together) > 1 else {}

    def parts(self, actor: str) -> tuple[str, ...]:
        return self.world.complex if actor == "C" else (actor,)

    def signed(self) -> Iterator[Regulation]:
        """Statements that count: with a sign, and not of a regulator about itself."""
        for row in self.world.rows:
            if row.sign and row.dst not in (row.src, *self.parts(self.actor[row])):
                yield row

    def _own_regulators(self, row: Regulation) -> Iterator[str]:
        unit = self.world.unit
        if row.layer != "signalling" and row.dst in unit:
            yield from (g for g in self.parts(self.actor[row]) if g in unit and g != row.dst)

    def effects(self) -> dict[tuple[str, str, frozenset[str]], set[int]]:
        """Signs of what each actor does to the activity or the transcript of which genes."""
        found: dict[tuple[str, str, frozenset[str]], set[int]] = {}
        for row in self.signed():
            one = frozenset(row.dst)
            if row.layer == "signalling":
                key = self.actor[row], "activity", one
            else:
                key = self.actor[row], "transcript", self.group.get(row.dst, one)
            found.setdefault(key, set()).add(row.sign)
        return found

    def start(self) -> list[tuple[str, int]]:
        perturbed = self.world.experiment
        acting = list(perturbed.items())
        if self.acts:
            states = {perturbed.get(gene, 0) for gene in self.world.complex}
            acting += [("C", -1)] if -1 in states else [("C", 1)] if states == {1} else []
        return acting

    def responses(self, longest: int) -> dict[str, int]:
        """Sign of the walks of 1 to ``longest`` steps that end in each gene's transcript."""
        effects, seen = self.effects(), {gene: set[int]() for gene in GENES}
        acting = set(self.start())
        for _ in range(longest):
            onward: set[tuple[str, int]] = set()
            for actor, state in acting:
                for (name, what, genes), signs in effects.items():
                    if name != actor or len(signs) > 1:
                        continue
                    after = state * next(iter(signs))
                    if what == "transcript":
                        for gene in genes:
                            seen[gene].add(after)
                    onward |= {(gene, after) for gene in genes}
                    if self.acts and genes & set(self.world.complex):
                        onward.add(("C", after))
            acting = onward
        return {gene: sum(signs) for gene, signs in seen.items()}
