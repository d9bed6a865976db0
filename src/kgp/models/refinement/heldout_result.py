"""Whether refining helps, and whether edits hold elsewhere: scores with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kgp.models.metrics import Interval

ZERO, DIRECT, ORIGINAL, REFINED = "all zero", "direct edges", "original", "refined"
PREDICTORS = (ZERO, DIRECT, ORIGINAL, REFINED)

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)

RULE = (
    "refining helps where the 95 % interval of the gain in held-out macro-F1, over sets of "
    "experiments that share neither regulator nor controls, lies above 0"
)


@dataclass(frozen=True, slots=True)
class FoldScore:
    """One fold.

    Attributes:
        n_learned: observations that the refinement saw.
        n_held_out: observations that it did not see.
        n_edits: edits that it made.
        f1: macro-F1 of the held-out cells by predictor: ``all zero``, ``direct edges`` of the
            original network, ``original`` and ``refined``.
        log_likelihood: nats per held-out cell by predictor, at the fixed rates.
    """

    n_learned: int
    n_held_out: int
    n_edits: int
    f1: dict[str, float]
    log_likelihood: dict[str, float]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Of the edits whose confidence passes a threshold, those that held-out cells confirm.

    Attributes:
        threshold: least confidence.
        n_edits: edits of all folds with that confidence.
        n_tested: those of them that change the prediction of a held-out cell.
        share: share of the tested ones that raise the held-out likelihood, with an interval over
            the regulators edited; NaN where none is tested.
    """

    threshold: float
    n_edits: int
    n_tested: int
    share: Interval


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Whether refining helps.

    Attributes:
        folds: one score per fold.
        f1: macro-F1 of all held-out cells by predictor, with interval.
        gain: macro-F1 of ``refined`` less that of ``original``, paired, with interval.
        likelihood_gain: the same for the log-likelihood, in nats per cell.
        curve: share of confirmed edits by least confidence.
        n_clusters: sets of independent experiments that the intervals are drawn from.
        helps: the verdict, by :data:`RULE`.
    """

    folds: tuple[FoldScore, ...]
    f1: dict[str, Interval]
    gain: Interval
    likelihood_gain: Interval
    curve: tuple[Confirmed, ...]
    n_clusters: int
    helps: bool

    def __str__(self) -> str:
        word = "helps" if self.helps else "does not demonstrably help"
        gain = f"{self.gain.mean:+.4f} [{self.gain.low:+.4f}, {self.gain.high:+.4f}]"
        return (
            f"Refining {word} on held-out regulators: macro-F1 {gain} over {self.n_clusters} "
            f"independent sets of experiments"
        )


@dataclass(frozen=True, slots=True)
class Transfer:
    """Edits of one kind, cell by cell: the regulator's experiment elsewhere, the target edited.

    Attributes:
        n_edits: distinct edits tested.
        n_cells: cells that test them.
        confirmed: share of the cells that show what the edit says: its new sign, or no response
            where it removed the edge.
        background: the same share among the regulator's other pairs in the same experiments,
            those that had the same sign before and were not edited.
        above: ``confirmed`` less ``background``, paired, with interval.
    """

    n_edits: int
    n_cells: int
    confirmed: Interval
    background: Interval
    above: Interval


@dataclass(frozen=True, slots=True)
class CrossContext:
    """Whether edits learned elsewhere hold.

    Attributes:
        contexts: the contexts that could be tested.
        n_regulators: regulators tested.
        n_clusters: sets of tested experiments that share neither regulator nor controls.
        kinds: by ``added``, ``removed``, ``flipped`` and ``all``.
        original: macro-F1 of the original network on the tested experiments.
        refined: that of the refined ones.
        gain: the paired difference, with interval.
    """

    contexts: tuple[str, ...]
    n_regulators: int
    n_clusters: int
    kinds: dict[str, Transfer]
    original: Interval
    refined: Interval
    gain: Interval
