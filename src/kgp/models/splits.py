"""Dividing drugs into train, validation and test so that no near copy crosses over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from kgp.models.dataset import DrugResponses

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Leakage:
    """What two parts share; all zero for an honest split.

    Args:
        scaffolds: scaffolds that occur in more than one part.
        blocks: InChIKey first blocks that do.
        responses: response vectors that do.
    """

    scaffolds: int
    blocks: int
    responses: int


@dataclass(frozen=True, slots=True)
class Split:
    """Rows of a data set in three parts; train, validation and test are disjoint and complete.

    Args:
        name: how it was made, such as ``scaffold``.
        seed: its random seed.
        train: int64, rows to fit on.
        validation: int64, rows for early stopping and choosing parameters.
        test: int64, rows that nothing sees before the table is made.
        hash: identity of the division, by the drugs' CURIEs.
        leakage: what the parts share.
    """

    name: str
    seed: int
    train: NDArray[np.int64]
    validation: NDArray[np.int64]
    test: NDArray[np.int64]
    hash: str
    leakage: Leakage

    @property
    def fit(self) -> NDArray[np.int64]:
        """Train and validation rows together, sorted: what a model without early stopping sees."""
        return np.sort(np.concatenate([self.train, self.validation]))

    @property
    def sizes(self) -> dict[str, int]:
        """Rows of each part."""
        return {name: len(getattr(self, name)) for name in PARTS}


def drug_groups(scaffolds: Sequence[str], blocks: Sequence[str]) -> NDArray[np.int64]:
    """Number the groups of drugs that must stay together: int64 [drugs].

    Drugs are joined by an equal Bemis-Murcko scaffold or an equal InChIKey first block, also in
    chains. Acyclic molecules have no scaffold and are joined by the block only.
    """
    rows = len(scaffolds)
    start, end = [], []
    for labels in (scaffolds, blocks):
        members: dict[str, list[int]] = {}
        for row, label in enumerate(labels):
            if label:
                members.setdefault(label, []).append(row)
        for joined in members.values():
            for one, other in pairwise(joined):
                start.append(one)
                end.append(other)
    links = coo_array((np.ones(len(start)), (start, end)), shape=(rows, rows))
    _, group = connected_components(links, directed=False)
    return np.asarray(group, np.int64)


def scaffold_split(
    data: DrugResponses, seed: int = 0, test: float = 0.2, validation: float = 0.15
) -> Split:
    """Divide drugs by groups in random order.

    A group goes to the test part while it fits into what is wanted there, then to the validation
    part, otherwise to train; the largest groups therefore usually train.

    Args:
        data: the drugs.
        seed: order of the groups.
        test: share of the drugs for testing.
        validation: share of the remaining drugs for validation.

    Raises:
        BadInputError: if a share is not in (0, 1), or a part stays empty.
    """
    if not (0 < test < 1 and 0 < validation < 1):
        raise BadInputError(f"Shares test={test}, validation={validation} are not between 0 and 1.")
    groups = drug_groups(data.molecules.scaffolds, data.molecules.blocks)
    size = np.bincount(groups)
    room = {"test": round(test * len(data))}
    room["validation"] = round(validation * (len(data) - room["test"]))
    part = np.full(len(size), 0)
    for group in np.random.default_rng(seed).permutation(len(size)):
        for name in ("test", "validation"):
            if size[group] <= room[name]:
                room[name] -= int(size[group])
                part[group] = PARTS.index(name)
                break
    return _make("scaffold", seed, data, part[groups])


def _make(name: str, seed: int, data: DrugResponses, part: NDArray[np.int64]) -> Split:
    train, validation, test = (np.flatnonzero(part == number) for number in range(len(PARTS)))
    for label, chosen in zip(PARTS, (train, validation, test), strict=True):
        if not len(chosen):
            raise BadInputError(
                f"The {label} part of {len(data)} drugs would be empty.",
                hint="Load more drugs, or change the shares.",
            )
    lines = sorted(f"{drug}\t{PARTS[at]}" for drug, at in zip(data.drugs, part, strict=True))
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    return Split(name, seed, train, validation, test, digest, find_leakage(data, part))


def find_leakage(data: DrugResponses, part: NDArray[np.int64]) -> Leakage:
    """Count what occurs in more than one part; ``part`` is int64 [drugs]."""
    return Leakage(
        scaffolds=_shared(data.molecules.scaffolds, part),
        blocks=_shared(data.molecules.blocks, part),
        responses=_shared([row.tobytes() for row in data.responses], part),
    )


def _shared(labels: Sequence[Hashable], part: NDArray[np.int64]) -> int:
    where: dict[Hashable, set[int]] = {}
    for label, at in zip(labels, part, strict=True):
        if label:
            where.setdefault(label, set()).add(int(at))
    return sum(len(parts) > 1 for parts in where.values())
