"""Regulation as figures: a refinement, and the edges that changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

# Results are read back from JSON by their annotations, so these must exist at run time.
from kgp.report.content.models import Estimate  # noqa: TC001

EdgeState = Literal[-1, 0, 1] | None
"""Sign of a regulatory edge: 1 activates, -1 represses, 0 dual or unknown, None no edge."""

Verdict = Literal["confirmed", "contradicted", "silent", "untestable"]


@dataclass(frozen=True, slots=True)
class PlantedTruth:
    """The network was damaged on purpose: share ``p`` of its edges, drawn with ``seed``."""

    p: float
    seed: int
    same_mechanism: bool
    """True where the responses come from the walk model that the refinement itself fits."""


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One score of the network as it was (doing nothing) and as refined."""

    label: str
    nothing: float
    refined: float


@dataclass(frozen=True, slots=True)
class HeldOutSummary:
    """Networks refined without some experiments, scored on these."""

    gain: Estimate
    """Macro-F1 of the refined network less that of the original, paired."""

    f1: dict[str, Estimate]
    """Macro-F1 by predictor."""

    n_clusters: int
    """Sets of experiments that share neither regulator nor controls."""

    helps: bool


@dataclass(frozen=True, slots=True)
class RefinementSummary:
    """A refinement; ``version`` is None where nothing was written, ``planted`` on real data."""

    network: str
    method: str
    parent_version: int
    version: int | None
    n_regulators: int
    n_measured: int
    n_edits: int
    n_right: int | None
    seconds: float
    scores: tuple[ScoreChange, ...]
    planted: PlantedTruth | None = None
    held_out: HeldOutSummary | None = None
    enrichment_p: float | None = None
    """Against networks of the same degrees; None where it was not asked."""

    r_hat: float | None = None
    """Of the number of edits over sampled chains; None where none were drawn."""

    def written_as(self, version: int | None) -> RefinementSummary:
        """The same, as it was written."""
        return replace(self, version=version)


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One changed edge and the experiments that speak for it and against it."""

    regulator: str
    target: str
    before: EdgeState
    after: EdgeState
    confidence: float | None
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]
    right: bool | None = None
    """Against a planted truth: whether the change restores it."""


@dataclass(frozen=True, slots=True)
class SignedEdge:
    """An edge that did not change, for the neighbourhood of those that did."""

    regulator: str
    target: str
    sign: EdgeState


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """What differs between two versions of a network."""

    network: str
    from_version: int
    to_version: int
    changes: tuple[EdgeChange, ...]
    unchanged: tuple[SignedEdge, ...] = ()
