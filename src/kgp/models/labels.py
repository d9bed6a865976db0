"""Ternary labels of a response, with their uncertainty: up, down, unchanged, or not known.

A gene whose change is not significant is not thereby unchanged: it is called ``unchanged`` only
where an equivalence test says so, and is ``unknown`` otherwise. With two replicates most genes are
unknown, and that is right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import UsageError, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UP, UNCHANGED, DOWN, UNKNOWN = 1, 0, -1, -128
NAMES = {UP: "up", UNCHANGED: "unchanged", DOWN: "down", UNKNOWN: "unknown"}
RULES = ("moderated", "cutoff")


@dataclass(frozen=True, slots=True)
class Rule:
    """How effects become labels.

    Args:
        name: ``moderated``: a t-test on the moderated error with Benjamini-Hochberg inside the
            contrast and an equivalence test; ``cutoff``: what many papers do, |effect| above
            ``min_effect`` and uncorrected p below ``alpha``, and everything else is unchanged.
        alpha: false discovery rate of ``moderated``, significance level of ``cutoff``.
        min_effect: smallest effect that counts as a change, and at the same time the margin of
            equivalence; in units of the effects, 1 being two-fold for log2.

    Raises:
        UsageError: for an unknown rule, or a number that makes no sense.
    """

    name: str = "moderated"
    alpha: float = 0.05
    min_effect: float = 1.0

    def __post_init__(self) -> None:
        if self.name not in RULES:
            raise UsageError(unknown("rule for labels", self.name, RULES))
        if not 0 < self.alpha < 1:
            raise UsageError(f"alpha is {self.alpha}.", hint="Expected is a number in (0, 1).")
        if not self.min_effect > 0:
            raise UsageError(
                f"The smallest effect is {self.min_effect}.", hint="Expected is a number above 0."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Labels of one contrast.

    Args:
        label: int8 [n_features], UP, UNCHANGED, DOWN or UNKNOWN.
        confidence: float64 [n_features], 1 - the adjusted p-value of the test that gave the label;
            0 where the label is unknown, and 1 - p for the rule ``cutoff``.
        low: float64 [n_features], lower end of the interval of the effect at level 1 - alpha.
        high: float64 [n_features], its upper end; NaN without an error.
    """

    label: NDArray[np.int8]
    confidence: Floats
    low: Floats
    high: Floats


def label_effects(effect: Floats, error: Floats, df: float, rule: Rule) -> Labels:
    """Label the effects of one contrast.

    Args:
        effect: [n_features]; NaN where a feature was not measured.
        error: [n_features], standard errors; NaN where there are none.
        df: degrees of freedom of the errors; infinite for a normal distribution.
        rule: how.
    """
    from scipy import stats

    tested = np.isfinite(effect) & np.isfinite(error) & (error > 0)
    label = np.full(len(effect), UNKNOWN, np.int8)
    confidence = np.zeros(len(effect))
    beta, se = effect[tested], error[tested]
    p = 2 * stats.t.sf(np.abs(beta) / se, df)
    if rule.name == "cutoff":
        label[tested], confidence[tested] = _cut(beta, p, rule)
    else:
        equal = equivalence(beta, se, df, rule.min_effect)
        label[tested], confidence[tested] = _decide(beta, adjust(p), adjust(equal), rule)
    reach = np.full(len(effect), np.nan)
    reach[tested] = stats.t.isf(rule.alpha / 2, df) * se
    return Labels(label, confidence, effect - reach, effect + reach)


def equivalence(effect: Floats, error: Floats, df: float, margin: float) -> Floats:
    """Return p-values of |true effect| >= ``margin`` by two one-sided tests.

    Schuirmann DJ. J Pharmacokinet Biopharm 15:657 (1987).

    Args:
        effect: [n], estimates.
        error: [n], their standard errors, above 0.
        df: degrees of freedom.
        margin: what counts as no effect lies within ± this.
    """
    from scipy import stats

    return np.asarray(stats.t.sf((margin - np.abs(effect)) / error, df), np.float64)


def adjust(p: Floats) -> Floats:
    """Return p-values adjusted for the false discovery rate (Benjamini and Hochberg 1995)."""
    from scipy import stats

    if not len(p):
        return p
    return np.asarray(stats.false_discovery_control(p), np.float64)


def _cut(beta: Floats, p: Floats, rule: Rule) -> tuple[NDArray[np.int8], Floats]:
    changed = (np.abs(beta) > rule.min_effect) & (p < rule.alpha)
    return np.where(changed, np.sign(beta), UNCHANGED).astype(np.int8), 1 - p


def _decide(
    beta: Floats, change: Floats, equal: Floats, rule: Rule
) -> tuple[NDArray[np.int8], Floats]:
    """Decide by adjusted p-values of a change and of equivalence."""
    changed = (change <= rule.alpha) & (np.abs(beta) >= rule.min_effect)
    same = ~changed & (equal <= rule.alpha)
    label = np.select([changed, same], [np.sign(beta), UNCHANGED], UNKNOWN).astype(np.int8)
    return label, np.select([changed, same], [1 - change, 1 - equal], 0.0)
