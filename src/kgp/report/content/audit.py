"""An audit as figures: a network held against measured responses."""

from __future__ import annotations

from dataclasses import dataclass, field

# Results are read back from JSON by their annotations, so these must exist at run time.
from kgp.report.content.models import Estimate  # noqa: TC001
from kgp.report.content.regulation import EdgeState, Verdict  # noqa: TC001


@dataclass(frozen=True, slots=True)
class AuditedEdge:
    """A testable edge.

    Args:
        regulator: symbol or name; ``regulator_id`` is its CURIE.
        target: likewise.
        sign: the curated sign.
        verdict: what the experiments say of it.
        effect_z: the target's strongest response to the regulator's over-expression (turned, where
            it was knocked out), in the set's unit; None where it did not respond.
        datasets: response sets behind it.
        effect: all experiments combined, with a 95 % interval; None where they have no errors.
        p_value: of no response, either way.
        q_value: the same with the false discovery rate over all tested edges controlled.
        agreeing: experiments with the curated sign.
        opposing: experiments with the other sign.
        tested: experiments that measured the target.
        independent: groups of experiments that share no controls.
        holds: whether a confirmation or contradiction stands at the audit's false discovery rate.
        regulator_id: CURIE.
        target_id: CURIE.
    """

    regulator: str
    target: str
    sign: EdgeState
    verdict: Verdict
    effect_z: float | None
    datasets: tuple[str, ...]
    effect: Estimate | None = None
    p_value: float | None = None
    q_value: float | None = None
    agreeing: int = 0
    opposing: int = 0
    tested: int = 0
    independent: int = 0
    holds: bool = False
    regulator_id: str = ""
    target_id: str = ""

    @property
    def shown(self) -> Estimate | float | None:
        """The combined effect where there is one, else the strongest."""
        return self.effect_z if self.effect is None else self.effect

    @property
    def size(self) -> float:
        """Absolute value of what is shown; 0 without a response."""
        return abs(self.effect_z or 0.0) if self.effect is None else abs(self.effect.value)


@dataclass(frozen=True, slots=True)
class AuditedRegulator:
    """A perturbed regulator: its edges by verdict, and the genes that respond to it.

    ``missing`` of the ``responding`` genes are reached by no path, ``opposed`` are predicted with
    the other sign; ``fold`` is how many times more often its targets respond than other genes.
    """

    regulator: str
    experiments: int
    independent: int
    confirmed: int
    contradicted: int
    silent: int
    untestable: int
    responding: int
    opposed: int
    missing: int
    fold: float | None
    p_value: float | None
    q_value: float | None
    regulator_id: str = ""


@dataclass(frozen=True, slots=True)
class MissingTarget:
    """A gene that responds to a regulator without a path from it.

    ``sign`` is the response to more of the regulator; ``effect`` and ``effect_z`` are as in
    :class:`AuditedEdge`.
    """

    regulator: str
    target: str
    sign: EdgeState
    experiments: int
    independent: int
    effect: Estimate | None
    p_value: float | None
    regulator_id: str = ""
    target_id: str = ""
    effect_z: float | None = None


@dataclass(frozen=True, slots=True)
class Enrichment:
    """How often targets respond (``edge_rate``) against all genes (``background_rate``).

    ``degree_fold`` and ``degree_p_value`` compare with random networks in which every gene has as
    many targets and regulators; ``is_enriched`` is the verdict by these.
    """

    edge_rate: float
    background_rate: float
    fold: Estimate
    p_value: float
    degree_fold: float | None = None
    degree_p_value: float | None = None
    is_enriched: bool | None = None


@dataclass(frozen=True, slots=True)
class AuditSummary:
    """A network held against measured responses.

    Args:
        network: its name.
        dataset: name of the response set.
        counts: edges by verdict.
        enrichment: None where nothing could be tested or nothing else responds.
        sign_agreement: share of the responding edges with the network's sign.
        edges: the testable ones.
        version: of the network.
        measure: unit of the effects.
        where: property → value that the signatures were restricted to.
        max_length: longest path that may explain a response.
        alpha: false discovery rate.
        signatures: number of signatures held against it.
        independent: number of their groups that share no controls.
        perturbed: number of the network's regulators that were perturbed alone.
        combinations: number of distinct combinations of genes among what was perturbed.
        counts_holding: edges by verdict at the false discovery rate.
        responding: pairs of a perturbed regulator and a gene that responds.
        share_missing: share of them that no path connects.
        share_opposed: share of them that the network predicts with the other sign.
        regulators: those that were perturbed.
        missing: responses without a path, the strongest first.
        missing_total: how many there are.
        left_out: reason → number of signatures that say nothing about the network.
        remarks: what to keep in mind.
    """

    network: str
    dataset: str
    counts: dict[Verdict, int]
    enrichment: Enrichment | None
    sign_agreement: Estimate | None
    edges: tuple[AuditedEdge, ...]
    version: int | None = None
    measure: str = ""
    where: dict[str, str] = field(default_factory=dict)
    max_length: int = 3
    alpha: float = 0.05
    signatures: int = 0
    independent: int = 0
    perturbed: int = 0
    combinations: int = 0
    counts_holding: dict[Verdict, int] = field(default_factory=dict)
    responding: int = 0
    share_missing: float | None = None
    share_opposed: float | None = None
    regulators: tuple[AuditedRegulator, ...] = ()
    missing: tuple[MissingTarget, ...] = ()
    missing_total: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
