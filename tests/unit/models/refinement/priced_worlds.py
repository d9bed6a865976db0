"""Small worlds whose objective is written down cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from kgp.models.refinement.damage import observe
from kgp.models.refinement.likelihood import Rates, unit_costs
from kgp.models.refinement.objective import Objective, count_cells, make_objective
from kgp.models.refinement.prior import EditPrior, Knowledge, Prior
from kgp.models.refinement.reasoning_rules import CANCEL, SHORTEST, Reasoning
from tests.unit.models.refinement.brute_force import (
    experiments,
    linked_networks,
    observe_at_random,
    outcomes,
)

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.reasoning_rules import Lengths

RATES = Rates(0.3, 0.02, 0.005, ((0.45, 0.05), (0.6, 0.1)))
"""Rates by which every length of walk has its own price."""

KINDS = EditPrior(add=7.0, remove=2.0, flip=4.0)


@dataclass
class World:
    """A network with links, and priced observations of combinations, weighted and gapped."""

    built: SignedNetwork
    seen: Observations
    objective: Objective

    def cells(self, edited: SignedNetwork) -> np.ndarray:
        """Return the cost of every cell, float [n_rows, n_genes], walk by walk."""
        seen, how = self.seen, self.objective.how
        assert seen.weight is not None
        prices, (rows, row_of, _turn) = RATES.outcome_costs(how.max_length), seen.distinct()
        cost = np.zeros((len(rows), seen.n_genes))
        for one, seeds in enumerate(seen.seeds()):
            found = outcomes(edited, seeds, how)
            for gene in np.flatnonzero(seen.scored()[one]).tolist():
                price = prices[found[gene], seen.labels[one, gene] + 1]
                cost[row_of[one], gene] += price * seen.weight[one, gene]
        return cost

    def silent(self) -> np.ndarray:
        """Return bool [n_rows, n_genes]: cells in which no response was seen."""
        seen, (rows, row_of, _turn) = self.seen, self.seen.distinct()
        moved = np.zeros((len(rows), seen.n_genes))
        np.add.at(moved, row_of, seen.scored() * (seen.labels != 0) * seen.weight)
        return moved == 0

    def edits(self, edited: SignedNetwork) -> float:
        """Return the cost of all edits."""
        before, after, total = self.built.signs(), edited.signs(), 0.0
        for pair in before.keys() | after.keys():
            if before.get(pair, 0) != after.get(pair, 0):
                changed = KINDS.flip if pair in after else KINDS.remove
                total += changed if pair in before else KINDS.add
        return total

    def cost(self, edited: SignedNetwork) -> float:
        """Return the objective, walk by walk, cell by cell and edit by edit."""
        return float(self.cells(edited).sum()) + self.edits(edited)


@st.composite
def worlds(
    draw: st.DrawFn, max_genes: int = 4, lengths: Lengths | None = None, cap: float = np.inf
) -> World:
    """Any small world; its labels and weights come from a drawn seed."""
    built = draw(linked_networks(max_genes))
    how = Reasoning(
        draw(st.integers(1, 4)),
        lengths or draw(st.sampled_from(["upto", "exact"])),
        draw(st.sampled_from([CANCEL, SHORTEST])),
    )
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    seen = observe_at_random(built, draw(experiments(built.n_genes)), rng)
    prior = Prior(KINDS, Knowledge.nothing(built.n_genes))
    prices = RATES.outcome_costs(how.max_length)
    objective = make_objective(built, count_cells(seen), prices, prior, how, cap=cap)
    return World(built, seen, objective)


def all_moves(built: SignedNetwork) -> np.ndarray:
    """Every edit of every pair of genes, [n, 4]."""
    sign, n = built.to_matrix(), built.n_genes
    return np.array(
        [
            (i, j, sign[i, j], after)
            for i in range(n)
            for j in range(n)
            for after in (-1, 0, 1)
            if i != j and after != sign[i, j]
        ],
        dtype=np.int32,
    )


def apply(built: SignedNetwork, *moves: np.ndarray) -> SignedNetwork:
    """Make edits; links stay."""
    edges = built.signs()
    for move in moves:
        edges |= {(int(move[0]), int(move[1])): int(move[3])}
    columns = np.array([(*pair, sign) for pair, sign in edges.items()], np.int32).reshape(-1, 3)
    return built.with_edges(columns[:, 0], columns[:, 1], columns[:, 2].astype(np.int8))


def clean(true: SignedNetwork, damaged: SignedNetwork) -> Objective:
    """Price responses of all regulators without noise, each edit alike."""
    prior = Prior(EditPrior(1.5, 1.5, 1.5), Knowledge.nothing(true.n_genes))
    cells = count_cells(observe(true, true.regulators))
    return make_objective(damaged, cells, unit_costs(3), prior, Reasoning(3))
