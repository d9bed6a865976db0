"""Recover a damaged network from perturbation responses: TRRUST, damaged as in ALIGNED.

Two parts, each in a process of its own whose peak memory is measured, beside doing nothing, which
scores the damaged network as it is:

A   The response to every single perturbation is observed, without noise, walks up to 3. Beside it
    stand the figures that ALIGNED publishes (arXiv:2510.00512, on OmniPath; not run here) and those
    of an earlier prototype of this search.
B   41 regulators, drawn at random, are observed; 30 % of the true responses are missed and 10 %
    false ones added. Damage, choice and noise differ by mask. What the learned prior would change
    by itself is shown for the first mask. ALIGNED draws false edges evenly from all pairs of genes,
    so they start where few edges do, and degrees alone give many away; so the last rows draw them
    from a network of the same degrees.

Intervals are those of Student's t over masks, 95 %.

    python -m benchmarks.refinement [--json FILE] [--part B] [--seeds 5] [--masks 10] [--sampled 3]
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.calibration import silenced
from benchmarks.harness import Row, parser, publish, timed
from benchmarks.judging import Recovered, partial_rows, recover, recovery_rows, response_rows
from benchmarks.networks import trrust
from benchmarks.parts import each_alone
from kgp.errors import BadInputError
from kgp.models.refinement.damage import add_noise, choose, damage, observe
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.rewiring import rewire
from kgp.models.refinement.sampling import sample
from kgp.models.refinement.search import local_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

MEASURED = 41
SEARCH, SAMPLED = "search", "sampled posterior"
ONE_LAMBDA = {"one lambda": RefineConfig(method="unit")}
WITHOUT = {"search without degrees": RefineConfig(degrees=False)}
COMPLETE = {SEARCH: RefineConfig(), **WITHOUT, **ONE_LAMBDA}
NOISY = {
    SEARCH: RefineConfig(),
    **WITHOUT,
    "optimum only": RefineConfig(weigh=False),
    **ONE_LAMBDA,
    SAMPLED: RefineConfig(method="posterior"),
}
ELSEWHERE = {
    "ALIGNED on OmniPath, as published": {
        0.0: (0.890, 0.936),
        0.1: (0.834, 0.909),
        0.2: (0.804, 0.914),
        0.4: (0.746, 0.915),
        0.9: (0.627, 0.872),
    },
    "earlier prototype": {
        0.0: (1.0, 1.0),
        0.1: (0.990, 0.998),
        0.2: (0.975, 0.985),
        0.4: (0.942, 0.962),
        0.9: (0.829, 0.879),
    },
}
"""Macro-F1 of edges and of responses by share of damaged edges, where everything is observed."""

ALIKE = 0.2
"""Share of the edges that are damaged at genes of the same degrees."""

PROTOTYPE_NOISY = {0.1: 0.967, 0.2: 0.935, 0.4: 0.864}
"""Macro-F1 of the edges by an earlier prototype, mean of two or three masks."""


def complete_rows(seeds: int) -> Iterator[Row]:
    """Observe every single perturbation without noise."""
    truth = trrust()
    everyone = np.arange(truth.n_genes, dtype=np.int32)
    seen = observe(truth, everyone)
    again = partial(refine, damage(truth, 0.1, seed=99), observe(truth, truth.regulators))
    first, second = timed(again)[1], timed(again)[1]
    yield Row("first call in this process", first, "s", "second call", second)
    for share in ELSEWHERE["earlier prototype"]:
        for who, published in ELSEWHERE.items():
            for what, score in zip(("direct", "responses"), published[share], strict=True):
                yield Row(f"A, p {share:g}, {who}: {what}", score, "macro-F1")
        damaged = [damage(truth, share, seed) for seed in range(seeds)]
        for method, config in COMPLETE.items():
            found, name = recover(truth, damaged, [seen] * seeds, config), f"A, p {share:g}"
            yield from recovery_rows(f"{name}, {method}", found)
            yield from response_rows(f"{name}, {method}", found, everyone)


def noisy_rows(masks: int, sampled: int) -> Iterator[Row]:
    """Observe some regulators with noise; the posterior is sampled for the first masks only."""
    truth = trrust()
    seen = [_look(truth, seed) for seed in range(masks)]
    refine(damage(truth, 0.1, seed=99), seen[0], RefineConfig(method="posterior", sweeps=20))
    for share in (0.0, 0.1, 0.2, 0.4):
        name = f"B, p {share:g}"
        if share in PROTOTYPE_NOISY:
            yield Row(f"{name}, earlier prototype: direct", PROTOTYPE_NOISY[share], "macro-F1")
        damaged = [damage(truth, share, seed) for seed in range(masks)]
        for method, config in NOISY.items():
            n = min(sampled, masks) if method == SAMPLED else masks
            found = recover(truth, damaged[:n], seen[:n], config)
            yield from recovery_rows(f"{name}, {method}", found)
            yield from partial_rows(f"{name}, {method}", found)
            if method == SEARCH:
                yield from prior_rows(f"{name}, learned prior alone", found)
    damaged = [_damage_alike(truth, ALIKE, seed) for seed in range(masks)]
    for method, config in {SEARCH: RefineConfig(), **WITHOUT}.items():
        name, found = f"B, degrees kept, p {ALIKE:g}", recover(truth, damaged, seen, config)
        yield from recovery_rows(f"{name}, {method}", found)
        yield from partial_rows(f"{name}, {method}", found)
        if method == SEARCH:
            yield from prior_rows(f"{name}, learned prior alone", found)


def _damage_alike(truth: SignedNetwork, share: float, seed: int) -> SignedNetwork:
    """Corrupt half as many edges by removal and by addition, at genes of the same degrees."""
    rng, count = np.random.default_rng(seed), round(share * truth.n_edges / 2)
    other = rewire(truth, seed)
    new = rng.permutation(np.flatnonzero(truth.sign_at(other.keys()) == 0))[:count]
    kept = rng.permutation(truth.n_edges)[count:]
    return truth.with_edges(
        np.concatenate([truth.source[kept], other.source[new]]),
        np.concatenate([truth.target[kept], other.target[new]]),
        np.concatenate([truth.sign[kept], other.sign[new]]),
    )


def prior_rows(name: str, found: Recovered) -> Iterator[Row]:
    """Yield what the prior that the first repeat learned changes where no response counts."""
    damaged, seen, done = found.damaged[0], found.seen[0], found.done[0]
    nothing = silenced(done.objective)
    yield Row(f"{name}: edits by search", _changes(damaged, local_search(nothing)), "edits")
    drawn = sample(nothing, damaged, sweeps=30)
    signs = drawn.signs(done.prior, done.config.confidence, 0.2)
    made = float((signs != drawn.original).sum())
    yield Row(f"{name}: edits by sampling", made, "edits")
    unknown = replace(seen, measured=np.zeros_like(seen.measured))
    refused = float(_is_refused(damaged, unknown))
    yield Row(f"{name}: refused where no response is known", refused, "of 1 run")
    cost = done.prior.costs(damaged.source, damaged.target, damaged.sign, floor=-np.inf)[:, 1]
    doubted = cost < 0
    wrong = found.truth.sign_at(damaged.keys()) != damaged.sign
    yield Row(
        f"{name}: edges that it holds for wrong rather than right",
        float(doubted.sum()),
        "edges",
        "wrong ones of these",
        float((wrong & doubted).sum()),
    )


def _changes(one: SignedNetwork, other: SignedNetwork) -> float:
    keys = np.union1d(one.keys(), other.keys())
    return float((one.sign_at(keys) != other.sign_at(keys)).sum())


def _is_refused(network: SignedNetwork, seen: Observations) -> bool:
    try:
        refine(network, seen)
    except BadInputError:
        return True
    return False


def _look(truth: SignedNetwork, seed: int) -> Observations:
    """Observe some regulators of the undamaged network, with noise."""
    return add_noise(observe(truth, choose(truth.regulators, MEASURED, 100 + seed)), seed)


def main() -> None:
    """Measure both parts and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=5, help="damages of part A")
    options.add_argument("--masks", type=int, default=10, help="masks of part B")
    options.add_argument("--sampled", type=int, default=3, help="masks that are sampled too")
    options.add_argument("--part", choices=("A", "B"), action="append", help="only this one")
    given = options.parse_args()
    parts = {
        "A": partial(complete_rows, given.seeds),
        "B": partial(noisy_rows, given.masks, given.sampled),
    }
    rows = each_alone({part: parts[part] for part in given.part or parts})
    publish("refinement", rows, given.json)


if __name__ == "__main__":
    main()
