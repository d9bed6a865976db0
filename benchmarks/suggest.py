"""Does the suggested knock-out settle more than another one? TRRUST, damaged and partly perturbed.

A fifth of the edges is damaged, some regulators, drawn at random, have been perturbed, and one more
is chosen: by ``suggest``, as the one with most targets, or at random. All responses are those of
the undamaged network, with 30 % missed and 10 % invented. What that settled is the fall of the
entropy of the damaged network's edges, in bits; and, because an entropy is a belief's own word for
itself, the fall of -log2 p(truth), which also punishes what is believed and wrong.

    python -m benchmarks.suggest [--json FILE] [--seeds 10]
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.harness import Row, parser, publish
from benchmarks.networks import trrust
from kgp.models.refinement.damage import add_noise, choose, damage, observe
from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.suggest import suggest
from kgp.models.refinement.suggest_beliefs import believe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

SHARE = 0.2
SO_FAR = (5, 41)
LENGTHS = (1, 3)
SUGGESTED, OTHERS = "suggested", ("most targets", "random")
LEAST_PROBABILITY = 1e-9
"""A truth believed to be impossible counts as this probable, so that one edge is not all."""


def settled(
    truth: SignedNetwork, so_far: int, seed: int, max_length: int = 3
) -> dict[str, tuple[float, float]]:
    """Say what each way of choosing settles: fall of entropy, and of -log2 p(truth), in bits."""
    damaged, done = damage(truth, SHARE, seed), choose(truth.regulators, so_far, seed)
    config = RefineConfig(max_length=max_length, seed=seed)
    before = _uncertainty(truth, damaged, done, config)
    left = np.setdiff1d(damaged.regulators, done)
    targets = np.bincount(damaged.source, minlength=damaged.n_genes)
    ranked = suggest(damaged, _look(truth, done, config), config)
    chosen = {
        SUGGESTED: next(each.gene for each in ranked if each.gene in left),
        "most targets": int(left[np.argmax(targets[left])]),
        "random": int(np.random.default_rng(seed).choice(left)),
    }
    fallen = {}
    for way, gene in chosen.items():
        after = _uncertainty(truth, damaged, np.append(done, np.int32(gene)), config)
        fallen[way] = (before[0] - after[0], before[1] - after[1])
    return fallen


def _look(truth: SignedNetwork, perturbed: NDArray[np.int32], config: RefineConfig) -> Observations:
    """Observe the truth; each experiment has noise of its own, whatever else is observed."""
    seen = observe(truth, perturbed, max_length=config.max_length)
    noisy = [
        add_noise(seen.take(np.array([row])), config.seed * truth.n_genes + gene)
        for row, gene in enumerate(perturbed.tolist())
    ]
    return replace(seen, labels=np.concatenate([each.labels for each in noisy]))


def _uncertainty(
    truth: SignedNetwork, damaged: SignedNetwork, perturbed: NDArray[np.int32], config: RefineConfig
) -> tuple[float, float]:
    """Return the entropy of the damaged network's edges and -log2 p(truth) of them, in bits."""
    seen, nothing = _look(truth, perturbed, config), Knowledge.nothing(damaged.n_genes)
    beliefs = believe(damaged, seen, config, nothing)
    right = truth.sign_at(beliefs.source.astype(np.int64) * truth.n_genes + beliefs.target)
    believed = np.maximum(beliefs.of(right)[beliefs.stated != 0], LEAST_PROBABILITY)
    return beliefs.edge_entropy(), float(-np.log2(believed).sum())


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=10, help="damages and draws")
    given, truth, rows = options.parse_args(), trrust(), []
    for max_length, so_far in product(LENGTHS, SO_FAR):
        worlds = [settled(truth, so_far, seed, max_length) for seed in range(given.seeds)]
        for other in OTHERS:
            for which, what in enumerate(("entropy", "-log2 p(truth)")):
                mine = [world[SUGGESTED][which] for world in worlds]
                others = [world[other][which] for world in worlds]
                name = f"walks up to {max_length}, {so_far} perturbed so far, fall of {what}"
                rows.append(Row.of(name, mine, "bits", other, others))
    publish("suggest", rows, given.json)


if __name__ == "__main__":
    main()
