"""What is refined: a network, responses that speak about it, and the truth where one is planted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.api.responses import LabelOptions, record_of
from kgp.api.stores import open_store
from kgp.models.grn_data import read_network, read_observations
from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.result import RefineConfig

if TYPE_CHECKING:
    from kgp.models.grn_data import StoredNetwork
    from kgp.models.labels import Rule
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations


@dataclass(frozen=True, slots=True)
class RefineOptions:
    """How to refine.

    Args:
        responses: name of the response set; empty with a planted truth.
        planted: share of the edges to damage, or None for real responses.
        seed: of the damage.
        name: name of the damaged network; default ``NETWORK-planted``.
        max_length: longest walk that carries an effect.
        confidence: least confidence of a written edit.
        labels: how the effects of the responses become labels.
    """

    responses: str = ""
    planted: float | None = None
    seed: int = 1
    name: str = ""
    max_length: int = 3
    confidence: float = 0.5
    labels: LabelOptions = field(default_factory=LabelOptions)

    def config(self) -> RefineConfig:
        """Settings of the search; edges of unperturbed regulators need more confidence."""
        unmeasured = max(self.confidence, RefineConfig().threshold_unmeasured)
        return RefineConfig(
            max_length=self.max_length,
            threshold_measured=self.confidence,
            threshold_unmeasured=unmeasured,
        )


@dataclass(frozen=True, slots=True)
class RefineTask:
    """A network to refine, the responses, and the truth where one was planted.

    Args:
        stored: the network as the store holds it.
        network: what is refined.
        observations: labels of the responses.
        name: name of the network that gets the new version.
        truth: the undamaged network where it was planted.
        rule: the rule behind the labels; None with a planted truth.
    """

    stored: StoredNetwork
    network: SignedNetwork
    observations: Observations
    name: str
    truth: SignedNetwork | None
    rule: Rule | None = None

    @property
    def parent(self) -> int:
        """The version that is refined; a planted network begins with its damage."""
        return self.stored.version if self.truth is None else 1

    @property
    def perturbed_regulators(self) -> int:
        """Number of the network's regulators that were perturbed."""
        perturbed = set(self.observations.perturbed.tolist())
        return len(perturbed & set(self.network.regulators.tolist()))

    def signatures(self, rows: tuple[int, ...]) -> list[str]:
        """Experiments by id, each with the symbol of the perturbed gene."""
        seen, genes = self.observations, self.network.genes
        return [
            f"{seen.signatures[row]} ({self.stored.names[genes[seen.perturbed[row]]]})"
            for row in rows
        ]


def read_task(store: str | None, network: str, options: RefineOptions) -> RefineTask:
    """Read the network and its responses; with a planted truth, damage a copy of it in memory."""
    with open_store(store) as graph:
        stored = read_network(graph, network)
        if options.planted is None:
            rule = options.labels.for_set(record_of(graph.datasets(), options.responses))
            seen = read_observations(graph, options.responses, stored, rule).observations
            return RefineTask(stored, stored.signed, seen, network, None, rule)
    truth = stored.signed
    # Every gene is perturbed: that a gene has no effect refutes what the damage invented for it.
    every = np.arange(truth.n_genes, dtype=np.int32)
    observations = observe(truth, every, max_length=options.max_length)
    damaged = damage(truth, options.planted, options.seed)
    return RefineTask(stored, damaged, observations, options.name or f"{network}-planted", truth)
