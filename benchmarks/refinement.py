"""Recover a damaged network from perturbation responses: TRRUST, damaged as in ALIGNED.

Two tables. In the first every single perturbation is observed without noise; in the second 41
regulators, drawn at random, are observed, without noise and with 30 % of the responses missed
and 10 % invented. "Doing nothing" scores the damaged network as it is.

    python -m benchmarks.refinement [--json FILE] [--seeds 3] [--masks 3]
"""

from __future__ import annotations

import csv
import gzip
from functools import partial
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.harness import Row, parser, peak_memory_mb, publish, timed
from kgp.loaders.sample import sample_file
from kgp.models.refinement.damage import add_noise, choose, damage, observe
from kgp.models.refinement.network import SignedNetwork
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from kgp.models.refinement.scores import direct_f1, response_f1

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import Refinement

SHARES = (0.0, 0.1, 0.2, 0.4, 0.9)
MEASURED = 41
NOTHING = "doing nothing"
METHODS = {
    "search": RefineConfig(),
    "optimum only": RefineConfig(weigh=False),
    "one lambda": RefineConfig(method="unit"),
}


def read_trrust() -> SignedNetwork:
    """Read TRRUST's signed edges, which the packaged sample holds whole."""
    with gzip.open(sample_file("trrust_hs.tsv.gz"), "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines, delimiter="\t") if float(row["mor"]) != 0]
    sources, targets = ([f"hgnc.symbol:{row[end]}" for row in rows] for end in ("tf", "target"))
    signs = [float(row["mor"]) for row in rows]
    network, dropped = SignedNetwork.from_edges(sources, targets, signs)
    print(
        f"TRRUST: {network.n_genes:,} genes, {network.n_edges:,} signed edges of "
        f"{len(network.regulators)} regulators; {dropped.self_loops} self-loops left out"
    )
    return network


def complete_rows(truth: SignedNetwork, seeds: int) -> Iterator[Row]:
    """Score the refinement where every single perturbation is observed without noise."""
    everyone = np.arange(truth.n_genes, dtype=np.int32)
    seen = observe(truth, everyone)
    for share in SHARES:
        damaged = [damage(truth, share, seed) for seed in range(seeds)]
        before = [direct_f1(truth, each) for each in damaged]
        before_responses = [response_f1(truth, each, everyone) for each in damaged]
        for method in ("search", "one lambda"):
            done, seconds = _refine_all(damaged, [seen] * seeds, METHODS[method])
            name = f"p {share:g}, all measured, {method}"
            after = [direct_f1(truth, each.network) for each in done]
            responses = [response_f1(truth, each.network, everyone) for each in done]
            yield Row.of(f"{name}: direct", after, "macro-F1", NOTHING, before)
            yield Row.of(f"{name}: responses", responses, "macro-F1", NOTHING, before_responses)
            yield Row.of(f"{name}: time", seconds, "s")


def partial_rows(truth: SignedNetwork, masks: int) -> Iterator[Row]:
    """Score the refinement where 41 regulators are observed, with and without noise."""
    for labels, share in product(("clean", "noisy"), SHARES[:-1]):
        damaged = [damage(truth, share, seed) for seed in range(masks)]
        seen = [_look(truth, labels, seed) for seed in range(masks)]
        before = [direct_f1(truth, each) for each in damaged]
        for method in ("search", "optimum only"):
            done, seconds = _refine_all(damaged, seen, METHODS[method])
            name = f"p {share:g}, {MEASURED} measured, {labels}, {method}"
            after = [direct_f1(truth, each.network) for each in done]
            right = [_count_right(truth, each) for each in done]
            made = [len(each.edits) for each in done]
            yield Row.of(f"{name}: direct", after, "macro-F1", NOTHING, before)
            yield Row.of(f"{name}: right edits", right, "edits", "all edits", made)
            yield Row.of(f"{name}: time", seconds, "s")


def _refine_all(
    damaged: list[SignedNetwork], seen: list[Observations], config: RefineConfig
) -> tuple[list[Refinement], list[float]]:
    """Refine each network with its observations; return the results and their seconds."""
    timings = [
        timed(partial(refine, network, observed, config))
        for network, observed in zip(damaged, seen, strict=True)
    ]
    return [done for done, _ in timings], [seconds for _, seconds in timings]


def _look(truth: SignedNetwork, labels: str, seed: int) -> Observations:
    """Observe some regulators of the undamaged network."""
    seen = observe(truth, choose(truth.regulators, MEASURED, 100 + seed))
    return add_noise(seen, seed) if labels == "noisy" else seen


def _count_right(truth: SignedNetwork, done: Refinement) -> int:
    """Count the edits that give an edge the sign it has in the true network."""
    signs = truth.signs()
    return sum(signs.get((edit.source, edit.target), 0) == edit.after for edit in done.edits)


def main() -> None:
    """Measure and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=3, help="damages of the first table")
    options.add_argument("--masks", type=int, default=3, help="masks of the second table")
    given = options.parse_args()
    truth = read_trrust()
    seen = observe(truth, truth.regulators)
    again = partial(refine, damage(truth, 0.1, seed=99), seen)
    first, second = timed(again)[1], timed(again)[1]
    rows = [Row("first call in this process", first, "s", "second call", second)]
    rows += [*complete_rows(truth, given.seeds), *partial_rows(truth, given.masks)]
    rows.append(Row("peak memory", peak_memory_mb(), "MB"))
    publish("refinement", rows, given.json)


if __name__ == "__main__":
    main()
