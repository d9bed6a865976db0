"""Perturbation responses in which the activity of the perturbed regulator can be asked for."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks import networks
from benchmarks.accounts import Extract, load_extract
from kgp.api.stores import open_store
from kgp.models.grn_data import read_network, read_observations
from kgp.models.refinement.damage import choose, damage
from kgp.models.refinement.mechanism import MechanismSettings, draw_mechanism
from kgp.models.refinement.mechanism_responses import (
    KNOCK_OUT,
    OVER_EXPRESSION,
    Experiment,
    measure,
)
from kgp.models.refinement.observations import Observations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork

_HUMAN = (
    Extract("gene-info", ("identifiers/Homo_sapiens.gene_info.gz",)),
    Extract("trrust", ("grn/trrust_hs.tsv.gz",), {"name": "network"}),
    Extract(
        "lincs-overexpression",
        ("lincs/dysreg_overexpression.tsv.gz", "lincs/dysreg_overexpression_summary.tsv.gz"),
        {"name": "responses"},
    ),
)
_BACTERIUM = (
    Extract("locus-tags", ("ecocyc/precise1k_gene_info.csv.gz",)),
    Extract("ecocyc-network", ("ecocyc/ECOLI-regulatory-network.txt",), {"name": "network"}),
    Extract(
        "precise",
        ("perturb/ecoli_precise278_MA.json.gz", "perturb/ecoli_precise278_samples.csv"),
        {"name": "responses"},
    ),
)
SIMULATED, DAMAGE = 120, 0.2
"""Regulators that are perturbed in the simulation, and the damage of the network shown."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A network with responses to perturbations of single genes.

    Attributes:
        name: what it is called in the table.
        network: the network at hand.
        seen: the labels, for refining.
        effects: float64 [n_observations, n_genes], 0 where nothing is known, and for the perturbed
            gene itself, which would tell its own name.
        measured: bool [n_genes], genes that every response covers.
        groups: what an observation shares with others: its controls.
        truth: the true network, where it is known.
    """

    name: str
    network: SignedNetwork
    seen: Observations
    effects: NDArray[np.float64]
    measured: NDArray[np.bool_]
    groups: tuple[str, ...]
    truth: SignedNetwork | None = None


def human() -> Case:
    """LINCS over-expression with TRRUST; what does not respond significantly has effect 0."""
    return _loaded("LINCS over-expression, TRRUST", _HUMAN)


def bacterium() -> Case:
    """PRECISE-278 knock-outs with EcoCyc."""
    return _loaded("PRECISE-278 knock-outs, EcoCyc", _BACTERIUM)


def simulated(seed: int) -> Case:
    """Regulators knocked out in one study and over-expressed in another, in Hill kinetics."""
    truth = networks.trrust()
    world = draw_mechanism(truth, MechanismSettings(seed=seed))
    regulators = choose(truth.regulators, SIMULATED, 100 + seed)
    studies = [
        measure(world, regulators, truth.genes, Experiment(factor=factor, seed=seed + number))
        for number, factor in enumerate((KNOCK_OUT, OVER_EXPRESSION))
    ]
    both = [study.observations for study in studies]
    names = [f"{name}:{i}" for i, each in enumerate(both) for name in each.signatures]
    seen = Observations(
        np.concatenate([each.perturbed for each in both]),
        np.concatenate([each.direction for each in both]),
        np.concatenate([each.labels for each in both]),
        np.concatenate([each.measured for each in both]),
        tuple(names),
    )
    groups = tuple(f"study {i}" for i, each in enumerate(both) for _ in each.signatures)
    effects = np.concatenate([study.effect for study in studies])
    network = damage(truth, DAMAGE, seed)
    return _case(f"simulation, TRRUST damaged by {DAMAGE:g}", network, seen, effects, groups, truth)


def _loaded(name: str, extracts: Sequence[Extract]) -> Case:
    """Load extracts into one graph and read the network and the responses of single genes."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"duckdb:{folder}/one.duckdb"
        for extract in extracts:
            load_extract(extract, url)
        with open_store(url) as store:
            stored = read_network(store, "network")
            measured = read_observations(store, "responses", stored)
    seen, effects = measured.observations, np.asarray(measured.effects, np.float64)
    single = np.flatnonzero([len(seeds) == 1 for seeds in seen.seeds()])
    seen, effects = seen.take(single), effects[single]
    if measured.censored:
        effects = np.where(np.isfinite(effects), effects, np.where(seen.measured, 0.0, np.nan))
    return _case(name, stored.signed, seen, effects, seen.groups or seen.signatures)


def _case(
    name: str,
    network: SignedNetwork,
    seen: Observations,
    effects: NDArray[np.float64],
    groups: tuple[str, ...],
    truth: SignedNetwork | None = None,
) -> Case:
    measured = np.asarray(np.isfinite(effects).all(axis=0))
    effects = np.where(measured, effects, 0.0)
    effects[np.arange(len(effects)), seen.perturbed] = 0.0
    return Case(name, network, seen, effects, measured, groups, truth)
