"""Steady states of :class:`~kgp.models.refinement.kinetics.Mechanism` under perturbations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.kinetics import Promoters

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.kinetics import Mechanism

    Floats = NDArray[np.float64]

_STAGES = ((0.5, 300), (0.1, 1500))
"""Euler steps, in life times, and how many of them; the second for what the first upsets."""

_WINDOW = 500
"""Steps of the last stage over which what does not settle is averaged."""

_TOLERANCE = 1e-7
_DISTURBANCE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class SteadyStates:
    """Levels after perturbations, and of untreated cells.

    Attributes:
        levels: float64 [n_perturbations, n_genes].
        untreated: float64 [n_genes].
        settled: bool [n_perturbations], False where levels are an average over an oscillation.
        untreated_settled: the same of untreated cells.
    """

    levels: Floats
    untreated: Floats
    settled: NDArray[np.bool_]
    untreated_settled: bool


def steady_states(
    mechanism: Mechanism, perturbed: NDArray[np.int32], factor: Floats
) -> SteadyStates:
    """Let every perturbation run to its steady state, from that of untreated cells.

    Untreated cells start a hundredth away from level 1, so that a state that the least disturbance
    ends is not taken for theirs.

    Args:
        mechanism: the kinetics.
        perturbed: int32 [n_perturbations], one gene each.
        factor: [n_perturbations], by which its production changes: 0 knock-out, below 1
            knock-down, above 1 over-expression.

    Raises:
        BadInputError: if a factor is negative or a gene is none of the mechanism's.
    """
    if np.any(factor < 0) or not np.all(np.isfinite(factor)):
        raise BadInputError("A factor of production is negative or no number", hint="0 or above")
    if np.any((perturbed < 0) | (perturbed >= mechanism.n_genes)):
        raise BadInputError(f"A perturbed gene is none of the {mechanism.n_genes} genes")
    n = mechanism.n_nodes
    wave = 1 + _DISTURBANCE * np.cos(np.arange(n))
    rest, rest_settled = _run(mechanism, wave[:, None], np.ones((n, 1)))
    production = np.ones((n, len(perturbed)))
    production[perturbed, np.arange(len(perturbed))] = factor
    start = np.repeat(rest, len(perturbed), axis=1)
    levels, settled = _run(mechanism, start, production)
    genes = slice(mechanism.n_genes)
    return SteadyStates(levels[genes].T.copy(), rest[genes, 0], settled, bool(rest_settled[0]))


def _run(mechanism: Mechanism, start: Floats, factor: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Follow the equations of the regulators; all other genes follow from these.

    Args:
        mechanism: the kinetics.
        start: levels to start from, [n_nodes, n_columns].
        factor: of production, [n_nodes, n_columns].

    Returns:
        Levels, [n_nodes, n_columns], and which columns settled.
    """
    regulates = np.zeros(mechanism.n_nodes, bool)
    regulates[mechanism.source] = True
    core = Promoters.of(mechanism, regulates)
    levels = start.copy()
    free = np.setdiff1d(np.arange(mechanism.n_nodes), core.genes)
    levels[free] = factor[free]
    settled = np.zeros(levels.shape[1], bool)
    for size, steps in _STAGES:
        going = np.flatnonzero(~settled)
        part, ended = _follow(
            core, levels[:, going], factor[np.ix_(core.genes, going)], size, steps
        )
        levels[:, going], settled[going] = part, ended
    every = Promoters.of(mechanism, ~regulates)
    levels[every.genes] = factor[every.genes] * every.production(levels)
    return levels, settled


def _follow(
    core: Promoters, levels: Floats, factor: Floats, size: float, steps: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Take Euler steps until columns settle; average the last ones of those that do not."""
    levels, settled = levels.copy(), np.zeros(levels.shape[1], bool)
    total, going = np.zeros((len(core.genes), levels.shape[1])), np.arange(levels.shape[1])
    for step in range(steps):
        now = levels[:, going]
        slope = factor[:, going] * core.production(now) - now[core.genes]
        near = np.abs(slope) <= _TOLERANCE * np.maximum(now[core.genes], _TOLERANCE)
        ended = near.all(axis=0)
        settled[going[ended]] = True
        now[core.genes] += size * slope
        levels[:, going[~ended]] = now[:, ~ended]
        going = going[~ended]
        if len(going) == 0:
            break
        if step >= steps - _WINDOW:
            total[:, going] += levels[np.ix_(core.genes, going)]
    levels[np.ix_(core.genes, going)] = total[:, going] / min(_WINDOW, steps)
    return levels, settled
