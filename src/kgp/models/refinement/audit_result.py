"""What an audit of a network says, edge by edge and regulator by regulator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.models.refinement.enrichment import Enrichment


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
            regulator was never perturbed or the target never measured.
        agreeing: experiments in which the target responded with the edge's sign.
        opposing: experiments in which it responded with the other sign.
        tested: experiments that perturbed the regulator and measured the target.
    """

    source: int
    target: int
    sign: int
    verdict: Verdict
    agreeing: int
    opposing: int
    tested: int


@dataclass(frozen=True, slots=True)
class RegulatorAudit:
    """One regulator before the data.

    Attributes:
        gene: position of the regulator.
        experiments: how often it was perturbed.
        confirmed: number of its edges with that verdict; likewise the next three.
        contradicted: see ``confirmed``.
        silent: see ``confirmed``.
        untestable: see ``confirmed``.
        responding: genes that respond to its perturbation.
        explained: those of them that walks predict with the right sign.
        opposed: those of them that walks predict with the other sign.
        ambiguous: those of them that walks of both signs reach.
        missing: those of them that no walk reaches.
    """

    gene: int
    experiments: int
    confirmed: int
    contradicted: int
    silent: int
    untestable: int
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
    """

    regulator: int
    gene: int
    sign: int
    experiments: int


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A network before the data.

    Attributes:
        edges: one entry for each edge, in the network's order.
        regulators: one entry for each regulator that has edges, ascending.
        missing: the responses without a walk, most experiments first, at most as many as asked.
        n_missing: how many there are in all.
        n_responding: pairs of a perturbed regulator and a gene that responds to it.
        n_opposed: those of them that walks predict with the other sign.
        enrichment: responses among edges against other pairs.
        max_length: longest walk that counted.
    """

    edges: tuple[EdgeAudit, ...]
    regulators: tuple[RegulatorAudit, ...]
    missing: tuple[MissingResponse, ...]
    n_missing: int
    n_responding: int
    n_opposed: int
    enrichment: Enrichment
    max_length: int

    @property
    def share_missing(self) -> float:
        """Share of the responding pairs that no walk of the network connects."""
        return self.n_missing / self.n_responding if self.n_responding else 0.0

    @property
    def share_opposed(self) -> float:
        """Share of the responding pairs that the network predicts with the other sign."""
        return self.n_opposed / self.n_responding if self.n_responding else 0.0

    def count(self, verdict: Verdict) -> int:
        """Return the number of edges with ``verdict``."""
        return sum(edge.verdict is verdict for edge in self.edges)
