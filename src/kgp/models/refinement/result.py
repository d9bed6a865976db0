"""How to refine a network, and what a refinement returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

from kgp.errors import BadInputError, unknown
from kgp.models.refinement.prior import EditPrior

if TYPE_CHECKING:
    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.posterior import Alternative
    from kgp.models.refinement.prior import Prior
    from kgp.models.refinement.reasoning_rules import Lengths, Reasoning

Method = Literal["search", "posterior", "unit"]
METHODS = ("search", "posterior", "unit")
Kind = Literal["added", "removed", "flipped"]

_CONFLICTS = ("cancel", "shortest")
MOST_R_HAT = 1.1
"""Potential scale reduction above which chains have not mixed (Gelman and Rubin 1992)."""

_LEAST_SWEEPS = 3
"""The first third of a chain does not count, and one draw has no variance."""


@dataclass(frozen=True, slots=True)
class RefineConfig:
    """How to refine; the defaults suit noisy, partial data.

    Attributes:
        method: "search" finds the optimum of likelihood and prior, then weighs each edit among its
            alternatives; "posterior" samples networks from there; "unit" counts disagreements and
            edits (one lambda), for comparison.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
        conflict: "cancel" or "shortest", what holds where walks of both signs meet; None takes
            what makes the responses more probable under the network as it is.
        rates: miss, opposite and false rate; estimated from the data where None.
        idle: share of true edges that do nothing in an experiment; estimated where None, and at 0
            silence counts in full.
        prior: cost of each kind of edit, in nats, before any data.
        rounds: how often rates and costs are learned anew; 0 keeps ``prior`` as it is.
        degrees: learn as well how much the degrees of its ends say about an edge.
        unit_cost: lambda, the cost of an edit in disagreements (method "unit").
        weigh: keep only the edits that hold enough weight among their alternatives.
        confidence: least weight (or sampled probability) of an edit.
        least_gain: least fall, in nats, of the cells' cost by an edit: what the data themselves
            must say for it; minus infinity asks nothing.
        max_share: most edits, as a share of the network's edges; the most certain are kept.
        sweeps: sweeps of each chain (method "posterior").
        seed: of the chains (method "posterior"); the other methods draw nothing at random.
    """

    method: Method = "search"
    max_length: int = 3
    lengths: Lengths = "upto"
    conflict: Literal["cancel", "shortest"] | None = None
    rates: Rates | None = None
    idle: float | None = None
    prior: EditPrior = field(default_factory=EditPrior)
    rounds: int = 2
    degrees: bool = True
    unit_cost: float = 1.5
    weigh: bool = True
    confidence: float = 0.5
    least_gain: float = 0.0
    max_share: float | None = None
    sweeps: int = 120
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.confidence < 1:
            raise BadInputError(
                f"A least confidence of {self.confidence} is no probability below 1"
            )
        if self.max_share is not None and not 0 <= self.max_share <= 1:
            raise BadInputError(f"A share of {self.max_share} of the edges cannot be changed")
        if self.method not in METHODS:
            raise BadInputError(unknown("method", self.method, METHODS))
        if self.conflict not in (None, *_CONFLICTS):
            raise BadInputError(unknown("rule for conflicts", self.conflict, _CONFLICTS))
        if self.idle is not None and not 0 <= self.idle < 1:
            raise BadInputError(f"A share of {self.idle} idle edges is not 0 or more, below 1")
        if isnan(self.least_gain):
            raise BadInputError("A least gain of nan nats cannot be compared with any")
        if self.rounds < 0 or self.sweeps < _LEAST_SWEEPS:
            raise BadInputError(
                f"{self.rounds} rounds and {self.sweeps} sweeps are too few",
                hint=f"Expected are 0 rounds or more, and at least {_LEAST_SWEEPS} sweeps.",
            )

    def parameters(self) -> dict[str, Any]:
        """Return all settings as plain values, for the record of a version and its hash."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Edit:
    """One changed edge and why.

    Attributes:
        source: position of the regulator.
        target: position of the target.
        before: sign before, 0 where there was no edge.
        after: sign after, 0 where the edge was removed.
        kind: "added", "removed" or "flipped".
        confidence: weight among the alternatives, 0 to 1; 1 where it was not weighed.
        gain: fall of the objective that this edit brings, given all others.
        supporting: observations that the edit fits better, most evidence first.
        contradicting: observations that it fits less well, most evidence first.
        evidence: what each of ``supporting`` and then of ``contradicting`` gains, in nats.
        alternatives: other edits that would explain the same cells, the heaviest first.
    """

    source: int
    target: int
    before: int
    after: int
    kind: Kind
    confidence: float
    gain: float
    supporting: tuple[int, ...]
    contradicting: tuple[int, ...]
    evidence: tuple[float, ...] = ()
    alternatives: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """A refined network with its edits.

    Attributes:
        network: the refined network.
        edits: what was changed, most certain first.
        objective_before: objective of the original network.
        objective_after: objective of the refined network, the edits' cost included.
        rates: the rates that priced the cells; None for method "unit".
        objective: what was minimised, with the costs of edits as learned.
        weighed: sign after and confidence of every edit of the optimum, the rejected ones too, by
            source and target.
        config: how it was computed.
        r_hat: of the number of edits over the sampled chains; None where nothing was sampled.
    """

    network: SignedNetwork
    edits: tuple[Edit, ...]
    objective_before: float
    objective_after: float
    rates: Rates | None
    objective: Objective
    weighed: dict[tuple[int, int], tuple[int, float]]
    config: RefineConfig
    r_hat: float | None = None

    @property
    def mixing(self) -> str:
        """Whether sampled chains agree, in words; empty where nothing was sampled."""
        if self.r_hat is None:
            return ""
        if self.r_hat <= MOST_R_HAT:
            return f"R-hat of the number of edits over two chains is {self.r_hat:.2f}."
        return (
            f"Not mixed: R-hat of the number of edits is {self.r_hat:.2f}, above {MOST_R_HAT}, so "
            "the two chains disagree: believe the changes that method search makes too."
        )

    @property
    def prior(self) -> Prior:
        """The costs of edits, as learned."""
        return self.objective.prior

    @property
    def how(self) -> Reasoning:
        """Which walks counted, and what held where both signs met."""
        return self.objective.how
