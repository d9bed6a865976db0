"""Ternary responses to perturbations, as measured."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.perturbations import Perturbations, normalise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.perturbations import Seeds


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Responses of genes to perturbations of one gene or several; repeats are allowed.

    Attributes:
        perturbed: int32 [n_observations], position of the (first) perturbed gene.
        direction: int8 [n_observations], +1 over-expression, -1 knock-out or knock-down.
        labels: int8 [n_observations, n_genes], -1 fell, 0 unchanged, +1 rose.
        measured: bool [n_observations, n_genes]; what was not measured weighs nothing.
        signatures: id of the signature behind each row, for the evidence of an edit.
        partners: what is perturbed beside ``perturbed``, one entry per row; empty means nothing
            in any row.
        weight: float32 [n_observations, n_genes], 0 to 1, how much a label counts; None counts
            all alike.
        groups: what each row shares with others (controls, strain, study); rows of one group are
            not independent. Empty means that every row stands alone.
    """

    perturbed: NDArray[np.int32]
    direction: NDArray[np.int8]
    labels: NDArray[np.int8]
    measured: NDArray[np.bool_]
    signatures: tuple[str, ...]
    partners: tuple[Seeds, ...] = ()
    weight: NDArray[np.float32] | None = None
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_shapes()
        if not np.all(np.isin(self.labels, (-1, 0, 1))):
            raise BadInputError("A response label is neither -1, 0 nor +1")
        if not np.all(np.abs(self.direction) == 1):
            raise BadInputError(
                "A perturbation has no direction",
                hint="+1 is over-expression, -1 knock-out or knock-down",
            )
        inside = (self.perturbed >= 0) & (self.perturbed < self.labels.shape[1])
        if not np.all(inside):
            raise BadInputError("A perturbed gene lies outside the genes of the labels")

    def _check_shapes(self) -> None:
        rows = len(self.perturbed)
        if self.labels.shape != self.measured.shape or self.labels.ndim != 2:
            raise BadInputError(
                f"labels {self.labels.shape} and measured {self.measured.shape} differ in shape"
            )
        if not rows == len(self.direction) == len(self.labels) == len(self.signatures):
            raise BadInputError(
                f"{rows} perturbed genes do not go with {len(self.direction)} directions, "
                f"{len(self.labels)} rows of labels and {len(self.signatures)} signature ids"
            )
        if len(self.partners) not in (0, rows) or len(self.groups) not in (0, rows):
            raise BadInputError(f"{rows} perturbations need as many partners and groups, or none")
        if self.weight is not None and self.weight.shape != self.labels.shape:
            raise BadInputError(
                f"labels {self.labels.shape} and weight {self.weight.shape} differ in shape"
            )

    @property
    def n_observations(self) -> int:
        """Number of signatures."""
        return len(self.perturbed)

    @property
    def n_genes(self) -> int:
        """Number of genes of the network that the rows describe."""
        return int(self.labels.shape[1])

    def seeds(self) -> tuple[Seeds, ...]:
        """Return all that each row perturbs."""
        first = zip(self.perturbed.tolist(), self.direction.tolist(), strict=True)
        partners = self.partners or ((),) * self.n_observations
        return tuple((lead, *others) for lead, others in zip(first, partners, strict=True))

    def distinct(self) -> tuple[Perturbations, NDArray[np.int64], NDArray[np.int8]]:
        """Return the distinct perturbations, which of them each row is, and its turn.

        A row's labels times its turn (+1 or -1) are what the distinct perturbation would show.
        """
        normal = [normalise(seeds) for seeds in self.seeds()]
        rows = sorted({seeds for seeds, _ in normal})
        place = {seeds: i for i, seeds in enumerate(rows)}
        index = np.array([place[seeds] for seeds, _ in normal], np.int64)
        return Perturbations.of(rows), index, np.array([turn for _, turn in normal], np.int8)

    def toward_activation(self) -> NDArray[np.int8]:
        """Return int8 [n_observations, n_genes]: labels as over-expression would give them."""
        return self.labels * self.distinct()[2][:, None]

    def scored(self) -> NDArray[np.bool_]:
        """Return bool [n_observations, n_genes]: measured, and not itself perturbed.

        A perturbed gene's own transcript reports the perturbation, not regulation.
        """
        scored = self.measured.copy()
        for row, seeds in enumerate(self.seeds()):
            scored[row, [gene for gene, _ in seeds]] = False
        return scored

    def counted_once(self) -> Observations:
        """Return the same rows, where repeats of a perturbation in one group weigh as one.

        They share their controls, so what went wrong in these went wrong in all of them.
        """
        keys = list(zip(self.seeds(), self.groups or range(self.n_observations), strict=True))
        often = Counter(keys)
        share = np.array([1 / often[key] for key in keys], np.float32)
        weight = np.ones(self.labels.shape, np.float32) if self.weight is None else self.weight
        return replace(self, weight=weight * share[:, None])

    def take(self, rows: NDArray[np.int64]) -> Observations:
        """Return the observations at ``rows``, in that order."""
        chosen = rows.tolist()
        return Observations(
            self.perturbed[rows],
            self.direction[rows],
            self.labels[rows],
            self.measured[rows],
            tuple(self.signatures[row] for row in chosen),
            tuple(self.partners[row] for row in chosen) if self.partners else (),
            None if self.weight is None else self.weight[rows],
            tuple(self.groups[row] for row in chosen) if self.groups else (),
        )

    def check_fits(self, network: SignedNetwork) -> None:
        """Refuse observations over other genes, without rows, or without any response.

        Raises:
            BadInputError: with what is wrong.
        """
        if self.n_genes != network.n_genes:
            raise BadInputError(
                f"The responses cover {self.n_genes} genes and the network {network.n_genes}",
                hint="Align both to one list of genes",
            )
        if not np.any(self.labels[self.scored()]):
            raise BadInputError(
                f"None of the {self.n_observations} perturbations has a responding gene",
                hint="All-zero responses say nothing about the edges of a network",
            )
