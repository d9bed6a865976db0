"""A network as it is searched, and the way back to statements about genes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.wiring_fold import fold_knowledge, fold_observations
from kgp.models.refinement.wiring_groups import EDITED_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from kgp.models.refinement.network import DroppedEdges, SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.perturbations import Seeds
    from kgp.models.refinement.wiring_groups import Folding, Regulation

Edge = tuple[str, str, str]
"""Regulator, target and layer of one statement, as the store keys it."""


@dataclass(frozen=True, slots=True, eq=False)
class Wired:
    """A network as it is searched, and the way back to statements about genes.

    Attributes:
        network: the nodes of the search; the first ``n_genes`` are the genes.
        dropped: what was left out, after folding.
        n_genes: number of genes.
        folding: which genes act and are transcribed together.
        statements: the statements behind each pair of nodes, those without a sign too.
        own_layer: node → the layer of its new edges.
        position: name of a node → its position.
    """

    network: SignedNetwork
    dropped: DroppedEdges
    n_genes: int
    folding: Folding
    statements: Mapping[tuple[int, int], tuple[Regulation, ...]]
    own_layer: Mapping[str, str]
    position: Mapping[str, int]

    def unfold(self, source: int, target: int) -> tuple[Edge, ...]:
        """Return the statements that an edit of one edge changes, or that an addition makes.

        An edge that is there unfolds to what is stated with a sign. An absent one unfolds to
        all genes of a unit, from all subunits of a complex (from the complex itself where the
        network has it as a regulator); what is stated without a sign keeps its layer.
        """
        stated = self.statements.get((source, target), ())
        names = self.network.genes
        if self.network.sign_at(np.array([source * len(names) + target]))[0]:
            return tuple(sorted({(row.src, row.dst, row.layer) for row in stated if row.sign}))
        there = {(row.src, row.dst, row.layer) for row in stated}
        layer = self.own_layer.get(names[source], "transcriptional")
        known = {edge[:2] for edge in there}
        for pair in self._pairs(names[source], names[target]):
            if pair not in known and pair[0] != pair[1]:
                there.add((*pair, layer))
        return tuple(sorted(there))

    def _pairs(self, source: str, target: str) -> list[tuple[str, str]]:
        own = self.position[source] < self.n_genes
        sources = (source,) if own else self.folding.complexes[source]
        return [(s, t) for s in sources for t in self.folding.units.get(target, (target,))]

    def seeds_of(self, experiment: Seeds) -> Seeds:
        """Return all that an experiment perturbs: its genes and their complexes.

        Args:
            experiment: position and direction of the perturbed genes.
        """
        direction = {self.network.genes[gene]: sign for gene, sign in experiment}
        found = list(experiment)
        for name, members in self.folding.complexes.items():
            signs = [direction.get(gene, 0) for gene in members]
            if -1 in signs:
                found.append((self.position[name], -1))
            elif all(sign == 1 for sign in signs):
                found.append((self.position[name], 1))
        return tuple(found)

    def observations(
        self, genes: Observations, mates: Mapping[str, Iterable[str]] | None = None
    ) -> Observations:
        """Return responses of genes as responses of nodes.

        The label of a unit is the one that holds more than half of the weight of its measured
        genes; where none does, the unit counts as not measured. Its weight is that of the genes
        that agree, divided by the number of measured ones. When a gene is knocked out or down,
        the genes transcribed with it are not scored: the construct may be polar.

        Args:
            genes: responses over the genes.
            mates: gene → genes that are transcribed with it; default the units.

        Raises:
            BadInputError: if the responses cover another number of genes.
        """
        if genes.n_genes != self.n_genes:
            raise BadInputError(
                f"The responses cover {genes.n_genes} genes and the network {self.n_genes}",
                hint="Align both to one list of genes",
            )
        together = self.folding.mates if mates is None else mates
        columns = {
            self.position[gene]: [self.position[m] for m in others if m in self.position]
            for gene, others in together.items()
            if gene in self.position
        }
        seeds = tuple(self.seeds_of(each) for each in genes.seeds())
        return fold_observations(genes, seeds, self._unit_columns(), self.network.n_genes, columns)

    def _unit_columns(self) -> dict[int, list[int]]:
        units = self.folding.units.items()
        return {self.position[name]: [self.position[g] for g in group] for name, group in units}

    def knowledge(self, genes: Knowledge | None = None) -> Knowledge:
        """Return what is known about pairs of nodes, with what must not be edited.

        A pair with a complex or a unit gets the best log-odds of the pairs of genes that it
        stands for, a complex those of its best subunit as a regulator, a unit the mean of its
        genes as a target.

        Args:
            genes: what is known about pairs of genes; default nothing.
        """
        known = Knowledge.nothing(self.n_genes) if genes is None else genes
        complexes = {
            self.position[name]: [self.position[g] for g in group if g in self.position]
            for name, group in self.folding.complexes.items()
        }
        n = self.network.n_genes
        wide = fold_knowledge(known, n, complexes, self._unit_columns())
        sources, targets = self._may_regulate(), self._may_be_regulated()
        return replace(
            wide,
            frozen=np.union1d(wide.frozen, self._frozen()),
            sources=_both(wide.sources, sources),
            targets=_both(wide.targets, targets),
        )

    def _may_regulate(self) -> NDArray[np.bool_]:
        """Return bool [n_nodes]; a subunit that regulates only in its complex does not alone."""
        may = np.ones(self.network.n_genes, bool)
        may[self.n_genes :] = False
        owned = {row.src for row in self.folding.owner}
        alone = {
            row.src
            for rows in self.statements.values()
            for row in rows
            if row.sign and row not in self.folding.owner
        }
        may[[self.position[gene] for gene in sorted(owned - alone)]] = False
        may[[self.position[name] for name in self.folding.complexes]] = True
        return may

    def _may_be_regulated(self) -> NDArray[np.bool_]:
        may = np.ones(self.network.n_genes, bool)
        pseudo = list(self.network.genes[self.n_genes :])
        closed = [name for name in pseudo if name not in self.folding.units]
        closed += [*self.folding.complexes, *self.folding.unit_of]
        may[[self.position[name] for name in closed]] = False
        return may

    def _frozen(self) -> NDArray[np.int64]:
        """Return the keys of pairs with a statement in another layer, and of hidden self-loops."""
        n = self.network.n_genes
        other = [
            source * n + target
            for (source, target), rows in self.statements.items()
            if any(row.layer not in EDITED_LAYERS for row in rows)
        ]
        loops = self.network.links[:, 1].astype(np.int64) * n + self.network.links[:, 0]
        return np.union1d(np.array(other, np.int64), loops)


def _both(one: NDArray[np.bool_] | None, other: NDArray[np.bool_]) -> NDArray[np.bool_] | None:
    """Return where both allow; None where everything is allowed."""
    allowed = other if one is None else one & other
    return None if one is None and bool(allowed.all()) else allowed
