"""What an audit of a network says, edge by edge and regulator by regulator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.models.refinement.enrichment import Enrichment
    from kgp.models.refinement.perturbations import Seeds


class Verdict(StrEnum):
    """What the perturbations of its regulator say about an edge."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    SILENT = "silent"
    UNTESTABLE = "untestable"


@dataclass(frozen=True, slots=True)
class EdgeAudit:
    """One edge before the data.

    Attributes:
        source: position of the regulator.
        target: position of the target.
        sign: the edge's sign.
        verdict: confirmed or contradicted by the majority of the responses; silent where the
            target did not respond, or as often with either sign; untestable where the
            regulator was never perturbed alone or the target never measured.
        agreeing: experiments in which the target responded with the edge's sign.
        opposing: experiments in which it responded with the other sign.
        tested: experiments that perturbed the regulator and measured the target.
        independent: independent groups of experiments behind labels and effect.
        effect: combined effect of over-expression (turned, where the regulator was knocked out), in
            the unit of the effects that were given; None where they have no errors.
        low: lower end of its 95 % interval.
        high: upper end.
        p_value: of no response, either way; None where nothing could be tested.
        q_value: the same, adjusted for the false discovery rate over all edges with a p-value.
    """

    source: int
    target: int
    sign: int
    verdict: Verdict
    agreeing: int
    opposing: int
    tested: int
    independent: int = 0
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None
    q_value: float | None = None

    def holds(self, alpha: float) -> bool:
        """Whether a confirmation or contradiction stands at a false discovery rate.

        It does if q is at most ``alpha`` and the combined effect, where there is one, has the sign
        of the majority that gave the verdict.
        """
        if self.verdict not in (Verdict.CONFIRMED, Verdict.CONTRADICTED) or self.q_value is None:
            return False
        seen = self.sign if self.verdict is Verdict.CONFIRMED else -self.sign
        return self.q_value <= alpha and (self.effect is None or self.effect * seen > 0)


@dataclass(frozen=True, slots=True)
class RegulatorAudit:
    """One regulator before the data.

    Attributes:
        gene: position of the regulator.
        experiments: how often it was perturbed alone.
        independent: number of independent groups of these experiments.
        confirmed: number of its edges with that verdict; likewise the next three.
        contradicted: see ``confirmed``.
        silent: see ``confirmed``.
        untestable: see ``confirmed``.
        others_tested: genes measured that are not its targets.
        others_responding: those of them that respond.
        responding: genes that respond to its perturbation.
        explained: those of them that walks predict with the right sign.
        opposed: those of them that walks predict with the other sign.
        ambiguous: those of them that walks of both signs reach.
        missing: those of them that no walk reaches.
        p_value: one-sided hypergeometric, of its targets responding no more often than other
            genes; None where none is testable.
        q_value: the same, adjusted for the false discovery rate over the regulators.
    """

    gene: int
    experiments: int
    independent: int
    confirmed: int
    contradicted: int
    silent: int
    untestable: int
    others_tested: int = 0
    others_responding: int = 0
    responding: int = 0
    explained: int = 0
    opposed: int = 0
    ambiguous: int = 0
    missing: int = 0
    p_value: float | None = None
    q_value: float | None = None

    @property
    def testable(self) -> int:
        """Number of its edges that could be tested."""
        return self.confirmed + self.contradicted + self.silent

    @property
    def fold(self) -> float | None:
        """How many times more often its targets respond; None without a background."""
        if not (self.testable and self.others_responding):
            return None
        rate = (self.confirmed + self.contradicted) / self.testable
        return rate / (self.others_responding / self.others_tested)


@dataclass(frozen=True, slots=True)
class CombinationAudit:
    """Several genes perturbed together, at least one of them a regulator.

    Attributes:
        seeds: position and direction of each.
        experiments: how often.
        responding: genes that respond; the next four as in :class:`RegulatorAudit`.
        explained: see there.
        opposed: see there.
        ambiguous: see there.
        missing: see there.
    """

    seeds: Seeds
    experiments: int
    responding: int
    explained: int
    opposed: int
    ambiguous: int
    missing: int


@dataclass(frozen=True, slots=True)
class MissingResponse:
    """A gene that responds to a regulator without a walk from it.

    Attributes:
        regulator: position of the perturbed gene.
        gene: position of the responding gene.
        sign: response to over-expression (turned, where the gene was knocked out).
        experiments: experiments for this sign minus those for the other.
        independent: independent groups of experiments that measured it.
        effect: combined effect of over-expression; None where effects have no errors.
        low: lower end of its 95 % interval.
        high: upper end.
        p_value: of no response; None where effects have no errors.
    """

    regulator: int
    gene: int
    sign: int
    experiments: int
    independent: int = 1
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A network before the data.

    Attributes:
        edges: one entry for each edge, in the network's order.
        regulators: one entry for each regulator that has edges, ascending.
        combinations: perturbations of several genes at once.
        missing: the responses without a walk, those that no test doubts first, then by number of
            experiments and size of the effect; at most as many as asked.
        n_missing: how many there are in all.
        n_responding: pairs of a perturbed regulator and a gene that responds to it.
        n_opposed: those of them that walks predict with the other sign.
        enrichment: responses among edges against other pairs.
        max_length: longest walk that counted.
        alpha: false discovery rate at which verdicts are counted.
    """

    edges: tuple[EdgeAudit, ...]
    regulators: tuple[RegulatorAudit, ...]
    combinations: tuple[CombinationAudit, ...]
    missing: tuple[MissingResponse, ...]
    n_missing: int
    n_responding: int
    n_opposed: int
    enrichment: Enrichment
    max_length: int
    alpha: float

    @property
    def share_missing(self) -> float:
        """Share of the responding pairs that no walk of the network connects."""
        return self.n_missing / self.n_responding if self.n_responding else 0.0

    @property
    def share_opposed(self) -> float:
        """Share of the responding pairs that the network predicts with the other sign."""
        return self.n_opposed / self.n_responding if self.n_responding else 0.0

    @property
    def n_perturbed(self) -> int:
        """Number of regulators that were perturbed alone."""
        return sum(each.experiments > 0 for each in self.regulators)

    def count(self, verdict: Verdict) -> int:
        """Return the number of edges with ``verdict``."""
        return sum(edge.verdict is verdict for edge in self.edges)

    def count_holding(self, verdict: Verdict) -> int:
        """Return the number of edges with ``verdict`` that hold at the false discovery rate."""
        return sum(edge.verdict is verdict and edge.holds(self.alpha) for edge in self.edges)
