"""Equivalence of identifiers: which node each CURIE means.

The answer is a function of the set of statements alone, so the order of loads cannot change it.
Within a component of exact cross-references the members with the most preferred prefix are nodes;
every other member follows its cross-references to the nearest of them, and stays apart if two are
equally near (one UniProt accession of two genes, say). A synonym is followed only where nothing
exact is known and only one node is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Result of resolving n entities.

    Args:
        representative: int64 [n], the entity whose node each entity means (itself if alone).
        ambiguous: bool [n], True where several nodes are equally meant.
    """

    representative: Ints
    ambiguous: NDArray[np.bool_]


def resolve(rank: Ints, component: Ints, exact: Ints, synonym: Ints) -> Resolution:
    """Resolve all entities.

    Args:
        rank: int64 [n], position of the entity's prefix in its type's order of preference.
        component: int64 [n], connected component over the exact cross-references.
        exact: int64 [m, 2], pairs of entities that name one thing.
        synonym: int64 [k, 2], (entity, alias of it).
    """
    n = len(rank)
    best = np.full(component.max() + 1 if n else 0, np.iinfo(np.int64).max)
    np.minimum.at(best, component, rank)
    label = np.where(rank == best[component], np.arange(n), -1)
    ambiguous = np.zeros(n, bool)
    pairs = np.concatenate([exact, exact[:, ::-1]])
    while _spread(pairs, label, ambiguous):
        pass
    alone = np.ones(n, bool)
    alone[exact.ravel()] = False
    usable = alone[synonym[:, 1]] & ~ambiguous[synonym[:, 0]]
    aliases = synonym[usable][:, ::-1]
    label[aliases[:, 0]] = -1
    _spread(aliases, label, ambiguous)
    own = (label < 0) | ambiguous
    return Resolution(np.where(own, np.arange(n), label), ambiguous)


def _spread(pairs: Ints, label: Ints, ambiguous: NDArray[np.bool_]) -> bool:
    """Let unlabelled entities take their neighbours' label; return whether anything changed.

    An entity whose neighbours disagree is ambiguous and passes nothing on.
    """
    target, source = pairs[:, 0], pairs[:, 1]
    ready = (label[target] < 0) & ~ambiguous[target] & (label[source] >= 0)
    target, value = target[ready], label[source[ready]]
    if not len(target):
        return False
    low = np.full(len(label), np.iinfo(np.int64).max)
    high = np.full(len(label), -1)
    np.minimum.at(low, target, value)
    np.maximum.at(high, target, value)
    touched = high >= 0
    agreed = touched & (low == high)
    label[agreed] = low[agreed]
    ambiguous |= touched & ~agreed
    return True


def components(n: int, exact: Ints) -> Ints:
    """Connected components of ``n`` entities over the exact pairs, int64 [n]."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(exact), np.int8)
    graph = coo_array((ones, (exact[:, 0], exact[:, 1])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)
