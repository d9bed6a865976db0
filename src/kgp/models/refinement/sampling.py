r"""The posterior distribution of networks, sampled: how probable is each sign of each edge?

Chains of exact moves (:mod:`kgp.models.refinement.sampling_kernels`) start from the original
network and from the optimum of a search. The probability of a sign is the mean over the later
sweeps of its conditional probability given all other edges (Rao-Blackwell), which varies less than
counting draws. The bound on what silence says against a curated edge makes the moves' energies
depend a little on their context, so that with it the distribution is an approximation. Chains that
disagree have not mixed: R-hat (Gelman and Rubin 1992) on the number of edits says so for the whole,
and an edge whose probabilities differ between chains stays as it was.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.counting import make_reach
from kgp.models.refinement.layout import make_scratch, make_state, price
from kgp.models.refinement.sampling_kernels import run_sweeps
from kgp.models.refinement.scan import scan_columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.objective import Objective
    from kgp.models.refinement.prior import Prior
    from kgp.models.refinement.state import Scratch, State
    from kgp.progress import Step

    Floats = NDArray[np.float64]

WORTH_TRYING = 4.0
"""Additions join the chains if their prior odds and their own cells cost at most this, in nats."""

MIXED = 0.25
"""Most that the probabilities of one sign may differ between chains."""

_STRETCH = 10
_TINY = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """Probabilities of the signs of edges.

    Attributes:
        source: int32 [n_edges], all original edges and the additions that were tried.
        target: int32 [n_edges].
        original: int8 [n_edges].
        probability: float64 [n_edges, 3], of -1, 0, +1, mean over the chains.
        spread: float64 [n_edges], largest difference between chains in one sign's probability.
        r_hat: of the number of edits; below 1.1 the chains agree.
        moved: edits that took another place, over all chains.
    """

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    original: NDArray[np.int8]
    probability: Floats
    spread: Floats
    r_hat: float
    moved: int

    def signs(self, prior: Prior, confidence: float, least_gain: float) -> NDArray[np.int8]:
        """Return int8 [n_edges]: a new sign where it is probable, agreed on and shown by data.

        Args:
            prior: the prior of the chains; what it says by itself is no evidence.
            confidence: least probability.
            least_gain: least logarithm of the ratio by which the data raise the odds, in nats.
        """
        best = self.probability.argmax(axis=1).astype(np.int8) - 1
        sure = (self.probability.max(axis=1) > confidence) & (self.spread <= MIXED)
        ends, k = (self.source, self.target, self.original), np.arange(len(best))
        cost = prior.costs(*ends, floor=-np.inf)[k, best + 1]
        was = np.maximum(self.probability[k, self.original + 1], _TINY)
        gain = np.log(np.maximum(self.probability[k, best + 1], _TINY) / was) + cost
        return np.where(sure & (gain >= least_gain), best, self.original).astype(np.int8)


def sample(
    objective: Objective,
    optimum: SignedNetwork,
    *,
    sweeps: int = 120,
    seed: int = 0,
    step: Step | None = None,
) -> Sampled:
    """Sample networks with two chains, in threads.

    Args:
        objective: cells and edits in nats.
        optimum: where one chain starts; the other starts from the original network.
        sweeps: of each chain; the first third is not counted.
        seed: of both chains.
        step: told of every few sweeps.
    """
    starts = (objective.original, optimum)
    pool = np.concatenate([_worth_trying(objective, network) for network in starts])
    pool = np.concatenate([pool, np.stack([optimum.source, optimum.target], axis=1)])
    scratch = make_scratch(objective, len(starts))
    chains = [
        _Chain.begin(objective, network, pool, space)
        for network, space in zip(starts, scratch, strict=True)
    ]
    skipped, done = sweeps // 3, 0
    with ThreadPoolExecutor(len(chains)) as threads:
        while done < sweeps:
            length = min(_STRETCH, (skipped if done < skipped else sweeps) - done)
            running = [
                threads.submit(chain.run, length, _seed(seed, k, done))
                for k, chain in enumerate(chains)
            ]
            for each in running:
                each.result()
            done += length
            if done == skipped:
                for chain in chains:
                    chain.forget()
            if step is not None:
                step.advance(length)
    return _gather(chains, sweeps - skipped)


@dataclass(slots=True, eq=False)
class _Chain:
    """One chain, and what it has seen."""

    state: State
    scratch: Scratch
    probability: Floats
    edits: list[int]
    moved: int = 0

    @classmethod
    def begin(
        cls,
        objective: Objective,
        network: SignedNetwork,
        pool: NDArray[np.int32],
        scratch: Scratch,
    ) -> _Chain:
        """Lay out a chain that starts from ``network``; prior odds count as they are."""
        state = make_state(objective, network, pool)
        cost = objective.prior.costs(state.source, state.target, state.original, floor=-np.inf)
        return cls(state._replace(cost=cost), scratch, np.zeros((len(cost), 3)), [])

    def run(self, sweeps: int, seed: int) -> None:
        """Run a stretch."""
        edits = np.zeros(sweeps, np.int64)
        self.moved += run_sweeps(self.state, self.scratch, sweeps, seed, self.probability, edits)
        self.edits += edits.tolist()

    def forget(self) -> None:
        """Leave out what was seen on the way to where networks are probable."""
        self.probability[:] = 0
        self.edits.clear()


def _worth_trying(objective: Objective, network: SignedNetwork) -> NDArray[np.int32]:
    """List the additions to ``network`` that are not hopeless, int32 [n, 2]."""
    state = make_state(objective, network)
    least = max(objective.prior.least_addition() - WORTH_TRYING, 0.0)
    every = np.arange(network.n_genes, dtype=np.int32)
    floor = np.full(network.n_genes, least)
    found, gains = scan_columns(state, make_reach(objective, network), every, floor)
    return found[price(objective, found, floor=-np.inf) - gains < WORTH_TRYING][:, :2]


def _gather(chains: list[_Chain], sweeps: int) -> Sampled:
    each = np.stack([chain.probability / sweeps for chain in chains])
    state = chains[0].state
    return Sampled(
        state.source,
        state.target,
        state.original,
        each.mean(axis=0),
        np.ptp(each, axis=0).max(axis=1),
        r_hat(np.array([chain.edits for chain in chains], np.float64)),
        sum(chain.moved for chain in chains),
    )


def r_hat(draws: Floats) -> float:
    """Return the potential scale reduction of float64 [n_chains, n_draws] (Gelman, Rubin 1992)."""
    n = draws.shape[1]
    within = draws.var(axis=1, ddof=1).mean()
    between = n * draws.mean(axis=1).var(ddof=1)
    if within == 0:
        return 1.0 if between == 0 else float("inf")
    return float(np.sqrt((n - 1) / n + between / (n * within)))


def _seed(seed: int, chain: int, done: int) -> int:
    return int(np.random.SeedSequence([seed, chain, done]).generate_state(1)[0])
