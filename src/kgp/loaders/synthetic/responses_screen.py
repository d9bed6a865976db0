"""The experiments that a world's responses come from: its network, treatments and measurements."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kgp.loaders.synthetic.drugs import targets
from kgp.loaders.synthetic.responses import (
    KNOCK_DOWN,
    KNOCK_OUT,
    OVER_EXPRESSION,
    Treatment,
    make_assay,
)
from kgp.loaders.synthetic.responses_kinetics import plant
from kgp.loaders.synthetic.responses_walks import SignedWalks
from kgp.loaders.synthetic.world import make_world

if TYPE_CHECKING:
    from kgp.loaders.synthetic.responses import Assay, Floats, Mechanism
    from kgp.loaders.synthetic.responses_kinetics import Kinetics
    from kgp.loaders.synthetic.world import Size, World

HIDDEN, GATED = 0.2, 0.2
REGULATORS, DRUGS = 12, 12
"""Most regulators and drugs of one screen."""


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """Cells of a world, and how they are measured.

    Args:
        mechanism: how they respond.
        assay: how they are measured.
        genes: one row per measured gene, in the order of the mechanism's genes: ``entrez, symbol,
            ensembl``, or what else the world calls them.
    """

    mechanism: Mechanism
    assay: Assay
    genes: pl.DataFrame
    _known: dict[Treatment, Floats] = field(default_factory=dict)

    def change(self, treatment: Treatment) -> Floats:
        """True log2 fold changes, [n_genes]; computed once for all formats."""
        if treatment not in self._known:
            self._known[treatment] = self.mechanism.change(treatment)
        return self._known[treatment]


def signed_edges(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regulators, targets and signs of the planted network that have one sign; no self-loops."""
    rows = world.network().filter((pl.col("sign") != 0) & (pl.col("src") != pl.col("dst")))
    return (
        rows["src"].to_numpy().astype(np.int64),
        rows["dst"].to_numpy().astype(np.int64),
        rows["sign"].to_numpy().astype(np.float64),
    )


def kinetic_screen(world: World) -> Screen:
    """The world's cells as steady states of its network, with hidden and gated regulators."""
    return _kinetic_screen(world.seed, world.size)


@lru_cache(maxsize=1)
def _kinetic_screen(seed: int, size: Size) -> Screen:
    """The same, drawn once for all formats of one world."""
    world = make_world(size, seed)
    n = world.n_coding
    random = world.random("kinetics")
    mechanism: Kinetics = plant(n, signed_edges(world), random, hidden=HIDDEN, gated=GATED)
    return Screen(mechanism, make_assay(n, world.random("assay")), world.genes().head(n))


def walk_screen(world: World) -> Screen:
    """The same cells, if responses were signed walks."""
    n = world.n_coding
    mechanism = SignedWalks(n, *signed_edges(world))
    return Screen(mechanism, make_assay(n, world.random("assay")), world.genes().head(n))


def genetic_treatments(world: World) -> list[Treatment]:
    """Knock-outs, knock-downs, over-expressions of single regulators, and double knock-outs."""
    chosen = world.random("treatments").permutation(world.n_tfs)[:REGULATORS].tolist()
    kinds = (KNOCK_OUT, KNOCK_DOWN, OVER_EXPRESSION)
    singles = [Treatment((gene,), kind) for gene in chosen[: REGULATORS // 2] for kind in kinds]
    rest = [Treatment((gene,), KNOCK_OUT) for gene in chosen[REGULATORS // 2 :]]
    doubles = [Treatment(pair) for pair in zip(chosen[::2], chosen[1::2], strict=False)]
    return [*singles, *rest, *doubles]


def drug_treatments(world: World) -> dict[int, Treatment]:
    """Drugs, those that bind regulators first, and what each does: it silences its targets.

    A drug without a target among the measured genes does nothing.
    """
    bound = targets(world).filter(pl.col("gene") < world.n_coding)
    order = bound.sort(pl.col("gene") >= world.n_tfs, maintain_order=True)
    chosen = order["drug"].unique(maintain_order=True).head(DRUGS).sort().to_list()
    grouped = dict(bound.group_by("drug").agg("gene").iter_rows())
    return {drug: Treatment(tuple(sorted(grouped[drug])), KNOCK_DOWN) for drug in chosen}
