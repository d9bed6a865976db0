"""Do a network's edges respond more often than other pairs, and with the network's sign?

Two comparisons: with all other pairs of the same regulators, and with the edges of random networks
in which every gene keeps its number of targets and of regulators. The verdict is by the second,
because the first is passed by random networks as well (see
:mod:`kgp.models.refinement.degree_null`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.models.refinement.degree_null import DegreeNull

ENRICHED = 0.01
"""Largest p-value against networks of the same degrees at which edges count as enriched."""


@dataclass(frozen=True, slots=True)
class Enrichment:
    """Responses among edges against responses among all other pairs of tested regulators.

    Attributes:
        edges_tested: edges whose regulator was perturbed and whose target was measured.
        edges_responding: those of them whose target responded, with either sign.
        others_tested: pairs of the same regulators and measured genes without an edge.
        others_responding: those of them that responded.
        signs_agreeing: responding edges with the network's sign.
        p_value: one-sided hypergeometric (Fisher exact) for more responses among edges.
        rate_interval: exact 95 % (Clopper-Pearson) interval of the share of responding edges.
        sign_interval: exact 95 % (Clopper-Pearson) interval of the share of agreeing signs.
        sign_p_value: two-sided exact binomial of agreeing signs against one half.
        same_degrees: responding edges of networks with the same degrees; None where they were not
            drawn.
    """

    edges_tested: int
    edges_responding: int
    others_tested: int
    others_responding: int
    signs_agreeing: int
    p_value: float
    rate_interval: tuple[float, float]
    sign_interval: tuple[float, float]
    sign_p_value: float
    same_degrees: DegreeNull | None = None

    @property
    def rate(self) -> float:
        """Share of the tested edges that respond; 0 where none was tested."""
        return _share(self.edges_responding, self.edges_tested)

    @property
    def background_rate(self) -> float:
        """Share of the other pairs that respond; 0 where there are none."""
        return _share(self.others_responding, self.others_tested)

    @property
    def fold(self) -> float:
        """How many times more often edges respond; infinite over a silent background."""
        if self.background_rate == 0:
            return float("inf") if self.rate > 0 else 1.0
        return self.rate / self.background_rate

    @property
    def degree_fold(self) -> float | None:
        """How many times more edges respond than in networks of the same degrees, if known."""
        if self.same_degrees is None or not self.same_degrees.mean:
            return None
        return self.edges_responding / self.same_degrees.mean

    @property
    def is_enriched(self) -> bool:
        """Whether the data say anything about this network.

        They do if more edges respond than in networks of the same degrees, p below ``ENRICHED``.
        """
        null = self.same_degrees
        if null is None or self.edges_responding <= null.mean:
            return False
        return null.p_value < ENRICHED

    @property
    def sign_agreement(self) -> float:
        """Share of the responding edges with the network's sign; 0 where none responds."""
        return _share(self.signs_agreeing, self.edges_responding)


def measure_enrichment(
    edges_tested: int,
    edges_responding: int,
    others_tested: int,
    others_responding: int,
    signs_agreeing: int,
    same_degrees: DegreeNull | None = None,
) -> Enrichment:
    """Compute the tests of :class:`Enrichment` from counts."""
    from scipy.stats import hypergeom

    pairs, responding = edges_tested + others_tested, edges_responding + others_responding
    p_value = float(hypergeom.sf(edges_responding - 1, pairs, responding, edges_tested))
    rate_interval, _ = _binomial(edges_responding, edges_tested)
    sign_interval, sign_p = _binomial(signs_agreeing, edges_responding)
    return Enrichment(
        edges_tested,
        edges_responding,
        others_tested,
        others_responding,
        signs_agreeing,
        p_value,
        rate_interval,
        sign_interval,
        sign_p,
        same_degrees,
    )


def _binomial(part: int, whole: int) -> tuple[tuple[float, float], float]:
    """Exact 95 % interval of ``part / whole``, and its two-sided p against one half."""
    from scipy.stats import binomtest

    if not whole:
        return (0.0, 1.0), 1.0
    test = binomtest(part, whole, 0.5)
    exact = test.proportion_ci(0.95, method="exact")
    return (float(exact.low), float(exact.high)), float(test.pvalue)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
