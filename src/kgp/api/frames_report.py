"""What was measured, what was left out and what came of it: the report beside the frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report.tables import Cell, Column, TableData, to_html, to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.refinement.likelihood import Rates

_LITTLE = 0.25
"""Share of known responding genes under which a report warns."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was given, counted.

    Attributes:
        edges: signed edges between two genes; the next four are rows beside them.
        self_loops: edges from a gene to itself, kept and never tested.
        unsigned: edges whose weight is 0, kept and never tested.
        repeated: rows that state an edge and its sign again.
        conflicting: pairs stated with both signs, kept and never tested.
        regulators: genes with signed edges.
        perturbed_regulators: those of them that some perturbation changes.
        perturbations: distinct perturbations that were used.
        experiments: their experiments, repeats counted.
        outside: perturbations of genes that the network does not know, left out.
        measured: genes of the network that were measured.
        known: share of the responding genes that the network knows.
        rose: labels +1 of the used experiments on genes of the network; likewise the next two.
        fell: labels -1.
        unchanged: labels 0.
    """

    edges: int
    self_loops: int
    unsigned: int
    repeated: int
    conflicting: int
    regulators: int
    perturbed_regulators: int
    perturbations: int
    experiments: int
    outside: tuple[str, ...]
    measured: int
    known: float
    rose: int
    fell: int
    unchanged: int

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield what was given in words and numbers."""
        aside = {
            "self-loops": self.self_loops,
            "without a sign": self.unsigned,
            "stated again": self.repeated,
            "pairs with both signs": self.conflicting,
        }
        yield "signed edges", _number(self.edges)
        beside = ", ".join(f"{n:,} {name}" for name, n in aside.items() if n)
        if beside:
            yield "not tested", beside
        yield "regulators perturbed", f"{self.perturbed_regulators:,} of {self.regulators:,}"
        yield "perturbations", f"{self.perturbations:,} in {self.experiments:,} experiments"
        if self.outside:
            yield "of unknown genes, left out", _number(len(self.outside))
        yield "genes measured", _number(self.measured)
        yield "responding genes known", f"{self.known:.0%}"
        yield "labels", f"{self.rose:,} up, {self.fell:,} down, {self.unchanged:,} unchanged"

    def warnings(self) -> tuple[str, ...]:
        """Say what of the input a reader should keep in mind."""
        said = []
        if self.outside:
            names = ", ".join(self.outside[:5]) + (" …" if len(self.outside) > 5 else "")
            said.append(f"Left out, because the network does not know the gene: {names}.")
        if not self.perturbed_regulators:
            said.append("No perturbed gene has signed edges: no edge is tested directly.")
        if self.known < _LITTLE:
            said.append(f"The network knows only {self.known:.0%} of the responding genes.")
        return tuple(said)


def _number(value: int) -> str:
    return f"{value:,}"


class Shown(ABC):
    """A report that prints as text and shows as a table in a notebook."""

    __slots__ = ()

    @abstractmethod
    def tables(self) -> tuple[TableData, ...]:
        """Return the report's tables."""

    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know beside the tables."""

    def __str__(self) -> str:
        return "\n\n".join([*map(to_text, self.tables()), *self.notes()])

    def _repr_html_(self) -> str:
        from kgp.report.markup import h, serialise

        notes = [h("p", note) for note in self.notes()]
        return serialise(h("div", *map(to_html, self.tables()), *notes))


@dataclass(frozen=True, slots=True)
class RefineReport(Shown):
    """What a refinement of plain tables did.

    Attributes:
        given: what was given.
        added: new edges; likewise the next three.
        removed: edges that are gone.
        flipped: edges whose sign turned.
        signed: edges that stood without a sign and got one.
        rates: how labels differ from true responses; None for method "unit".
        objective_before: what is minimised, for the network as given (nats, or disagreements).
        objective_after: the same for the refined network, its edits included.
        warnings: what to keep in mind.
    """

    given: Given
    added: int
    removed: int
    flipped: int
    signed: int
    rates: Rates | None
    objective_before: float
    objective_after: float
    warnings: tuple[str, ...]

    def tables(self) -> tuple[TableData, ...]:
        """Return one table: given, estimated, changed."""
        rows: list[tuple[Cell, ...]] = [*self.given.rows()]
        if self.rates is not None:
            rates = f"{self.rates.miss:.3f}, {self.rates.opposite:.3f}, {self.rates.false:.4f}"
            rows.append(("rates: miss, opposite, false", rates))
        changes = {
            "added": self.added,
            "removed": self.removed,
            "flipped": self.flipped,
            "given a sign": self.signed,
        }
        rows.append(("edges changed", ", ".join(f"{n} {name}" for name, n in changes.items())))
        objective = f"{self.objective_before:.1f} → {self.objective_after:.1f}"
        rows.append(("objective", objective))
        return (TableData("Refinement", (Column("What"), Column("Value")), tuple(rows)),)

    def notes(self) -> tuple[str, ...]:
        """Return the warnings."""
        return self.warnings


@dataclass(frozen=True, slots=True)
class AuditReport(Shown):
    """What an audit of plain tables found.

    Attributes:
        given: what was given.
        verdicts: number of edges by verdict.
        responding: pairs of a perturbed regulator and a gene that responds.
        share_missing: share of them that no walk of the network connects.
        share_opposed: share of them that the network predicts with the other sign.
        edge_rate: share of the tested edges that respond.
        background_rate: share of the other tested pairs that respond.
        p_value: of more responses among edges (hypergeometric, one-sided).
        sign_agreement: share of the responding edges with the network's sign; None without any.
        sign_interval: its exact 95 % interval.
        warnings: what to keep in mind.
    """

    given: Given
    verdicts: dict[str, int]
    responding: int
    share_missing: float
    share_opposed: float
    edge_rate: float
    background_rate: float
    p_value: float
    sign_agreement: float | None
    sign_interval: tuple[float, float]
    warnings: tuple[str, ...]

    def tables(self) -> tuple[TableData, ...]:
        """Return one table: given, verdicts, totals."""
        rows: list[tuple[Cell, ...]] = [*self.given.rows()]
        rows += [(f"edges {verdict}", _number(n)) for verdict, n in self.verdicts.items()]
        rates = f"{self.edge_rate:.1%} of edges, {self.background_rate:.1%} of other pairs"
        rows.append(("respond", f"{rates} (p = {self.p_value:.2g})"))
        if self.sign_agreement is not None:
            low, high = self.sign_interval
            rows.append(
                ("with the edge's sign", f"{self.sign_agreement:.0%} [{low:.0%}, {high:.0%}]")
            )
        rows.append(
            ("responses without a walk", f"{self.share_missing:.0%} of {self.responding:,}")
        )
        rows.append(("responses against the walks", f"{self.share_opposed:.0%}"))
        return (TableData("Audit", (Column("What"), Column("Value")), tuple(rows)),)

    def notes(self) -> tuple[str, ...]:
        """Return the warnings."""
        return self.warnings
