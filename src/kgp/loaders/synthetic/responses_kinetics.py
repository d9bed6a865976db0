r"""Responses as steady states of differential equations with Hill kinetics.

.. math:: \dot x_i = c_i \prod_{e: j \to i} \Big(\frac{1 + F s_e}{1 + s_e}\Big)^{\pm 1/d_i} - x_i,
   \quad s_e = (a_j x_j / K_e)^h

with a factor per regulator, inverted for repressors; d_i is the number of regulators of gene i,
a_j the share of factor j that its ligand activates, and c_i sets untreated cells to x = 1. As a
gene's regulators share its exponent, the logarithmic gain into each gene is at most
h (√F - 1) / (√F + 1) = 0.9 < 1: feedback can neither oscillate nor switch, and the steady state is
unique whatever the network.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.loaders.synthetic.responses import (
    KNOCK_DOWN,
    KNOCK_OUT,
    OVER_EXPRESSION,
    Treatment,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.loaders.synthetic.responses import Floats, Ints

HILL, FOLD = 1.5, 16.0
_CENTRE = np.log(FOLD) / (2 * HILL)
"""Logarithm of K at which untreated cells respond most steeply."""

_GONE = np.log(1e-6)
_PRODUCTION = {KNOCK_DOWN: np.log(0.25), OVER_EXPRESSION: np.log(8.0)}
_UNBOUND = np.log(0.02)
"""Logarithm of the share of a gated factor that is active without its ligand."""

_SPAN, _MAX_SPANS, _TOLERANCE = 25.0, 16, 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Kinetics:
    """A network with its kinetics.

    Args:
        n_genes: number of genes that are measured; nodes from here on are hidden regulators.
        src: regulators, int64 [n_edges].
        dst: their targets, int64 [n_edges].
        sign: +1 or -1, float64 [n_edges].
        constant: logarithm of K of each edge, float64 [n_edges].
        gated: bool [n_nodes], factors that need a ligand.
    """

    n_genes: int
    src: Ints
    dst: Ints
    sign: Floats
    constant: Floats
    gated: NDArray[np.bool_]
    _untreated: dict[bool, Floats] = field(default_factory=dict)

    def change(self, treatment: Treatment) -> Floats:
        """Return log2 fold changes against untreated cells of the same condition, [n_genes].

        Raises:
            BadInputError: if the integration does not reach a steady state.
        """
        before = self._without(ligand=treatment.ligand)
        if not treatment.genes:
            return np.zeros(self.n_genes)
        after = self.steady(treatment, before)
        return np.asarray((after - before)[: self.n_genes] / np.log(2), np.float64)

    def _without(self, *, ligand: bool) -> Floats:
        """Logarithms of the levels of untreated cells, [n_nodes]; 0 throughout with the ligand."""
        if ligand not in self._untreated:
            start = np.zeros(len(self.gated))
            self._untreated[ligand] = (
                start if ligand else self.steady(Treatment(ligand=False), start)
            )
        return self._untreated[ligand]

    def steady(self, treatment: Treatment, start: Floats) -> Floats:
        """Integrate the regulators to their steady state; all other genes follow from it.

        Args:
            treatment: what is done.
            start: logarithms of the levels to start from, [n_nodes].

        Returns:
            Logarithms of the levels, [n_nodes].
        """
        from scipy.integrate import solve_ivp

        core = np.unique(self.src)
        genes = list(treatment.genes)
        offset = np.zeros(len(self.gated))
        offset[genes] = _PRODUCTION.get(treatment.kind, 0.0)
        gone = genes if treatment.kind == KNOCK_OUT else []
        levels = start.copy()
        levels[gone] = _GONE
        free = np.setdiff1d(core, gone)

        def production(values: Floats) -> Floats:
            whole = levels.copy()
            whole[free] = values
            return self._production(whole, ligand=treatment.ligand) + offset

        def slope(_: float, values: Floats) -> Floats:
            return np.expm1(production(values)[free] - values)

        values = levels[free]
        for _ in range(_MAX_SPANS):
            if len(free) == 0 or _residual(production(values)[free], values) < _TOLERANCE:
                levels = production(values)
                levels[free], levels[gone] = values, _GONE
                return levels
            if not np.isfinite(production(values)[free]).all():
                break
            solved = solve_ivp(slope, (0, _SPAN), values, "LSODA", rtol=1e-8, atol=1e-10)
            values = solved.y[:, -1]
        raise BadInputError(
            f"No steady state of {treatment} within {_MAX_SPANS * _SPAN:g} life times.",
            hint="Expected is a network whose edges have finite constants.",
        )

    def _production(self, levels: Floats, *, ligand: bool) -> Floats:
        """Logarithm of the production of each node, [n_nodes]."""
        active = levels + (0.0 if ligand else 1.0) * np.where(self.gated, _UNBOUND, 0.0)
        gain = _response(active[self.src] - self.constant) - _response(-self.constant)
        n = len(self.gated)
        regulators = np.maximum(np.bincount(self.dst, minlength=n), 1)
        total = np.bincount(self.dst, self.sign * gain, minlength=n)
        return np.asarray(total / regulators, np.float64)


def _response(relative: Floats) -> Floats:
    """Logarithm of (1 + F s) / (1 + s), for the logarithm of a regulator's level over K."""
    s = HILL * relative
    return np.asarray(np.logaddexp(0, np.log(FOLD) + s) - np.logaddexp(0, s), np.float64)


def _residual(production: Floats, values: Floats) -> float:
    return float(np.abs(production - values).max())


def plant(
    n_genes: int,
    edges: tuple[Ints, Ints, Floats],
    random: np.random.Generator,
    *,
    hidden: float = 0.0,
    gated: float = 0.0,
) -> Kinetics:
    """Give a signed network its kinetics.

    Args:
        n_genes: number of genes.
        edges: regulators, targets and signs (+1 or -1), [n_edges] each.
        random: source of randomness.
        hidden: number of regulators that no network lists, as a share of the listed ones; each is
            driven by one listed regulator and drives ten genes.
        gated: share of the listed regulators that need a ligand.
    """
    src, dst, sign = edges
    listed = np.unique(src)
    n_hidden = round(hidden * len(listed))
    new = n_genes + np.arange(n_hidden)
    drivers = random.choice(listed, n_hidden) if n_hidden else np.zeros(0, np.int64)
    driven = random.integers(0, n_genes, (n_hidden, min(10, n_genes)))
    src = np.concatenate([src, drivers, np.repeat(new, driven.shape[1])])
    dst = np.concatenate([dst, new, driven.ravel()])
    sign = np.concatenate([sign, random.choice((-1.0, 1.0), len(src) - len(sign))])
    needs = np.zeros(n_genes + n_hidden, bool)
    needs[random.permutation(listed)[: round(gated * len(listed))]] = True
    constant = _CENTRE + random.uniform(-0.3, 0.3, len(src))
    return Kinetics(n_genes, src, dst, sign, constant, needs)
