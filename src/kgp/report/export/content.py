"""A labelled response set as its writers see it: what is fixed, and a stream of responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.models.labels import DOWN, UP

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.models.labelled import LabelledSignature

SIGNATURE_SOURCE, PERTURBED_SOURCE = "signature", "perturbed"
TARGET_SOURCES = (SIGNATURE_SOURCE, PERTURBED_SOURCE)
"""What stands in the column ``source`` of a decoupler frame."""


@dataclass(frozen=True, slots=True)
class SignatureAbout:
    """What is known of one signature beside its effects.

    Args:
        id: its CURIE.
        name: what it is called.
        perturbed: CURIEs of the perturbed genes and drugs.
        perturbed_names: their symbols or names.
        direction: +1, -1 or 0 for each of them.
        context: CURIE of the cell line or strain; empty for a consensus.
        context_name: its name.
        properties: dose, time, replicates, controls, quality.
    """

    id: str
    name: str
    perturbed: tuple[str, ...]
    perturbed_names: tuple[str, ...]
    direction: tuple[int, ...]
    context: str
    context_name: str
    properties: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The id without the prefix that all signatures of the set share."""
        return self.id.partition(":")[2].partition("/")[2] or self.id.partition(":")[2] or self.id


@dataclass(frozen=True, slots=True, eq=False)
class ExportedSet:
    """One response set.

    Args:
        name: the set's name.
        about: rule, measure, version of kgp and what else is true of the whole file.
        features: CURIEs in their order.
        feature_names: their symbols, as many.
        signatures: in the order of the stream.
        scan: starts the stream of the labelled responses.
    """

    name: str
    about: Mapping[str, str | float | bool]
    features: tuple[str, ...]
    feature_names: tuple[str, ...]
    signatures: tuple[SignatureAbout, ...]
    scan: Callable[[], Iterator[LabelledSignature]]

    def responses(self) -> Iterator[tuple[SignatureAbout, LabelledSignature]]:
        """Yield each signature with its response."""
        yield from zip(self.signatures, self.scan(), strict=True)


Writer = Callable[[ExportedSet, "Path"], int]
"""Writes a set to a file; returns the number of rows, sets or signatures in it."""


def strongest_first(response: LabelledSignature, label: int) -> NDArray[np.int64]:
    """Positions of the features with this label, the largest effect first."""
    found = np.flatnonzero(response.labels.label == label)
    size = np.abs(np.nan_to_num(response.effect[found]))
    return found[np.argsort(-size, kind="stable")]


def responding(response: LabelledSignature) -> NDArray[np.int64]:
    """Positions of the features that went up or down."""
    return np.flatnonzero(np.isin(response.labels.label, (UP, DOWN)))
