"""How to refine a network, and what a refinement returns."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kgp.errors import BadInputError
from kgp.models.refinement.prior import EditPrior

if TYPE_CHECKING:
    from kgp.models.refinement.likelihood import Rates
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.reasoning import Lengths

Method = Literal["search", "unit"]
Kind = Literal["added", "removed", "flipped"]


@dataclass(frozen=True, slots=True)
class RefineConfig:
    """How to refine; the defaults suit noisy, partial data.

    Attributes:
        method: "search" weighs cells and edits by their probabilities; "unit" counts
            disagreements and edits (one lambda), for complete data without noise.
        max_length: longest walk that carries an effect.
        lengths: "upto" or "exact".
        rates: miss, opposite and false rate; estimated from the data where None.
        rate_rounds: how often estimated rates are estimated again on the refined network.
        prior: cost of each kind of edit, in nats (method "search").
        unit_cost: lambda, the cost of an edit in disagreements (method "unit").
        weigh: keep only the edits that hold enough weight among their alternatives (method
            "search"; counts of disagreements are no probabilities to weigh).
        threshold_measured: least weight where the regulator was perturbed.
        threshold_unmeasured: least weight where it was not.
        passes: how often all edits are weighed.
        seed: recorded with the result; this method draws nothing at random.
    """

    method: Method = "search"
    max_length: int = 3
    lengths: Lengths = "upto"
    rates: Rates | None = None
    rate_rounds: int = 2
    prior: EditPrior = field(default_factory=EditPrior)
    unit_cost: float = 1.5
    weigh: bool = True
    threshold_measured: float = 0.5
    threshold_unmeasured: float = 0.7
    passes: int = 2
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("threshold_measured", "threshold_unmeasured"):
            if not 0 <= getattr(self, name) < 1:
                raise BadInputError(f"{name} {getattr(self, name)} is no probability below 1")
        if self.method not in ("search", "unit"):
            raise BadInputError(f"Unknown method {self.method!r}", hint="Known: search, unit")

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


@dataclass(frozen=True, slots=True, eq=False)
class Refinement:
    """A refined network with its edits.

    Attributes:
        network: the refined network.
        edits: what was changed, most certain first.
        objective_before: objective of the original network.
        objective_after: objective of the refined network, the edits' cost included.
        rates: the rates that priced the cells; None for method "unit".
        config: how it was computed.
    """

    network: SignedNetwork
    edits: tuple[Edit, ...]
    objective_before: float
    objective_after: float
    rates: Rates | None
    config: RefineConfig
