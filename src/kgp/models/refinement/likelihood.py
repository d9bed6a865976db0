r"""What a disagreement costs: minus the logarithm of its probability.

The cost of a cell is :math:`-\log P(\text{observed} \mid \text{predicted})`, the cost of an edit
minus the logarithm of its prior odds, so that their sum is minus the logarithm of the posterior
odds of a network, up to a constant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Rates:
    """How measured responses differ from true ones; the defaults suit noisy screens.

    Attributes:
        miss: a gene that responds is seen unchanged.
        opposite: a gene that responds is seen with the other sign.
        false: a gene that does not respond is seen to respond, with either sign.
        further: miss and opposite rate where the shortest walk has length 2, 3 …; where fewer are
            given, the last holds. Effects fade on their way, and feedback turns some.
    """

    miss: float = 0.3
    opposite: float = 0.02
    false: float = 0.005
    further: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        for name in ("miss", "opposite", "false"):
            _check_rate(name, getattr(self, name))
        for miss, opposite in ((self.miss, self.opposite), *self.further):
            _check_rate("miss", miss)
            _check_rate("opposite", opposite)
            if miss + opposite >= 1:
                raise BadInputError(
                    f"Miss rate {miss} and opposite rate {opposite} sum to 1 or more"
                )

    def at(self, length: int) -> tuple[float, float]:
        """Return miss and opposite rate of effects whose shortest walk has this length."""
        known = ((self.miss, self.opposite), *self.further)
        return known[min(length, len(known)) - 1]

    def cell_costs(self) -> NDArray[np.float64]:
        """Return float64 [3, 3] in nats: at [p + 1, o + 1] predicted p by an edge, observed o."""
        return self.outcome_costs(1)[[2, 0, 1]]

    def outcome_costs(self, max_length: int) -> NDArray[np.float64]:
        """Return float64 [1 + 2 * max_length, 3] in nats, by outcome and observed label + 1.

        Outcomes are unchanged, then rises and falls by walks of length 1, 2 ….
        """
        rows = [[self.false / 2, 1 - self.false, self.false / 2]]
        for length in range(1, max_length + 1):
            miss, opposite = self.at(length)
            rises = [opposite, miss, 1 - miss - opposite]
            rows += [rises, rises[::-1]]
        return np.asarray(-np.log(np.array(rows)))

    def turned_as(self, other: Rates) -> Rates:
        """Return these rates with the opposite rates of ``other``, length by length."""
        lengths = range(1, max(len(self.further), len(other.further)) + 2)
        turned = [other.at(length)[1] for length in lengths]
        missed = [
            min(self.at(length)[0], MOST_MISSED - opposite)
            for length, opposite in zip(lengths, turned, strict=True)
        ]
        found = list(zip(missed, turned, strict=True))
        return Rates(*found[0], self.false, tuple(found[1:]))


def _check_rate(name: str, rate: float) -> None:
    if not 0 < rate < 1:
        raise BadInputError(
            f"The {name} rate {rate} is no probability between 0 and 1",
            hint="A rate of exactly 0 or 1 would forbid observations that do occur",
        )


def unit_costs(max_length: int = 1) -> NDArray[np.float64]:
    """Return the cell costs of the one-lambda objective: 1 for every disagreement.

    Together with an edit prior of three equal values lambda this is ALIGNED's Eq. 6 on
    Boolean networks; it suits complete data without noise.

    Returns:
        float64 [1 + 2 * max_length, 3], by outcome and observed label + 1.
    """
    rows = [[1, 0, 1]] + max_length * [[1, 1, 0], [0, 1, 1]]
    return np.array(rows, np.float64)


LEAST_RATES = Rates(miss=0.01, opposite=0.005, false=0.001)
"""Rates below which estimates do not fall, so that a single cell never pays for an addition."""

MOST_MISSED = 0.995
"""Share of misses and opposite signs above which none is estimated, so that no rate is 0 or 1."""


def estimate_rates(
    counted: NDArray[np.float64],
    *,
    prior: Rates | None = None,
    least: Rates | None = None,
    weight: float = 20.0,
) -> Rates:
    """Estimate the rates by counting, with ``weight`` pseudo-cells of the prior rates.

    The network is taken as it is, so its own gaps count as false responses and its wrong edges
    as misses: the rates are cautious ones. Those of longer walks are shrunk towards those of walks
    one shorter.

    Args:
        counted: float64 [1 + 2 * max_length, 3], number of cells by outcome (unchanged, then
            rises and falls by walks of length 1, 2 …) and observed label + 1.
        prior: rates to shrink towards, by default those of :class:`Rates`.
        least: rates below which the estimates do not fall, by default :data:`LEAST_RATES`.
        weight: number of pseudo-cells behind each prior rate.

    Returns:
        Rates strictly between 0 and 1.
    """
    prior, least = prior or Rates(), least or LEAST_RATES

    def share(hits: float, cells: float, before: float) -> float:
        return float((hits + weight * before) / (cells + weight))

    before, found = (prior.miss, prior.opposite), []
    for rises, falls in zip(counted[1::2], counted[2::2], strict=True):
        cells = rises.sum() + falls.sum()
        miss = max(least.miss, share(rises[1] + falls[1], cells, before[0]))
        opposite = max(least.opposite, share(rises[0] + falls[2], cells, before[1]))
        opposite = min(opposite, MOST_MISSED - least.miss)
        miss = min(miss, MOST_MISSED - opposite)
        before = (miss, opposite)
        found.append(before)
    false = share(counted[0, [0, 2]].sum(), counted[0].sum(), prior.false)
    return Rates(*found[0], max(least.false, false), tuple(found[1:]))
