r"""Responses of a mechanism as an experiment would show them: replicates, errors, labels.

Each sample of each perturbation, and of untreated cells, is measured as

.. math::
    y_{ir} = \log_2\bigl(x_i e^{\sigma_b \varepsilon_{ir}} + x_0\bigr) + \sigma_m \varepsilon'_{ir}

with steady state levels :math:`x_i`, biological variation :math:`\sigma_b` and, in log2 units,
measurement error :math:`\sigma_m`; the background :math:`x_0` is what is measured of a gene that
is not there. An effect is the difference of the means of treated and untreated samples. Its error
comes from the residual variance of the gene over all groups of replicates, as in a linear model of
the whole experiment; all effects share the untreated samples, as they do in a laboratory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.labels import UNCHANGED, UNKNOWN, Rule, label_effects
from kgp.models.refinement.observations import Observations
from kgp.models.refinement.steady_states import steady_states

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.kinetics import Mechanism

    Floats = NDArray[np.float64]

KNOCK_OUT, KNOCK_DOWN, OVER_EXPRESSION = 0.0, 0.2, 8.0
"""By which factor each changes the production of the perturbed gene."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """How responses are measured.

    Attributes:
        factor: by which the perturbed gene's production changes; below 1 it counts as knocked
            out or down, above 1 as over-expressed.
        replicates: samples of each perturbation and of untreated cells, at least 2.
        biological: standard deviation of the logarithm of levels between samples.
        measurement: standard deviation of a measurement, log2.
        background: level that is measured where a gene is not expressed.
        rule: how effects become labels. Without any noise there are no errors to test with, and
            size alone decides: ``rule.min_effect``.
        seed: of the noise.
    """

    factor: float = KNOCK_OUT
    replicates: int = 3
    biological: float = 0.1
    measurement: float = 0.15
    background: float = 0.02
    rule: Rule = field(default_factory=partial(Rule, min_effect=0.5))
    seed: int = 0

    def __post_init__(self) -> None:
        if self.factor < 0 or self.factor == 1:
            raise BadInputError(f"A factor of {self.factor} perturbs nothing", hint="0 or above")
        if self.replicates < 2:
            raise BadInputError(f"{self.replicates} replicates have no error", hint="2 or more")
        if min(self.biological, self.measurement) < 0 or not self.background > 0:
            raise BadInputError("Noise is 0 or above, and the background above 0")

    @property
    def direction(self) -> int:
        """+1 over-expression, -1 knock-out or knock-down."""
        return 1 if self.factor > 1 else -1


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredResponses:
    """What an experiment shows.

    Attributes:
        effect: float64 [n_perturbations, n_genes], log2 fold change against untreated cells.
        error: float64 [n_genes], standard error of each of a gene's effects; 0 without noise.
        df: degrees of freedom of the errors.
        observations: the labels; what is unknown counts as not measured.
        unsettled: perturbations without a steady state, whose levels are averages over time.
    """

    effect: Floats
    error: Floats
    df: int
    observations: Observations
    unsettled: NDArray[np.int32]


def measure(
    mechanism: Mechanism,
    perturbed: NDArray[np.int32],
    genes: tuple[str, ...],
    experiment: Experiment | None = None,
) -> MeasuredResponses:
    """Perturb genes one by one and measure all of them.

    Args:
        mechanism: the kinetics.
        perturbed: int32 [n_perturbations], positions of the perturbed genes.
        genes: CURIE of each gene of the mechanism.
        experiment: how to measure.

    Raises:
        BadInputError: if the genes are not those of the mechanism.
    """
    experiment = experiment or Experiment()
    if len(genes) != mechanism.n_genes:
        raise BadInputError(f"{len(genes)} names do not go with {mechanism.n_genes} genes")
    states = steady_states(mechanism, perturbed, np.full(len(perturbed), experiment.factor))
    random = np.random.default_rng(experiment.seed)
    control, spread = _sample(states.untreated[None], experiment, random)
    treated, more = _sample(states.levels, experiment, random)
    df = (experiment.replicates - 1) * (len(perturbed) + 1)
    error = np.sqrt((spread + more) / df * 2 / experiment.replicates)
    effect = treated - control
    labels = _labels(effect, error, df, experiment)
    direction = np.full(len(perturbed), experiment.direction, np.int8)
    known = labels != UNKNOWN
    names = tuple(f"mechanism:{genes[gene]}" for gene in perturbed)
    seen = Observations(
        perturbed, direction, np.where(known, labels, 0).astype(np.int8), known, names
    )
    return MeasuredResponses(effect, error, df, seen, perturbed[~states.settled])


def _sample(
    levels: Floats, experiment: Experiment, random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Measure replicates; return means [n_groups, n_genes] and squared residuals [n_genes]."""
    mean, squares = np.zeros_like(levels), np.zeros(levels.shape[1])
    for row, level in enumerate(levels):
        shape = (experiment.replicates, len(level))
        varied = level * np.exp(experiment.biological * random.standard_normal(shape))
        blurred = experiment.measurement * random.standard_normal(shape)
        samples = np.log2(varied + experiment.background) + blurred
        mean[row] = samples.mean(axis=0)
        squares += ((samples - mean[row]) ** 2).sum(axis=0)
    return mean, squares


def _labels(effect: Floats, error: Floats, df: int, experiment: Experiment) -> NDArray[np.int8]:
    """Label every contrast; by size alone where nothing varies, [n_perturbations, n_genes]."""
    rule = experiment.rule
    if experiment.biological == experiment.measurement == 0:
        changed = np.abs(effect) >= rule.min_effect
        return np.where(changed, np.sign(effect), UNCHANGED).astype(np.int8)
    return np.stack([label_effects(row, error, df, rule).label for row in effect])
