"""What it costs to change an edge: minus the logarithm of the prior odds of the change, in nats."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.structure import Structure

    Keys = NDArray[np.int64]
    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class EditPrior:
    """Cost of each kind of edit of an edge about which nothing else is known, in nats.

    Attributes:
        add: for each absent edge; 8 expects a few hundred of a million.
        remove: for each present edge; 2 expects one of eight.
        flip: for the sign of a present edge.
    """

    add: float = 8.0
    remove: float = 2.0
    flip: float = 5.0

    def __post_init__(self) -> None:
        for name in ("add", "remove", "flip"):
            if not getattr(self, name) >= 0:
                raise BadInputError(
                    f"The cost of an edit, {name}, is {getattr(self, name)}.",
                    hint="Expected is minus the logarithm of prior odds, 0 or more.",
                )


def _no_keys() -> Keys:
    return np.zeros(0, np.int64)


def _no_odds() -> Floats:
    return np.zeros(0)


@dataclass(frozen=True, slots=True, eq=False)
class Knowledge:
    """What is known about single pairs of genes beside the network; keys are source * n + target.

    Attributes:
        keys: int64 [n_pairs], ascending.
        log_odds: float64 [n_pairs], in nats, above 0 where something else speaks for an edge.
        regulator: float64 [n_genes], the same for all edges of a regulator.
        target: float64 [n_genes], the same for all edges into a gene.
        frozen: int64 [n_frozen], ascending: pairs that must stay as they are.
        allowed: int64 [n_allowed], ascending: the only pairs that may become edges; None allows
            all.
        sources: bool [n_genes], the genes that may get new targets; None allows all.
        targets: bool [n_genes], the genes that may get new regulators; None allows all.
        signed: int64 [n_signed], ascending: edges about whose sign more is known than of others.
        sign: float64 [n_signed], log-odds in nats, above 0 where the sign is surer than others.
    """

    keys: Keys
    log_odds: Floats
    regulator: Floats
    target: Floats
    frozen: Keys
    allowed: Keys | None = None
    sources: NDArray[np.bool_] | None = None
    targets: NDArray[np.bool_] | None = None
    signed: Keys = field(default_factory=_no_keys)
    sign: Floats = field(default_factory=_no_odds)

    @classmethod
    def nothing(cls, n_genes: int) -> Knowledge:
        """Know nothing beside the network."""
        none, zeros = np.zeros(0, np.int64), np.zeros(n_genes)
        return cls(none, np.zeros(0), zeros, zeros, none)

    @property
    def n_genes(self) -> int:
        """Number of genes."""
        return len(self.regulator)

    def support(self, source: NDArray[np.int32], target: NDArray[np.int32]) -> Floats:
        """Return float64 [n], the log-odds in favour of an edge for each pair."""
        key = source.astype(np.int64) * self.n_genes + target
        own = _looked_up(key, self.keys, self.log_odds)
        return np.asarray(own + self.regulator[source] + self.target[target])

    def sign_support(self, source: NDArray[np.int32], target: NDArray[np.int32]) -> Floats:
        """Return float64 [n], the log-odds in favour of the sign that each edge has."""
        key = source.astype(np.int64) * self.n_genes + target
        return _looked_up(key, self.signed, self.sign)

    def forbidden(
        self, source: NDArray[np.int32], target: NDArray[np.int32], original: NDArray[np.int8]
    ) -> NDArray[np.bool_]:
        """Return bool [n]: pairs that must not change."""
        key = source.astype(np.int64) * self.n_genes + target
        stuck, absent = _among(key, self.frozen), original == 0
        if self.allowed is not None:
            stuck |= absent & ~_among(key, self.allowed)
        if self.sources is not None:
            stuck |= absent & ~self.sources[source]
        if self.targets is not None:
            stuck |= absent & ~self.targets[target]
        return stuck


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Cost of every possible edit of a network.

    Attributes:
        kinds: costs of an edge about which nothing else is known.
        knowledge: what is known about single pairs, and which of them may change.
        structure: what degrees say, and how much; None where they are not asked.
    """

    kinds: EditPrior
    knowledge: Knowledge
    structure: Structure | None = None

    def costs(
        self,
        source: NDArray[np.int32],
        target: NDArray[np.int32],
        original: NDArray[np.int8],
        *,
        floor: float = 0.0,
    ) -> Floats:
        """Return float64 [n, 3]: cost of each pair being -1, 0, +1, relative to its original.

        What speaks for an edge makes it cheaper to add and dearer to remove; a flip keeps the
        edge, and is dearer where something speaks for its sign. A pair that must not change costs
        infinitely much.

        Args:
            source: int32 [n].
            target: int32 [n].
            original: int8 [n], the signs before any edit.
            floor: least cost of an edit. At 0 no edit pays without data; minus infinity gives the
                prior odds as they are.
        """
        support = self.knowledge.support(source, target)
        add, remove = self.kinds.add - support, self.kinds.remove + support
        if self.structure is not None:
            wrong, missing = self.structure.costs(source, target, original)
            add, remove = add + missing, remove + wrong
        flip = self.kinds.flip + self.knowledge.sign_support(source, target)
        present = original != 0
        cost = np.maximum(np.where(present, flip, add), floor)[:, None].repeat(3, axis=1)
        cost[:, 1] = np.where(present, np.maximum(remove, floor), 0.0)
        cost[self.knowledge.forbidden(source, target, original)] = np.inf
        cost[np.arange(len(cost)), original + 1] = 0.0
        return cost

    def least_addition(self) -> float:
        """Return a bound below the cost of any addition."""
        known = self.knowledge
        best = max(float(known.log_odds.max(initial=0.0)), 0.0)
        best += float(known.regulator.max(initial=0.0)) + float(known.target.max(initial=0.0))
        cheapest = 0.0 if self.structure is None else self.structure.cheapest()
        return max(self.kinds.add - best + cheapest, 0.0)


def _looked_up(key: Keys, sorted_keys: Keys, values: Floats) -> Floats:
    """Return the value of each key, 0 where it has none."""
    if not len(sorted_keys):
        return np.zeros(len(key))
    place = np.minimum(np.searchsorted(sorted_keys, key), len(sorted_keys) - 1)
    return np.where(sorted_keys[place] == key, values[place], 0.0)


def _among(key: Keys, sorted_keys: Keys) -> NDArray[np.bool_]:
    if not len(sorted_keys):
        return np.zeros(len(key), bool)
    place = np.minimum(np.searchsorted(sorted_keys, key), len(sorted_keys) - 1)
    return np.asarray(sorted_keys[place] == key)
