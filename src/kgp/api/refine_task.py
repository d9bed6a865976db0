"""What is refined: a network, responses that speak about it, and the truth where one is planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.api.refine_limits import read_limits
from kgp.api.responses import LabelOptions, record_of
from kgp.api.stores import open_store
from kgp.errors import BadInputError
from kgp.models.grn_context import read_context
from kgp.models.grn_data import read_network, read_observations
from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.wiring import Regulation, wire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kgp.models.grn_data import Measured, StoredNetwork
    from kgp.models.labels import Rule
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.prior import Knowledge
    from kgp.models.refinement.result import Edit, Method
    from kgp.models.refinement.wired import Wired
    from kgp.platform.store.port import KnowledgeStore

PLANTED_LENGTH = 3
"""Longest walk of a planted truth, as in ALIGNED's study."""


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How to refine.

    Args:
        responses: name of the response set; empty with a planted truth.
        planted: share of the edges to damage, or None for real responses.
        seed: of the damage, and of the chains of method ``posterior``.
        name: name of the network that is written: the damaged one (default ``NETWORK-planted``),
            or the fork for a context (default ``NETWORK-VALUE``).
        method: ``search``, or ``posterior`` where time allows.
        max_length: longest walk that carries an effect; None chooses on held-out regulators.
        confidence: least confidence of a written edit.
        max_share: most edges that may change, as a share of the network's.
        frozen: edges that stay as they are: ``REGULATOR``, ``REGULATOR>TARGET``, or a table with
            columns source and target.
        candidates: table with columns source and target, the only pairs that may become edges.
        where: property of a signature → value; what is learned from these goes to a fork.
        labels: how the effects of the responses become labels.
        force: go on, and write, although the data speak against it.
    """

    responses: str = ""
    planted: float | None = None
    seed: int = 1
    name: str = ""
    method: Method = "search"
    max_length: int | None = None
    confidence: float = 0.5
    max_share: float | None = None
    frozen: tuple[str, ...] = ()
    candidates: Path | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    labels: LabelOptions = field(default_factory=LabelOptions)
    force: bool = False

    @property
    def context(self) -> str:
        """The context as a fork states it; one text whatever the order."""
        return ", ".join(f"{key}={value}" for key, value in sorted(self.where.items()))

    def config(self, max_length: int) -> RefineConfig:
        """Settings of the refinement."""
        return RefineConfig(
            method=self.method,
            max_length=max_length,
            confidence=self.confidence,
            max_share=self.max_share,
            seed=self.seed,
        )


@dataclass(frozen=True, slots=True)
class RefineTask:
    """A network to refine, the responses, and the truth where one was planted.

    Args:
        stored: the network as the store holds it.
        wired: the network as it is searched, and the way back to statements about genes.
        observations: labels of the responses, over the nodes of ``wired``.
        knowledge: what is known about pairs of nodes, and which of them may change.
        name: name of the network that gets the new version.
        measured: the responses over the genes; None with a planted truth.
        truth: the undamaged network where it was planted.
        rule: the rule behind the labels; None with a planted truth.
        notes: what was known about the genes, in words.
    """

    stored: StoredNetwork
    wired: Wired
    observations: Observations
    knowledge: Knowledge
    name: str
    measured: Measured | None = None
    truth: SignedNetwork | None = None
    rule: Rule | None = None
    notes: tuple[str, ...] = ()

    @property
    def network(self) -> SignedNetwork:
        """What is refined."""
        return self.wired.network

    @property
    def parent(self) -> int:
        """The version that is refined; a planted network, or a new fork, begins with it."""
        return self.stored.version if self.name == self.stored.name else 1

    @property
    def perturbed_regulators(self) -> int:
        """Number of the network's regulators that were perturbed."""
        perturbed = {gene for seeds in self.observations.seeds() for gene, _ in seeds}
        return len(perturbed & set(self.network.regulators.tolist()))

    def name_of(self, gene: str) -> str:
        """What a biologist calls a gene."""
        return self.stored.names.get(gene, gene)

    def signatures(self, rows: tuple[int, ...]) -> list[str]:
        """Experiments by id, each with the symbols of the perturbed genes."""
        seen, genes = self.observations, self.network.genes
        seeds = seen.seeds()
        names = [
            " + ".join(self.name_of(genes[g]) for g, _ in seeds[row] if g < self.wired.n_genes)
            for row in rows
        ]
        return [f"{seen.signatures[row]} ({name})" for row, name in zip(rows, names, strict=True)]

    def unfold(self, edit: Edit) -> tuple[tuple[str, str, str], ...]:
        """Return the statements (regulator, target, layer) that an edit changes."""
        return self.wired.unfold(edit.source, edit.target)


def read_task(store: str | None, network: str, options: RefineOptions) -> RefineTask:
    """Read the network and its responses; with a planted truth, damage a copy of it in memory."""
    with open_store(store) as graph:
        if options.planted is not None:
            return _planted(read_network(graph, network), options)
        return _measured(graph, network, options)


def _measured(graph: KnowledgeStore, network: str, options: RefineOptions) -> RefineTask:
    """Read real responses; those of one context are held against its fork, if there is one."""
    read, name = _names(graph, network, options)
    stored = read_network(graph, read)
    rule = options.labels.for_set(record_of(graph.datasets(), options.responses))
    measured = read_observations(graph, options.responses, stored, rule, where=options.where)
    context = read_context(graph, stored, options.responses)
    wired = wire(context.rows, context.complexes, context.units, stored.signed.genes)
    known = read_limits(graph, context.knowledge, stored.signed.genes, options)
    cited = (
        f"Curated on these very data: {len(context.cites_the_data):,} edges, which they cannot "
        "confirm independently."
    )
    return RefineTask(
        stored,
        wired,
        wired.observations(measured.observations, context.mates).counted_once(),
        wired.knowledge(known),
        name,
        measured,
        None,
        rule,
        (*context.notes, *([cited] if context.cites_the_data else [])),
    )


def _names(graph: KnowledgeStore, network: str, options: RefineOptions) -> tuple[str, str]:
    """Return the network that is read and the one that is written.

    Data of one context must not overwrite general knowledge: they go to a fork, which is read
    itself once it is there.

    Raises:
        BadInputError: if the fork's name belongs to a network of another origin or context.
    """
    if not options.where:
        return network, network
    known = {record.name: record for record in graph.grns()}
    given = known.get(network)
    if given is not None and given.forked_from and given.context == options.context:
        return network, network
    values = [value for _key, value in sorted(options.where.items())]
    fork = options.name or "-".join([network, *values]).replace(" ", "_")
    there = known.get(fork)
    if there is None:
        return network, fork
    origin = there.forked_from.rpartition("@")[0]
    if (origin, there.context) != (network, options.context):
        what = f"a fork of {origin} for {there.context}" if origin else "no fork"
        raise BadInputError(
            f"{fork!r} is {what}; what holds under {options.context} goes to a fork of {network}.",
            hint="Name a new network, or the fork that was made for this context.",
            command=f"the same command with --name {network}-CONTEXT",
        )
    return fork, fork


def _planted(stored: StoredNetwork, options: RefineOptions) -> RefineTask:
    truth = stored.signed
    # Every gene is perturbed: that a gene has no effect refutes what the damage invented for it.
    every = np.arange(truth.n_genes, dtype=np.int32)
    seen = observe(truth, every, max_length=options.max_length or PLANTED_LENGTH)
    damaged = damage(truth, options.planted or 0.0, options.seed)
    genes = damaged.genes
    ends = zip(damaged.source.tolist(), damaged.target.tolist(), damaged.sign.tolist(), strict=True)
    rows = [Regulation(genes[s], genes[t], sign, "transcriptional") for s, t, sign in ends]
    wired = wire(rows, {}, {}, genes)
    name = options.name or f"{stored.name}-planted"
    return RefineTask(stored, wired, seen, wired.knowledge(), name, truth=truth)
