"""Audit and refine a network that is a plain table, without any store.

``network`` has decoupler's columns ``source``, ``target`` and ``weight``, whose sign is the edge's
(0: unknown). ``responses`` is long: ``perturbation`` (``ihfA`` over-expressed, ``-ihfA`` knocked
out or down, ``a+-b`` both), ``gene``, ``response`` (-1, 0, 1; what is unknown has no row), and
where there are any ``confidence`` (0 to 1), ``experiment`` (which repeat) and ``group``
(experiments with one group share controls). Tables of polars, pandas and pyarrow and dictionaries
of columns are taken; what comes back is of the kind that ``network`` was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from kgp.api.frames_given import read_input
from kgp.api.frames_knowledge import knowledge_of
from kgp.api.frames_network import apply_edits
from kgp.api.frames_report import AuditReport, RefineReport
from kgp.api.frames_results import (
    audit_report,
    edge_table,
    edit_table,
    refine_report,
    verdict_table,
)
from kgp.api.frames_tables import Frame, give_back, read_pairs
from kgp.errors import BadInputError
from kgp.models.refinement.audit_result import MissingResponse, RegulatorAudit
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.prior import EditPrior
from kgp.models.refinement.result import RefineConfig

if TYPE_CHECKING:
    from typing import Literal

    from kgp.models.refinement.reasoning_rules import Lengths
    from kgp.models.refinement.result import Method
    from kgp.progress import Progress

__all__ = ["AuditReport", "FrameAudit", "FrameRefinement", "RefineReport", "audit", "refine"]


@dataclass(frozen=True, slots=True, eq=False)
class FrameRefinement(Generic[Frame]):
    """A refined network as plain tables.

    Attributes:
        network: source, target, weight, sorted; self-loops and edges without a sign as they were.
        edits: source, target, before and after (-1, 0, 1), kind (added, removed, flipped, or
            signed where an edge without a sign got one), confidence (0 to 1), gain (nats),
            supporting and contradicting (lists of perturbations, most evidence first),
            alternatives (list of source, target, after and weight: other edits that would explain
            the same responses, the heaviest first); the most certain edit first.
        report: what was given, estimated and changed.
    """

    network: Frame
    edits: Frame
    report: RefineReport


@dataclass(frozen=True, slots=True, eq=False)
class FrameAudit(Generic[Frame]):
    """An audited network as plain tables.

    Attributes:
        edges: one row for each signed edge, with the columns of
            :class:`kgp.models.refinement.audit_result.EdgeAudit` and names for genes, and whether
            its verdict holds at the false discovery rate.
        regulators: one row for each regulator, likewise of
            :class:`~kgp.models.refinement.audit_result.RegulatorAudit`.
        missing: responses that no walk of the network explains, likewise of
            :class:`~kgp.models.refinement.audit_result.MissingResponse`.
        report: what was given and found.
    """

    edges: Frame
    regulators: Frame
    missing: Frame
    report: AuditReport


def refine(
    network: Frame,
    responses: object,
    method: Method = "search",
    max_length: int = 3,
    seed: int = 0,
    *,
    lengths: Lengths = "upto",
    conflict: Literal["cancel", "shortest"] | None = None,
    rates: Rates | tuple[float, float, float] | None = None,
    idle: float | None = None,
    frozen: object | None = None,
    candidates: object | None = None,
    max_share: float | None = None,
    min_confidence: float = 0.5,
    least_gain: float = 0.0,
    prior: EditPrior | None = None,
    progress: Progress | None = None,
) -> FrameRefinement[Frame]:
    """Change the edges of a network that responses speak against strongly enough.

    Args:
        network: table of source, target, weight.
        responses: long table of perturbation, gene, response, and what else there is.
        method: "search" finds the most probable network and weighs each of its edits; for
            "posterior" and "unit" see :class:`~kgp.models.refinement.result.RefineConfig`.
        max_length: longest walk that carries an effect.
        seed: of whatever the method draws at random.
        lengths: walks "upto" ``max_length``, or "exact".
        conflict: where walks of both signs meet, they "cancel" or the "shortest" decide; None
            takes what suits the responses better.
        rates: miss, opposite and false rate of the labels; estimated where None.
        idle: share of true edges that do nothing in an experiment, 0 up to, and without, 1;
            estimated where None. At 0 silence counts in full.
        frozen: pairs that must stay as they are: a table with source and target, or pairs.
        candidates: the only pairs that may become edges, likewise; their genes need not be in
            the network. By default any two genes of the network.
        max_share: largest share of the signed edges that may change; the most certain edits
            stay. By default any.
        min_confidence: least confidence of an edit, 0 up to, and without, 1.
        least_gain: what the responses themselves must say for an edit, in nats.
        prior: cost of each kind of edit, in nats.
        progress: told of the search.

    Returns:
        The refined network, its edits and a report. The order of rows changes nothing.

    Raises:
        BadInputError: if the tables are no network and no responses, or do not meet; the
            message names row and value.
    """
    from kgp.models.refinement.refine import refine as search

    allowed = None if candidates is None else read_pairs(candidates, "candidates")
    stuck = None if frozen is None else read_pairs(frozen, "frozen")
    config = RefineConfig(
        method=method,
        max_length=max_length,
        lengths=lengths,
        conflict=conflict,
        rates=_rates(rates),
        idle=idle,
        prior=prior or EditPrior(),
        confidence=min_confidence,
        least_gain=least_gain,
        max_share=max_share,
        seed=seed,
    )
    read = read_input(network, responses, {gene for pair in allowed or () for gene in pair})
    if read.given.perturbations < 2:
        raise BadInputError(
            f"All responses are to one perturbation, {read.observations.signatures[0]!r}.",
            hint="A change could be checked against nothing else: refining needs two or more.",
            command="kgp.audit(network, responses)",
        )
    known = knowledge_of(read.table.signed, stuck, allowed)
    found = search(read.table.signed, read.observations, config, knowledge=known, progress=progress)
    table, seen = read.table, read.observations
    edits = edit_table(found.edits, table.signed.genes, seen, table.unsigned_pairs)
    return FrameRefinement(
        give_back(apply_edits(table, edits), network),
        give_back(edits, network),
        refine_report(read, found, edits),
    )


def audit(
    network: Frame,
    responses: object,
    *,
    max_length: int = 3,
    listed: int = 50,
    alpha: float = 0.05,
) -> FrameAudit[Frame]:
    """Hold a network against responses, edge by edge, and change nothing.

    Args:
        network: table of source, target, weight.
        responses: long table of perturbation, gene, response, and what else there is.
        max_length: longest walk that may explain a response.
        listed: how many responses without a walk to list.
        alpha: false discovery rate at which an edge's verdict ``holds``.

    Raises:
        BadInputError: as :func:`refine`; one perturbation is enough here.
    """
    from kgp.models.refinement.audit import audit as hold_against

    read = read_input(network, responses)
    if not 0 < alpha < 1:
        raise BadInputError(f"The false discovery rate alpha is {alpha}.", hint="Valid is 0 to 1.")
    signed = read.table.signed
    found = hold_against(
        signed, read.observations, max_length=max_length, listed=listed, alpha=alpha
    )
    tables = (
        edge_table(found.edges, signed.genes, alpha),
        verdict_table(RegulatorAudit, found.regulators, signed.genes),
        verdict_table(MissingResponse, found.missing, signed.genes),
    )
    edges, regulators, missing = (give_back(table, network) for table in tables)
    return FrameAudit(edges, regulators, missing, audit_report(read, found))


def _rates(given: Rates | tuple[float, float, float] | None) -> Rates | None:
    if given is None or isinstance(given, Rates):
        return given
    if not isinstance(given, tuple) or len(given) != 3:
        raise BadInputError(
            f"rates is {given!r}.",
            hint="Valid are three numbers: miss, opposite and false rate; or None to estimate.",
        )
    return Rates(*given)
