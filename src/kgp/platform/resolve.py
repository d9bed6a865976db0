"""Equivalence of identifiers: which node each CURIE means.

The answer is a function of the set of statements alone, so the order of loads cannot change it.
Within a component of exact cross-references the members with the most preferred prefix are nodes;
every other member follows its cross-references to the nearest of them, and stays apart if two are
equally near (one UniProt accession of two genes, say). A synonym is followed only where nothing
exact is known and only one node is meant.

A bare symbol joins nothing, because two species may use it: an exact reference to one makes it
that gene's own name, which outranks the same text as a synonym of another, but leads no further.
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


def resolve(
    rank: Ints, component: Ints, exact: Ints, synonym: Ints, named: Ints | None = None
) -> Resolution:
    """Resolve all entities.

    Args:
        rank: int64 [n], position of the entity's prefix in its type's order of preference.
        component: int64 [n], connected component over the exact cross-references.
        exact: int64 [m, 2], pairs of entities that name one thing.
        synonym: int64 [k, 2], (entity, alias of it).
        named: int64 [l, 2], (entity, bare symbol that is its own name); default none.
    """
    n = len(rank)
    best = np.full(component.max() + 1 if n else 0, np.iinfo(np.int64).max)
    np.minimum.at(best, component, rank)
    label = np.where(rank == best[component], np.arange(n), -1)
    ambiguous = np.zeros(n, bool)
    pairs = np.concatenate([exact, exact[:, ::-1]])
    while _spread(pairs, label, ambiguous):
        pass
    undecided = np.ones(n, bool)
    undecided[exact.ravel()] = False
    for claims in (synonym[:0] if named is None else named, synonym):
        usable = undecided[claims[:, 1]] & ~ambiguous[claims[:, 0]]
        aliases = claims[usable][:, ::-1]
        label[aliases[:, 0]] = -1
        _spread(aliases, label, ambiguous)
        undecided[aliases[:, 0]] = False
    own = (label < 0) | ambiguous
    return Resolution(np.where(own, np.arange(n), label), ambiguous)


def part_names(exact: Ints, is_name: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Part exact pairs into those between identifiers, and those of an entity and its own name.

    Args:
        exact: int64 [m, 2], exact cross-references.
        is_name: bool [n], True for bare symbols.

    Returns:
        The pairs without a bare symbol, and (entity, symbol) of those with one; two symbols that
        are said to be one thing are left out.
    """
    first, second = is_name[exact[:, 0]], is_name[exact[:, 1]]
    turned = exact[first & ~second][:, ::-1]
    return exact[~first & ~second], np.concatenate([exact[second & ~first], turned])


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
