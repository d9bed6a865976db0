"""Distinct random pairs: few nodes have many, and every node that must appear does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_SKEW = 2.0
_DENSE = 4
"""Pairs are chosen from the list of all where these are at most this many times as many."""


def draw_pairs(
    random: np.random.Generator,
    n_x: int,
    n_y: int,
    n_pairs: int,
    *,
    undirected: bool = False,
    cover: tuple[bool, bool] = (False, False),
) -> tuple[Ints, Ints]:
    """Draw distinct pairs, low numbers more often.

    Args:
        random: source of randomness.
        n_x: nodes at the first end.
        n_y: nodes at the second end; equal to ``n_x`` where ``undirected``.
        n_pairs: how many pairs, at most as many as there are.
        undirected: whether both ends are of one kind; then ``x < y`` in every pair.
        cover: whether every node of the first and second end appears, as far as ``n_pairs`` allow.

    Returns:
        int64 [n_pairs] twice, in random order.
    """
    codes = np.concatenate([np.empty(0, np.int64), *_covering(random, n_x, n_y, undirected, cover)])
    codes = np.unique(codes)[:n_pairs]
    possible = n_x * (n_x - 1) // 2 if undirected else n_x * n_y
    if possible <= _DENSE * n_pairs:
        rest = np.setdiff1d(_all(n_x, n_y, undirected), codes, assume_unique=True)
        codes = np.append(codes, random.choice(rest, n_pairs - len(codes), replace=False))
    while len(codes) < n_pairs:
        missing = n_pairs - len(codes)
        x, y = _skewed(random, n_x, 2 * missing), _skewed(random, n_y, 2 * missing)
        drawn = np.unique(_encode(x, y, n_y, undirected))
        drawn = np.setdiff1d(drawn[drawn >= 0], codes, assume_unique=True)
        codes = np.append(codes, random.permutation(drawn)[:missing])
    codes = random.permutation(codes)
    return codes // n_y, codes % n_y


def _covering(
    random: np.random.Generator, n_x: int, n_y: int, undirected: bool, cover: tuple[bool, bool]
) -> list[Ints]:
    """Pairs in which every node of the covered ends appears: a tree where there is one kind."""
    if undirected:
        child = np.arange(1, n_x)
        parent = (random.random(n_x - 1) ** _SKEW * child).astype(np.int64)
        return [_encode(parent, child, n_y, undirected)] if any(cover) else []
    x_all, y_all = np.arange(n_x), np.arange(n_y)
    first = _encode(x_all, _skewed(random, n_y, n_x), n_y, undirected)
    second = _encode(_skewed(random, n_x, n_y), y_all, n_y, undirected)
    return [codes for codes, wanted in zip((first, second), cover, strict=True) if wanted]


def _skewed(random: np.random.Generator, n: int, size: int) -> Ints:
    """Numbers below ``n``, with a density that falls as one over the square root."""
    return (random.random(size) ** _SKEW * n).astype(np.int64)


def _encode(x: Ints, y: Ints, n_y: int, undirected: bool) -> Ints:
    """One number per pair; -1 for a pair of a node with itself where that is none."""
    if not undirected:
        return x * n_y + y
    return np.where(x == y, -1, np.minimum(x, y) * n_y + np.maximum(x, y))


def _all(n_x: int, n_y: int, undirected: bool) -> Ints:
    if not undirected:
        return np.arange(n_x * n_y)
    x, y = np.triu_indices(n_x, 1)
    return _encode(x, y, n_y, undirected)
