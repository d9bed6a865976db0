"""Divide observations into folds between which nothing is shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.models.refinement.observations import Observations

    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Folds:
    """A division of observations; no perturbed gene and no group lies in two folds.

    Attributes:
        fold: int64 [n_observations], 0 to n_folds - 1.
        component: int64 [n_observations], the set of observations that hang together through
            shared genes and groups; the unit that is independent.
        asked: number of folds that was asked for; there are fewer where components are few.
    """

    fold: Rows
    component: Rows
    asked: int

    def __len__(self) -> int:
        return int(self.fold.max()) + 1

    def __iter__(self) -> Iterator[tuple[Rows, Rows]]:
        """Yield the rows to learn from and the rows held out, for each fold."""
        for k in range(len(self)):
            yield np.flatnonzero(self.fold != k), np.flatnonzero(self.fold == k)

    @property
    def n_components(self) -> int:
        """Number of sets of observations that are independent of each other."""
        return int(self.component.max()) + 1

    def __str__(self) -> str:
        sizes = np.bincount(self.fold).tolist()
        text = f"{len(self)} folds of {', '.join(map(str, sizes))} observations"
        if len(self) < self.asked:
            text += f" instead of {self.asked}"
        return f"{text}; {self.n_components} sets of observations share neither gene nor controls"


def components(observations: Observations) -> Rows:
    """Number the sets of observations that share a perturbed gene or a group, int64 [n].

    A row whose group is the empty text shares none. Numbers ascend with the first row of a set.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    shared: dict[tuple[str, str | int], int] = {}
    row, what = list[int](), list[int]()
    for i, seeds in enumerate(observations.seeds()):
        keys: list[tuple[str, str | int]] = [("gene", gene) for gene, _ in seeds]
        if observations.groups and observations.groups[i]:
            keys.append(("group", observations.groups[i]))
        row += [i] * len(keys)
        what += [shared.setdefault(key, len(shared)) for key in keys]
    n = observations.n_observations
    size = n + len(shared)
    ends = (np.array(row, np.int64), n + np.array(what, np.int64))
    graph = sparse.coo_array((np.ones(len(row), np.int8), ends), shape=(size, size))
    found = connected_components(graph, directed=False)[1][:n]
    _names, first, place = np.unique(found, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    return np.asarray(rank[place], np.int64)


def make_folds(observations: Observations, n_folds: int = 5, seed: int = 0) -> Folds:
    """Divide observations so that what shares a perturbed gene or a group stays together.

    Whole components are dealt out, the largest first, each to the fold that has fewest
    observations so far; ties are broken by the seed.

    Args:
        observations: the rows; ``groups`` say what else they share.
        n_folds: number of folds, at least 2; with fewer components there are as many folds as
            components.
        seed: of the random order of components of one size.

    Raises:
        BadInputError: if ``n_folds`` is below 2, or all observations hang together.
    """
    if n_folds < 2:
        raise BadInputError(f"{n_folds} folds hold nothing out", hint="Give 2 or more")
    component = components(observations)
    sizes = np.bincount(component)
    if len(sizes) < 2:
        raise BadInputError(
            f"No fold is possible: all {observations.n_observations} observations hang together "
            "through shared regulators or shared controls",
            hint="Nothing independent is left to hold out; needed are at least two sets of "
            "experiments that share neither a perturbed gene nor controls",
        )
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled], kind="stable")]
    load = np.zeros(min(n_folds, len(sizes)), np.int64)
    fold_of = np.zeros(len(sizes), np.int64)
    for each in order.tolist():
        fold_of[each] = int(np.argmin(load))
        load[fold_of[each]] += sizes[each]
    return Folds(fold_of[component], component, n_folds)
