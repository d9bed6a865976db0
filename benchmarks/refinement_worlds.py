"""Recover networks where the world is not the model, or the damage not the usual one.

Four parts, each in a process of its own whose peak memory is measured, beside doing nothing:

damages     TRRUST with flipped signs, whole regulons missing, or damage drawn towards hubs; every
            single perturbation observed without noise.
mechanism   TRRUST with 41 regulators knocked out in a simulation of Hill kinetics: strong and weak
            edges, AND and OR, hidden regulators, factors without their ligand, three noisy
            replicates. Nothing of it is the walk model that the refinement fits.
networks    OmniPath as one layer, and EcoCyc with and without its sigma factors, damaged as
            ALIGNED does, with the responses of all single perturbations (of EcoCyc: of its
            regulators).
releases    An older network against a newer. No source among the extracts comes in two releases;
            in their stead stand TRRUST as its papers until 2007 state it, against TRRUST whole, and
            TRRUST against its union with DoRothEA A and B. Regulators of the newer network are
            perturbed. In TRRUST only additions are missing, so the older network has no wrong edge.

    python -m benchmarks.refinement_worlds [--json FILE] [--seeds 3] [--part mechanism]
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import networks
from benchmarks.harness import Row, parser, peak_memory_mb, publish
from benchmarks.judging import partial_rows, recover, recovery_rows
from benchmarks.parts import each_alone
from kgp.models.refinement.damage import (
    choose,
    damage,
    damage_hubs,
    drop_regulons,
    flip_signs,
    observe,
)
from kgp.models.refinement.mechanism import MechanismSettings, draw_mechanism
from kgp.models.refinement.mechanism_responses import Experiment, measure
from kgp.models.refinement.releases import align
from kgp.models.refinement.result import RefineConfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

MEASURED = 41
SHARES = (0.1, 0.2, 0.4)
CONFIG = RefineConfig()
DAMAGES = {"flipped": flip_signs, "regulons missing": drop_regulons, "hubs": damage_hubs}


def damages(seeds: int) -> Iterator[Row]:
    """Damage TRRUST in other ways; everything is observed."""
    truth = networks.trrust()
    seen = observe(truth, _everyone(truth))
    for name, do in DAMAGES.items():
        for share in SHARES:
            damaged = [do(truth, share, seed) for seed in range(seeds)]
            found = recover(truth, damaged, [seen] * seeds, CONFIG)
            yield from recovery_rows(f"{name}, p {share:g}", found)


def mechanism(seeds: int) -> Iterator[Row]:
    """Knock 41 regulators out in a simulation that is not the walk model."""
    truth = networks.trrust()
    worlds = [_simulate(truth, seed) for seed in range(seeds)]
    yield from _account(truth, worlds)
    for share in (0.0, *SHARES):
        damaged = [damage(truth, share, seed) for seed in range(seeds)]
        found = recover(truth, damaged, worlds, CONFIG)
        yield from recovery_rows(f"mechanism, p {share:g}", found)
        yield from partial_rows(f"mechanism, p {share:g}", found)


def other_networks(seeds: int) -> Iterator[Row]:
    """Damage other networks than TRRUST; everything, or every regulator, is observed."""
    with_sigma, without = (networks.ecocyc(sigma=sigma) for sigma in (True, False))
    signalling = networks.omnipath()
    cases = (
        ("OmniPath", signalling, _everyone(signalling)),
        ("EcoCyc", with_sigma, with_sigma.regulators),
        ("EcoCyc without sigma", without, without.regulators),
    )
    for name, truth, perturbed in cases:
        seen = observe(truth, perturbed)
        for share in SHARES:
            damaged = [damage(truth, share, seed) for seed in range(seeds)]
            found = recover(truth, damaged, [seen] * seeds, CONFIG)
            yield from recovery_rows(f"{name}, p {share:g}", found)
        yield Row(f"{name}: peak memory so far", peak_memory_mb(), "MB")


def releases(seeds: int) -> Iterator[Row]:
    """Refine an older network with responses of a newer; masks differ by seed."""
    whole = networks.trrust()
    cases = (
        ("TRRUST until 2007 against TRRUST", networks.old_trrust(), whole),
        ("TRRUST against TRRUST and DoRothEA A, B", whole, networks.larger_than_trrust()),
    )
    for name, old, new in cases:
        older, newer = align(old, new)
        regulators = newer.regulators
        masks = [choose(regulators, MEASURED, 100 + seed) for seed in range(seeds)]
        looks = {"all regulators": [regulators], f"{MEASURED} regulators": masks}
        for said, perturbed in looks.items():
            seen = [observe(newer, genes) for genes in perturbed]
            found = recover(newer, [older] * len(seen), seen, CONFIG)
            yield from recovery_rows(f"{name}, {said}", found)


PARTS: dict[str, Callable[[int], Iterator[Row]]] = {
    "damages": damages,
    "mechanism": mechanism,
    "networks": other_networks,
    "releases": releases,
}


def _simulate(truth: SignedNetwork, seed: int) -> Observations:
    world = draw_mechanism(truth, MechanismSettings(seed=seed))
    regulators = choose(truth.regulators, MEASURED, 100 + seed)
    measured = measure(world, regulators, truth.genes, Experiment(seed=seed))
    if len(measured.unsettled):
        print(f"seed {seed}: {len(measured.unsettled)} knock-outs oscillate; averages are used")
    return measured.observations


def _account(truth: SignedNetwork, worlds: list[Observations]) -> Iterator[Row]:
    """Say how much of the true network the simulated responses show."""
    shown, hits, elsewhere = [], [], []
    for seen in worlds:
        direct = truth.to_matrix()[seen.perturbed]
        known, moved = seen.scored(), seen.scored() & (seen.labels != 0)
        edges = known & (direct != 0)
        shown.append(moved[edges].mean())
        elsewhere.append(moved[known & (direct == 0)].mean())
        hits.append((seen.labels * seen.direction[:, None] == direct)[moved & edges].mean())
    yield Row.of("mechanism: true edges that respond", shown, "share", "other pairs", elsewhere)
    yield Row.of("mechanism: of these with the edge's sign", hits, "share")


def _everyone(network: SignedNetwork) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    return np.arange(network.n_genes, dtype=np.int32)


def main() -> None:
    """Run every part in a process of its own and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=3, help="damages, worlds and masks")
    options.add_argument("--part", choices=PARTS, action="append", help="only this one")
    given = options.parse_args()
    chosen = given.part or PARTS
    rows = each_alone({part: partial(PARTS[part], given.seeds) for part in chosen})
    publish("refinement_worlds", rows, given.json)


if __name__ == "__main__":
    main()
