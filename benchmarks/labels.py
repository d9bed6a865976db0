"""What the labels of responses are worth: false discoveries, power, and what stays unknown.

Responses are steady states of differential equations with Hill kinetics, with hidden regulators
and gated factors, so the truth is known. A label up or down is false where nothing changes or the
change goes the other way; a change is one of at least the rule's least effect. The moderated rule
is shown beside the plain cut-off of many papers (|log2| > 1 and p < .05), for which "unchanged" is
whatever it does not call. All see the same samples.

    python -m benchmarks.labels [--json FILE] [--seeds 5]
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.harness import Row, parser, publish
from kgp.loaders.moderation import contrast
from kgp.loaders.synthetic.responses_screen import genetic_treatments, kinetic_screen
from kgp.loaders.synthetic.world import make_world, size_named
from kgp.models.labels import DOWN, UNCHANGED, UNKNOWN, UP, Rule, label_effects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from kgp.loaders.moderation import Contrast

    Floats = NDArray[np.float64]

REPLICATES = (2, 3, 4, 6)
RULES = {
    "at least 0.5": Rule("moderated", 0.05, 0.5),
    "at least 1": Rule("moderated", 0.05, 1.0),
}
CUTOFF = Rule("cutoff", 0.05, 1.0)
NO_CHANGE, SLIGHT = 1e-5, 0.1
"""True log2 fold changes below the first are none (the integration's tolerance); below the second
they are of no use to anyone."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One treatment as it was measured, the perturbed genes left out.

    They report the perturbation, not the network.

    Args:
        true: log2 fold changes, [n_genes].
        found: what the replicates say.
        kept: bool [n_genes], False for the perturbed genes.
    """

    true: Floats
    found: Contrast
    kept: NDArray[np.bool_]


@dataclass(slots=True)
class Score:
    """Counts over all genes of all treatments of one world."""

    least: float
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, sample: Sample, rule: Rule) -> None:
        """Count one treatment."""
        found = sample.found
        labels = label_effects(found.effect, found.error, found.df, rule)
        label, true = labels.label[sample.kept], sample.true[sample.kept]
        called, silent = np.isin(label, (UP, DOWN)), label == UNCHANGED
        right = called & (np.abs(true) > NO_CHANGE) & (np.sign(true) == label)
        large = np.abs(true) >= self.least
        self.counts["genes"] += len(label)
        for name, chosen in {
            "called": called,
            "false": called & ~right,
            "slight": right & (np.abs(true) < SLIGHT),
            "large": large,
            "found": right & large,
            "silent": silent,
            "missed": silent & large,
            "unknown": label == UNKNOWN,
        }.items():
            self.counts[name] += int(chosen.sum())

    def figures(self) -> dict[str, float]:
        """What the counts say, in percent."""
        shares = {
            "false discoveries": ("false", "called"),
            f"true, but under {SLIGHT:g}": ("slight", "called"),
            "changes found (power)": ("found", "large"),
            "unchanged, in truth changed": ("missed", "silent"),
            "unknown": ("unknown", "genes"),
        }
        return {
            name: 100 * self.counts[part] / max(self.counts[whole], 1)
            for name, (part, whole) in shares.items()
        }


def measure(seed: int) -> dict[int, list[Sample]]:
    """Number of replicates → every treatment of one world."""
    world = make_world(size_named("small"), seed)
    screen = kinetic_screen(world)
    truths = {each: screen.change(each) for each in genetic_treatments(world)}
    samples: dict[int, list[Sample]] = {}
    for n in REPLICATES:
        random = np.random.default_rng([seed, n])
        for treatment, true in truths.items():
            control = screen.assay.logs(np.zeros(len(true)), n, random)
            found = contrast(screen.assay.logs(true, n, random), control)
            kept = ~np.isin(np.arange(len(true)), treatment.genes)
            samples.setdefault(n, []).append(Sample(true, found, kept))
    return samples


def score(samples: list[Sample], rule: Rule, least: float) -> dict[str, float]:
    """Label all treatments of one world, and hold the labels against the truth."""
    counted = Score(least)
    for sample in samples:
        counted.add(sample, rule)
    return counted.figures()


def rows(seeds: int) -> Iterator[Row]:
    """One row per rule, number of replicates and figure, beside the cut-off."""
    worlds = [measure(seed) for seed in range(seeds)]
    for n, (name, rule) in product(REPLICATES, RULES.items()):
        ours = [score(world[n], rule, rule.min_effect) for world in worlds]
        plain = [score(world[n], CUTOFF, rule.min_effect) for world in worlds]
        for figure in ours[0]:
            what, values = f"{n} replicates, {name}: {figure}", [each[figure] for each in ours]
            beside = [each[figure] for each in plain]
            yield Row.of(what, values, "%", "|log2| > 1, p < .05", beside)


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=5, help="number of worlds")
    given = options.parse_args()
    publish("labels", list(rows(given.seeds)), given.json)


if __name__ == "__main__":
    main()
