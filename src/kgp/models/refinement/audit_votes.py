"""What the experiments on each perturbation say, gene by gene: votes and combined effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.effects import combine_effects
from kgp.models.refinement.perturbations import Perturbations

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int32]


class Effects(NamedTuple):
    """Effects as measured, one row per observation.

    Attributes:
        values: float64 [n_observations, n_genes]; NaN where not measured.
        errors: float64 [n_observations, n_genes], standard errors; NaN without.
        df: float64 [n_observations], degrees of freedom.
    """

    values: Floats
    errors: Floats
    df: Floats

    @classmethod
    def of(
        cls,
        observations: Observations,
        values: ArrayLike | None,
        errors: ArrayLike | None,
        df: ArrayLike | None,
    ) -> Effects:
        """Check what a caller gives; what is not given is NaN, and normal where it is ``df``.

        Raises:
            BadInputError: if a shape differs from that of the labels, or an effect is infinite.
        """
        shape = observations.labels.shape
        empty = np.full(shape, np.nan)
        given = [
            empty if each is None else np.asarray(each, np.float64) for each in (values, errors)
        ]
        freedom = np.full(shape[0], np.inf) if df is None else np.asarray(df, np.float64)
        freedom = np.broadcast_to(freedom, shape[:1]) if freedom.ndim == 0 else freedom
        if any(each.shape != shape for each in given) or freedom.shape != shape[:1]:
            found = ", ".join(str(each.shape) for each in (*given, freedom))
            raise BadInputError(
                f"Effects, errors and degrees of freedom {found} do not go with labels {shape}",
                hint="Give one row per perturbation and one column per gene",
            )
        if np.isinf(given[0]).any():
            raise BadInputError("An effect is infinite", hint="Write NaN where none was measured")
        return cls(given[0], given[1], freedom)


class Votes(NamedTuple):
    """Responses to each distinct perturbation, its first gene upwards.

    Attributes:
        rows: the perturbations, those of one gene first, by gene.
        experiments: int64 [n_rows], number of experiments.
        independent: int64 [n_rows], number of their groups.
        tested: int32 [n_rows, n_genes], experiments that measured the gene.
        up: int32 [n_rows, n_genes], experiments in which it rose.
        down: int32 [n_rows, n_genes], experiments in which it fell.
        groups: int32 [n_rows, n_genes], groups that measured it, by label or by effect.
        asked: int32 [n_rows, n_genes], groups that measured it by label.
        moved: int32 [n_rows, n_genes], groups in which more experiments move it one way than the
            other.
        effect: float64 [n_rows, n_genes], combined effect; NaN without errors.
        reach: float64 [n_rows, n_genes], half the width of its 95 % interval.
        p_value: float64 [n_rows, n_genes], two-sided, of no effect; NaN without errors.
    """

    rows: Perturbations
    experiments: NDArray[np.int64]
    independent: NDArray[np.int64]
    tested: Counts
    up: Counts
    down: Counts
    groups: Counts
    asked: Counts
    moved: Counts
    effect: Floats
    reach: Floats
    p_value: Floats

    @property
    def net(self) -> Counts:
        """int32 [n_rows, n_genes], experiments with a rise minus those with a fall."""
        return self.up - self.down

    @property
    def n_single(self) -> int:
        """Number of rows that perturb one gene; they come first."""
        return int((np.diff(self.rows.start) == 1).sum())

    def row_of(self) -> dict[int, int]:
        """Gene → row in which it is perturbed alone."""
        return {int(gene): row for row, gene in enumerate(self.rows.gene[: self.n_single])}


def count_votes(network: SignedNetwork, observations: Observations, effects: Effects) -> Votes:
    """Gather the experiments on each perturbation that has a regulator of the network in it."""
    known = set(network.regulators.tolist())
    distinct, index, turn = observations.distinct()
    seeds = distinct.rows()
    speaking = [i for i, row in enumerate(seeds) if any(gene in known for gene, _ in row)]
    speaking.sort(key=lambda i: (len(seeds[i]) > 1, seeds[i]))
    scored, labels = observations.scored(), observations.labels * turn[:, None]
    values = effects.values * turn[:, None]
    groups = observations.groups or observations.signatures
    n, found = network.n_genes, []
    for row in speaking:
        at = np.flatnonzero(index == row)
        own = [gene for gene, _ in seeds[row]]
        values[at[:, None], own] = np.nan
        names = [groups[i] for i in at.tolist()]
        one = _Row.tally(scored[at], labels[at], names)
        pooled = combine_effects(values[at], effects.errors[at], effects.df[at], names)
        both = np.maximum(one.asked, pooled.groups)
        counts = (one.tested, one.up, one.down, both, one.asked, one.moved)
        about = (len(at), len(set(names)))
        found.append((*about, *counts, pooled.effect, pooled.reach(), pooled.p_values()))
    if not found:
        # Nothing was perturbed that the network knows: columns of no rows, in the fields' order.
        found_none = [np.zeros(0, np.int64)] * 2 + [np.zeros((0, n), np.int32)] * 6
        columns = [*found_none, *[np.zeros((0, n))] * 3]
    else:
        columns = [np.array(column) for column in zip(*found, strict=True)]
    return Votes._make([Perturbations.of([seeds[i] for i in speaking]), *columns])


class _Row(NamedTuple):
    """Counts over the experiments of one perturbation, int32 [n_genes] each."""

    tested: Counts
    up: Counts
    down: Counts
    asked: Counts
    moved: Counts

    @classmethod
    def tally(cls, scored: NDArray[np.bool_], labels: NDArray[np.int8], groups: list[str]) -> _Row:
        """Count experiments and groups: each group has one vote, that of its majority."""
        seen = np.where(scored, labels, 0).astype(np.int32)
        asked = moved = np.zeros(scored.shape[1], np.int32)
        for name in sorted(set(groups)):
            own = np.array([name == each for each in groups])
            asked = asked + scored[own].any(0)
            moved = moved + (seen[own].sum(0) != 0)
        tested = scored.sum(0, dtype=np.int32)
        up, down = ((seen == sign).sum(0, dtype=np.int32) for sign in (1, -1))
        return cls(tested, up, down, asked.astype(np.int32), moved.astype(np.int32))
