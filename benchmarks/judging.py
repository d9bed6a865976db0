"""How well refinements recovered a true network, beside leaving the damaged one as it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.calibration import calibration_error, confidences, doubts, right_edits
from benchmarks.harness import Row, timed
from kgp.models.refinement.refine import refine
from kgp.models.refinement.scores import direct_f1, response_f1

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import RefineConfig, Refinement

NOTHING = "doing nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """Refinements of damaged networks, one for each repeat.

    Attributes:
        truth: the network before the damage.
        damaged: what was refined.
        seen: the responses.
        done: the results.
        seconds: what each took.
    """

    truth: SignedNetwork
    damaged: Sequence[SignedNetwork]
    seen: Sequence[Observations]
    done: Sequence[Refinement]
    seconds: Sequence[float]

    @property
    def refined(self) -> list[SignedNetwork]:
        """The refined networks."""
        return [each.network for each in self.done]

    @property
    def wrong(self) -> list[int]:
        """Edits of each refinement that do not give the edge its true sign."""
        return [int((~right_edits(self.truth, each)).sum()) for each in self.done]


def recover(
    truth: SignedNetwork,
    damaged: Sequence[SignedNetwork],
    seen: Sequence[Observations],
    config: RefineConfig,
) -> Recovered:
    """Refine each network with its responses."""
    timings = [
        timed(partial(refine, network, look, config))
        for network, look in zip(damaged, seen, strict=True)
    ]
    return Recovered(truth, damaged, seen, *zip(*timings, strict=True))


def recovery_rows(name: str, found: Recovered) -> Iterator[Row]:
    """Yield macro-F1 of the edges and what is gained, right edits of all edits, and seconds."""
    before = [direct_f1(found.truth, each) for each in found.damaged]
    after = [direct_f1(found.truth, each) for each in found.refined]
    yield from _with_gain(f"{name}: direct", after, before)
    made = [len(each.edits) for each in found.done]
    right = np.subtract(made, found.wrong).tolist()
    yield Row.of(f"{name}: right edits", right, "edits", "all edits", made)
    yield Row(f"{name}: most wrong edits", max(found.wrong), "edits", repeats=len(made))
    yield Row.of(f"{name}: time", found.seconds, "s")


def response_rows(name: str, found: Recovered, perturbed: NDArray[np.int32]) -> Iterator[Row]:
    """Yield macro-F1 of the responses that the networks predict."""

    def score(networks: Sequence[SignedNetwork]) -> list[float]:
        return [response_f1(found.truth, each, perturbed) for each in networks]

    after, before = score(found.refined), score(found.damaged)
    yield Row.of(f"{name}: responses", after, "macro-F1", NOTHING, before)


def partial_rows(name: str, found: Recovered) -> Iterator[Row]:
    """Yield macro-F1 of the perturbed regulators' own edges, and errors of probabilities.

    The expected calibration error of the confidences is that of all edits together; that of the
    doubts is over the curated edges about which the responses speak.
    """

    def score(networks: Sequence[SignedNetwork]) -> list[float]:
        return [
            direct_f1(of_regulators(found.truth, genes), of_regulators(each, genes))
            for each, genes in zip(networks, perturbed, strict=True)
        ]

    perturbed = [look.perturbed for look in found.seen]
    after, before = score(found.refined), score(found.damaged)
    yield from _with_gain(f"{name}: direct, measured regulators", after, before)
    said = [confidences(found.truth, each) for each in found.done]
    yield from _calibration_rows(f"{name}: confidence of edits", said)
    if all(each.rates for each in found.done):
        said = [doubts(found.truth, each) for each in found.done]
        yield from _calibration_rows(f"{name}: doubt of tested edges", said)


def _with_gain(what: str, after: list[float], before: list[float]) -> Iterator[Row]:
    """Yield a score beside doing nothing, and the paired gain."""
    yield Row.with_interval(what, after, "macro-F1", NOTHING, before)
    gain = np.subtract(after, before).tolist()
    yield Row.with_interval(f"{what}, gain", gain, "macro-F1")


def _calibration_rows(
    what: str, said: Sequence[tuple[NDArray[np.float64], NDArray[np.bool_]]]
) -> Iterator[Row]:
    stated, true = (np.concatenate(each) for each in zip(*said, strict=True))
    if len(stated):
        error = calibration_error(stated, true)
        yield Row(f"{what}, expected calibration error", error, "share", repeats=len(stated))
        mean, share = float(stated.mean()), float(true.mean())
        yield Row(f"{what}, mean", mean, "share", "share that is so", share, len(stated))


def of_regulators(network: SignedNetwork, regulators: NDArray[np.int32]) -> SignedNetwork:
    """Return the network of these regulators' own edges, over the same genes."""
    own = np.isin(network.source, regulators)
    return network.with_edges(network.source[own], network.target[own], network.sign[own])
