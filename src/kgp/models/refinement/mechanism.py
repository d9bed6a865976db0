"""A signed network gets a mechanism that is not the walk model: kinetics drawn at random.

A refinement that is judged only on responses of the model it fits is judged too kindly. Here
edges differ in strength, so that true ones may be silent; some regulators lack their ligand; some
regulate and are in no network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import BadInputError
from kgp.models.refinement.kinetics import Mechanism

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork

    Floats = NDArray[np.float64]

WEAK_FOLD = (1.05, 1.5)
STRONG_FOLD = (3.0, 30.0)
HALF_SATURATION = (1 / 3, 3.0)
COOPERATIVITY = (1.0, 4.0)
BASAL = (0.01, 0.1)
"""Ranges that kinetics are drawn from; all but the cooperativity evenly in their logarithm."""

SHARES = ("weak", "any_of", "gated", "hidden")


@dataclass(frozen=True, slots=True)
class MechanismSettings:
    """What a mechanism is like.

    Attributes:
        weak: share of the edges with a fold change of at most 1.5 instead of 3 to 30.
        any_of: share of the genes that any of their regulators suffices for (OR); of the others
            the regulators multiply.
        gated: share of the regulators without their ligand: perturbing them shows nothing.
        hidden: regulators that the network does not hold, as a share of those it holds.
        hidden_targets: genes that each of them regulates.
        max_gain: largest sum, over the regulators of a gene, of the logarithmic gains from
            regulator to product in untreated cells. Where drawn kinetics exceed it, the gene's
            production is raised to a power below 1, so that the many regulators of one gene share
            their effect. Below 1 feedback neither switches nor oscillates near untreated levels.
        seed: of all that is drawn.
    """

    weak: float = 0.2
    any_of: float = 0.3
    gated: float = 0.1
    hidden: float = 0.1
    hidden_targets: int = 10
    max_gain: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise BadInputError(f"{name} {getattr(self, name)} is no share", hint="0 to 1")
        if self.hidden_targets < 1:
            raise BadInputError(f"{self.hidden_targets} targets of a hidden regulator are too few")
        if not self.max_gain > 0:
            raise BadInputError(f"max_gain {self.max_gain} lets nothing through", hint="Above 0")


def draw_mechanism(network: SignedNetwork, settings: MechanismSettings | None = None) -> Mechanism:
    """Give a network its kinetics.

    What is drawn for an edge or a gene does not depend on the share of hidden or gated regulators,
    so that worlds that differ in these alone can be compared.

    Args:
        network: the true network.
        settings: what the mechanism is like; hidden regulators are driven by one regulator each.
    """
    settings = settings or MechanismSettings()
    kinetics, logic, gates, hiding = (
        np.random.default_rng(each) for each in np.random.SeedSequence(settings.seed).spawn(4)
    )
    regulators, n = network.regulators, network.n_genes
    n_hidden = round(settings.hidden * len(regulators))
    shown = _draw_edges(network.n_edges, settings, kinetics)
    source, target, sign = _with_hidden(network, n_hidden, settings.hidden_targets, hiding)
    unseen = _draw_edges(len(source) - network.n_edges, settings, hiding)
    weight, half, hill = (np.concatenate(pair) for pair in zip(shown, unseen, strict=True))
    active = np.ones(n + n_hidden, bool)
    active[gates.permutation(regulators)[: round(settings.gated * len(regulators))]] = False
    order = np.lexsort((source, target))
    free = Mechanism(
        n_genes=n,
        source=source[order],
        target=target[order],
        sign=sign[order],
        weight=weight[order],
        half=half[order],
        hill=hill[order],
        either=np.concatenate([logic.random(n) < settings.any_of, np.zeros(n_hidden, bool)]),
        basal=np.concatenate(
            [_log_uniform(logic, BASAL, n), _log_uniform(hiding, BASAL, n_hidden)]
        ),
        power=np.ones(n + n_hidden),
        active=active,
    )
    return _limit_gain(_limit_fold(free), settings.max_gain)


def gains(mechanism: Mechanism) -> Floats:
    r"""Return :math:`|\partial \log f_i / \partial \log x_j|` at untreated levels, [n_edges].

    0 for factors without their ligand.
    """
    either = mechanism.either[mechanism.target]
    turned = mechanism.sign * np.where(either, 1.0, -1.0) * mechanism.hill
    level = np.where(mechanism.active[mechanism.source], 1.0, 0.0)
    with np.errstate(divide="ignore"):
        bound = 1 / (1 + np.exp(-turned * np.log(level / mechanism.half)))
    closed = mechanism.weight * bound
    left = np.exp(np.bincount(mechanism.target, np.log1p(-closed), minlength=mechanism.n_nodes))
    share = np.where(mechanism.either, 1 - left, left)
    whole = mechanism.basal + (1 - mechanism.basal) * share
    change = closed * (1 - bound) / (1 - closed) * mechanism.hill
    outer = ((1 - mechanism.basal) * left / whole)[mechanism.target]
    return np.asarray(outer * change, np.float64)


def _limit_fold(mechanism: Mechanism) -> Mechanism:
    """Let OR genes make, with all regulators, at most the product of their fold changes more.

    Without basal production the only regulator of such a gene would decide all, however weak.
    """
    rest = np.bincount(mechanism.target, np.log1p(-mechanism.weight), minlength=mechanism.n_nodes)
    least = np.where(mechanism.either, 1 / (1 + np.exp(-rest)), 0.0)
    return replace(mechanism, basal=np.maximum(mechanism.basal, least))


def _limit_gain(mechanism: Mechanism, largest: float) -> Mechanism:
    """Set the power of every gene so that the gains into it sum up to at most ``largest``."""
    total = np.bincount(mechanism.target, gains(mechanism), minlength=mechanism.n_nodes)
    power = np.minimum(1.0, largest / np.maximum(total, 1e-12))
    return replace(mechanism, power=power)


def _draw_edges(
    count: int, settings: MechanismSettings, random: np.random.Generator
) -> tuple[Floats, Floats, Floats]:
    """Draw weight, half saturation and cooperativity, [count] each."""
    strong, faint = _log_uniform(random, STRONG_FOLD, count), _log_uniform(random, WEAK_FOLD, count)
    fold = np.where(random.random(count) < settings.weak, faint, strong)
    half = _log_uniform(random, HALF_SATURATION, count)
    return 1 - 1 / fold, half, random.uniform(*COOPERATIVITY, count)


def _with_hidden(
    network: SignedNetwork, n_hidden: int, n_targets: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return source, target and sign of all edges, those of hidden regulators behind the others."""
    n = network.n_genes
    new = n + np.arange(n_hidden)
    drivers = random.choice(network.regulators, n_hidden) if n_hidden else new
    driven = [random.choice(n, min(n_targets, n), replace=False) for _ in new]
    targets = np.concatenate([new, *driven]).astype(np.int64)
    sources = np.concatenate([drivers, np.repeat(new, min(n_targets, n))]).astype(np.int64)
    return (
        np.concatenate([network.source.astype(np.int64), sources]),
        np.concatenate([network.target.astype(np.int64), targets]),
        np.concatenate([network.sign, random.choice((-1.0, 1.0), len(sources))]),
    )


def _log_uniform(random: np.random.Generator, bounds: tuple[float, float], count: int) -> Floats:
    return np.exp(random.uniform(np.log(bounds[0]), np.log(bounds[1]), count))
