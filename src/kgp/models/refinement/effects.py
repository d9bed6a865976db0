r"""One effect from several experiments: first within groups that depend, then across them.

Experiments that share controls err together, and by how much is not known. Within a group the
effects are therefore averaged and their errors taken as fully correlated,

.. math::
    y_g = \frac{1}{n_g} \sum_i y_i, \qquad s_g = \frac{1}{n_g} \sum_i s_i,

so that repeating an experiment against the same controls adds no certainty. Across groups, which
are independent, the model has random effects (DerSimonian and Laird 1986,
doi:10.1016/0197-2456(86)90046-2): with :math:`w_g = s_g^{-2}`, :math:`\bar y` their weighted mean,

.. math::
    Q = \sum_g w_g (y_g - \bar y)^2, \qquad
    \tau^2 = \max\Big(0, \frac{Q - (k - 1)}{\sum w_g - \sum w_g^2 / \sum w_g}\Big), \qquad
    w_g^* = (s_g^2 + \tau^2)^{-1},

    y = \frac{\sum w_g^* y_g}{\sum w_g^*}, \qquad
    s = \Big(\sum w_g^*\Big)^{-1/2}, \qquad
    \nu = \frac{(\sum w_g^*)^2}{\sum w_g^{*2} / \nu_g}

(degrees of freedom after Welch and Satterthwaite). The test is two-sided, of y / s against t with
:math:`\nu` degrees of freedom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

LEVEL = 0.95
"""Of every interval."""


class Combined(NamedTuple):
    """One effect per gene.

    Attributes:
        effect: float64 [n_genes]; NaN where no experiment has an effect with an error.
        error: float64 [n_genes], its standard error.
        df: float64 [n_genes], degrees of freedom.
        groups: int32 [n_genes], number of independent groups behind it.
    """

    effect: Floats
    error: Floats
    df: Floats
    groups: NDArray[np.int32]

    def p_values(self) -> Floats:
        """Return float64 [n_genes], two-sided; NaN without an effect."""
        from scipy import stats

        return np.asarray(2 * stats.t.sf(np.abs(self.effect) / self.error, self.df), np.float64)

    def reach(self) -> Floats:
        """Return float64 [n_genes], half the width of the interval."""
        from scipy import stats

        return np.asarray(stats.t.isf((1 - LEVEL) / 2, self.df) * self.error, np.float64)


def combine_effects(
    values: ArrayLike, errors: ArrayLike, df: ArrayLike, groups: Sequence[str]
) -> Combined:
    """Combine the experiments of one perturbation, gene by gene.

    Args:
        values: float [n_experiments, n_genes], effects turned to one direction; NaN where not
            measured.
        errors: float [n_experiments, n_genes], standard errors; a cell whose error is not finite
            or not above 0 does not count.
        df: float [n_experiments], degrees of freedom.
        groups: experiments with one name depend on each other.
    """
    y, s = (np.asarray(each, np.float64) for each in (values, errors))
    usable = np.isfinite(y) & np.isfinite(s) & (s > 0)
    names = sorted(set(groups))
    of_group = np.array([[name == each for each in groups] for name in names])
    rows = [_average(y, s, np.asarray(df, np.float64), usable & of[:, None]) for of in of_group]
    if not rows:
        empty = np.full(y.shape[1], np.nan)
        return Combined(empty, empty, empty, np.zeros(y.shape[1], np.int32))
    means, deviations, freedom = (np.stack(column) for column in zip(*rows, strict=True))
    return _pool(means, deviations, freedom)


def _average(y: Floats, s: Floats, df: Floats, usable: NDArray[np.bool_]) -> tuple[Floats, ...]:
    """Mean, error and degrees of freedom of one group, NaN where it has nothing."""
    n = usable.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(usable, y, 0.0).sum(0) / n
        error = np.where(usable, s, 0.0).sum(0) / n
    least = np.where(usable, df[:, None], np.inf).min(0)
    return mean, error, least


def _pool(means: Floats, errors: Floats, df: Floats) -> Combined:
    """Pool independent groups, each float64 [n_groups, n_genes]."""
    known = np.isfinite(means)
    y, variance = np.where(known, means, 0.0), np.where(known, errors, 1.0) ** 2
    k = known.sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        w = known / variance
        total = w.sum(0)
        q = (w * (y - (w * y).sum(0) / total) ** 2).sum(0)
        spread = (q - (k - 1)) / (total - (w**2).sum(0) / total)
        tau2 = np.where(k > 1, np.maximum(spread, 0.0), 0.0)
        w = known / (variance + tau2)
        total = w.sum(0)
        freedom = total**2 / (w**2 / df).sum(0)
        effect, error = (w * y).sum(0) / total, total**-0.5
    none = k == 0
    effect[none], error[none], freedom[none] = np.nan, np.nan, np.nan
    return Combined(effect, error, freedom, k.astype(np.int32))
