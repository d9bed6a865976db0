"""Ternary responses to perturbations, as measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork


@dataclass(frozen=True, slots=True, eq=False)
class Observations:
    """Responses of genes to single-gene perturbations; repeats of one gene are allowed.

    Attributes:
        perturbed: int32 [n_observations], position of the perturbed gene in the network.
        direction: int8 [n_observations], +1 over-expression, -1 knock-out or knock-down.
        labels: int8 [n_observations, n_genes], -1 fell, 0 unchanged, +1 rose.
        measured: bool [n_observations, n_genes]; what was not measured weighs nothing.
        signatures: id of the signature behind each row, for the evidence of an edit.
    """

    perturbed: NDArray[np.int32]
    direction: NDArray[np.int8]
    labels: NDArray[np.int8]
    measured: NDArray[np.bool_]
    signatures: tuple[str, ...]

    def __post_init__(self) -> None:
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

    @property
    def n_observations(self) -> int:
        """Number of signatures."""
        return len(self.perturbed)

    @property
    def n_genes(self) -> int:
        """Number of genes of the network that the rows describe."""
        return int(self.labels.shape[1])

    def toward_activation(self) -> NDArray[np.int8]:
        """Return int8 [n_observations, n_genes]: labels as over-expression would give them."""
        return self.labels * self.direction[:, None]

    def scored(self) -> NDArray[np.bool_]:
        """Return bool [n_observations, n_genes]: measured, and not the perturbed gene itself.

        The perturbed gene's own transcript reports the perturbation, not regulation.
        """
        scored = self.measured.copy()
        scored[np.arange(self.n_observations), self.perturbed] = False
        return scored

    def take(self, rows: NDArray[np.int64]) -> Observations:
        """Return the observations at ``rows``, in that order."""
        return Observations(
            self.perturbed[rows],
            self.direction[rows],
            self.labels[rows],
            self.measured[rows],
            tuple(self.signatures[row] for row in rows.tolist()),
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
