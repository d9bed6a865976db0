"""Moderated variances: what replicates of many genes say together about the noise of each.

Two or three replicates estimate the variance of one gene badly. Empirical Bayes shrinks each
estimate towards what all genes have in common (Smyth GK. Linear models and empirical Bayes methods
for assessing differential expression in microarray experiments. Stat Appl Genet Mol Biol 3:3
(2004), section 6.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_FLOOR = 1e-5
"""Smallest variance as a share of the median, so that a constant gene cannot fix the prior."""


@dataclass(frozen=True, slots=True)
class VariancePrior:
    """Distribution of the genes' true variances: scaled inverse chi-squared.

    Args:
        df: degrees of freedom d₀; infinite where all genes share one variance.
        scale: s₀², in squared units of the effects.
    """

    df: float
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Contrast:
    """Difference of two groups of samples, per feature.

    Args:
        effect: float64 [n_features], mean of the treated minus mean of the controls.
        error: float64 [n_features], moderated standard error; NaN where no group has replicates.
        df: total degrees of freedom, d₀ + d; infinite where the prior is certain.
    """

    effect: Floats
    error: Floats
    df: float


def fit_prior(variances: Floats, df: float) -> VariancePrior:
    """Estimate d₀ and s₀² from the spread of the logarithms of the variances.

    Args:
        variances: [n_features], residual variances, at least 0.
        df: residual degrees of freedom of each, above 0.
    """
    from scipy.special import digamma, polygamma

    positive = np.maximum(variances, _FLOOR * (float(np.median(variances)) or 1.0))
    centred = np.log(positive) - digamma(df / 2) + np.log(df / 2)
    spread = float(centred.var(ddof=1)) - float(polygamma(1, df / 2)) if len(centred) > 1 else 0.0
    if spread <= 0:
        return VariancePrior(np.inf, float(np.exp(centred.mean())))
    prior = 2 * trigamma_inverse(spread)
    scale = np.exp(centred.mean() + digamma(prior / 2) - np.log(prior / 2))
    return VariancePrior(prior, float(scale))


def trigamma_inverse(value: float) -> float:
    """Return y with ψ′(y) = ``value`` > 0, by Newton's method on 1/ψ′ (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    if value > 1e7:
        return float(1 / np.sqrt(value))
    if value < 1e-6:
        return 1 / value
    y = 0.5 + 1 / value
    for _ in range(50):
        slope = float(polygamma(1, y))
        step = slope * (1 - slope / value) / float(polygamma(2, y))
        y += step
        if -step / y < 1e-10:
            break
    return y


def moderate(variances: Floats, df: float) -> tuple[Floats, float]:
    """Return the posterior variances and their degrees of freedom (Smyth 2004, equation 5.3).

    Args:
        variances: [n_features], residual variances.
        df: residual degrees of freedom of each, above 0.
    """
    prior = fit_prior(variances, df)
    if np.isinf(prior.df):
        return np.full(len(variances), prior.scale), np.inf
    posterior = (prior.df * prior.scale + df * variances) / (prior.df + df)
    return posterior, prior.df + df


def contrast(treated: Floats, control: Floats) -> Contrast:
    """Compare two groups of samples with one pooled, moderated variance per feature.

    Args:
        treated: [n_treated, n_features], on a logarithmic scale.
        control: [n_control, n_features], on the same scale.
    """
    effect = treated.mean(0) - control.mean(0)
    df = len(treated) + len(control) - 2
    if df < 1:
        return Contrast(effect, np.full(len(effect), np.nan), 0.0)
    squares = ((treated - treated.mean(0)) ** 2).sum(0) + ((control - control.mean(0)) ** 2).sum(0)
    variance, total = moderate(squares / df, df)
    error = np.sqrt(variance * (1 / len(treated) + 1 / len(control)))
    return Contrast(effect, error, total)
