"""Before a refinement is believed: do the data know the network, and does refining help?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.models.refinement.audit import audit
from kgp.models.refinement.folds import make_folds
from kgp.models.refinement.heldout import heldout_curve
from kgp.models.refinement.heldout_edits import Proposal
from kgp.models.refinement.reasoning_choice import choose_reasoning
from kgp.models.refinement.reasoning_rules import Reasoning
from kgp.models.refinement.refine import refine

if TYPE_CHECKING:
    from kgp.api.refine_task import RefineOptions, RefineTask
    from kgp.models.refinement.enrichment import Enrichment
    from kgp.models.refinement.folds import Folds
    from kgp.models.refinement.heldout_result import HeldOut
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.progress import Progress

FOLDS = 5
LONGEST = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How a network is read, and what independent experiments there are to check it on.

    Args:
        max_length: longest walk.
        why: how it was chosen, in words.
        folds: division of the experiments; None where all hang together.
        no_folds: why there are none.
    """

    max_length: int
    why: str
    folds: Folds | None
    no_folds: str = ""


def check_enrichment(task: RefineTask, options: RefineOptions) -> Enrichment | None:
    """Refuse a network whose edges respond no more often than those of random networks.

    Raises:
        BadInputError: if so, unless the user forces it.
    """
    if task.measured is None:
        return None
    found = audit(task.stored.signed, task.measured.observations, max_length=1, listed=0).enrichment
    if not found.is_enriched and not options.force:
        null = found.same_degrees
        beside = f"; in random networks of the same degrees {null.mean:.1f} do" if null else ""
        raise BadInputError(
            f"These data say nothing about {task.stored.name}: of {found.edges_tested:,} edges "
            f"whose regulator was perturbed, {found.edges_responding:,} targets respond{beside}"
            + (f" (p = {null.p_value:.2g})." if null else "."),
            hint="Refining would fit noise. An audit shows what there is; --force refines all the "
            "same.",
            command=f"kgp grn audit {task.stored.name} --responses {options.responses}",
        )
    return found


def make_plan(task: RefineTask, options: RefineOptions) -> Plan:
    """Divide the experiments, and choose how far to reason on held-out regulators."""
    try:
        folds = make_folds(task.observations, FOLDS)
    except BadInputError as error:
        length = options.max_length or 1
        why = "given" if options.max_length else "direct edges: nothing is left to choose on"
        return Plan(length, why, None, error.message)
    if options.max_length is not None:
        return Plan(options.max_length, "given", folds)
    ways = [Reasoning(length) for length in range(1, LONGEST + 1)]
    choice = choose_reasoning(task.network, task.observations, folds, ways)
    return Plan(choice.chosen.max_length, choice.rule, folds)


def check_held_out(
    task: RefineTask, options: RefineOptions, plan: Plan, bars: Progress
) -> HeldOut | None:
    """Refine without some regulators, and score on these; None where nothing can be held out."""
    if plan.folds is None or task.measured is None:
        return None
    config, knowledge = options.config(plan.max_length), task.knowledge

    def once(network: SignedNetwork, observations: Observations) -> Proposal:
        try:
            made = refine(network, observations, config, knowledge=knowledge)
        except BadInputError:
            # All of the experiments passed, but those of this fold do not reach the network:
            # nothing can be learned from them.
            return Proposal(network, {})
        sure = {(edit.source, edit.target): edit.confidence for edit in made.edits}
        return Proposal(made.network, sure)

    with bars.step("hold out", total=len(plan.folds), unit="folds") as step:
        return heldout_curve(
            task.network,
            task.observations,
            once,
            plan.folds,
            how=Reasoning(plan.max_length),
            step=step,
        )
