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
    """

    miss: float = 0.3
    opposite: float = 0.02
    false: float = 0.005

    def __post_init__(self) -> None:
        for name in ("miss", "opposite", "false"):
            if not 0 < getattr(self, name) < 1:
                raise BadInputError(
                    f"The {name} rate {getattr(self, name)} is no probability between 0 and 1",
                    hint="A rate of exactly 0 or 1 would forbid observations that do occur",
                )
        if self.miss + self.opposite >= 1:
            raise BadInputError(
                f"Miss rate {self.miss} and opposite rate {self.opposite} sum to 1 or more"
            )

    def cell_costs(self) -> NDArray[np.float64]:
        """Return float64 [3, 3] in nats: at [p + 1, o + 1] predicted p and observed o."""
        seen = 1 - self.miss - self.opposite
        probability = np.array(
            [
                [seen, self.miss, self.opposite],
                [self.false / 2, 1 - self.false, self.false / 2],
                [self.opposite, self.miss, seen],
            ]
        )
        return np.asarray(-np.log(probability))


def unit_costs() -> NDArray[np.float64]:
    """Return the cell costs of the one-lambda objective: 1 for every disagreement.

    Together with an edit prior of three equal values lambda this is ALIGNED's Eq. 6 on
    Boolean networks; it suits complete data without noise.
    """
    return 1.0 - np.eye(3)


LEAST_RATES = Rates(miss=0.01, opposite=0.005, false=0.001)
"""Rates below which estimates do not fall, so that a single cell never pays for an addition."""


def estimate_rates(
    outcomes: NDArray[np.float64],
    *,
    prior: Rates | None = None,
    least: Rates | None = None,
    weight: float = 20.0,
) -> Rates:
    """Estimate the rates by counting, with ``weight`` pseudo-cells of the prior rates.

    The network is taken as it is, so its own gaps count as false responses and its wrong edges
    as misses: the rates are cautious ones.

    Args:
        outcomes: float64 [3, 3], number of cells by predicted label + 1 and observed label + 1.
        prior: rates to shrink towards, by default those of :class:`Rates`.
        least: rates below which the estimates do not fall, by default :data:`LEAST_RATES`.
        weight: number of pseudo-cells behind each prior rate.

    Returns:
        Rates strictly between 0 and 1.
    """
    prior, least = prior or Rates(), least or LEAST_RATES
    responding, silent = outcomes[[0, 2]].sum(), outcomes[1].sum()
    misses, opposites = outcomes[[0, 2], 1].sum(), outcomes[0, 2] + outcomes[2, 0]

    def share(hits: float, cells: float, before: float) -> float:
        return float((hits + weight * before) / (cells + weight))

    return Rates(
        miss=max(least.miss, share(misses, responding, prior.miss)),
        opposite=max(least.opposite, share(opposites, responding, prior.opposite)),
        false=max(least.false, share(outcomes[1, [0, 2]].sum(), silent, prior.false)),
    )
