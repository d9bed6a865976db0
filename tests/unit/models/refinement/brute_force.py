"""Networks with links, experiments of any kind, and their responses walk by walk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import strategies as st

from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import networks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.perturbations import Seeds
    from kgp.models.refinement.reasoning import Reasoning


@st.composite
def linked_networks(draw: st.DrawFn, max_genes: int = 4) -> SignedNetwork:
    """Any signed network with up to three links, chains and cycles of links among them."""
    built = draw(networks(max_genes))
    gene = st.integers(0, built.n_genes - 1)
    pairs = st.tuples(gene, gene).filter(lambda pair: pair[0] != pair[1])
    links = draw(st.lists(pairs, max_size=3, unique=True))
    return replace(built, links=np.array(links, np.int32).reshape(-1, 2))


@st.composite
def experiments(draw: st.DrawFn, n_genes: int, max_rows: int = 4) -> tuple[Seeds, ...]:
    """What each of a few experiments perturbs: one gene or several, in either direction."""
    gene, sign = st.integers(0, n_genes - 1), st.sampled_from([-1, 1])
    most = min(3, n_genes - 1)
    seeds = st.dictionaries(gene, sign, min_size=1, max_size=most)
    rows = draw(st.lists(seeds, min_size=1, max_size=max_rows))
    return tuple(tuple(row.items()) for row in rows)


def observe_at_random(
    built: SignedNetwork, rows: tuple[Seeds, ...], rng: np.random.Generator
) -> Observations:
    """Label experiments at random, with weights and with cells that were not measured."""
    shape = (len(rows), built.n_genes)
    seen = Observations(
        np.array([row[0][0] for row in rows], np.int32),
        np.array([row[0][1] for row in rows], np.int8),
        rng.integers(-1, 2, size=shape).astype(np.int8),
        rng.random(shape) < 0.8,
        tuple(f"s:{i}" for i in range(len(rows))),
        tuple(row[1:] for row in rows),
        (rng.integers(0, 9, size=shape) / 8).astype(np.float32),
    )
    # Observations without any response are refused, so one cell that counts responds.
    perturbed = {gene for gene, _ in rows[0]}
    free = [gene for gene in range(built.n_genes) if gene not in perturbed]
    seen.labels[0, free], seen.measured[0, free] = 1, True
    return seen


def walks_from(built: SignedNetwork, start: int, length: int) -> Iterator[tuple[int, int]]:
    """Yield end and sign of every walk of ``length`` edges, written down step by step.

    A walk goes on from the gene that its last edge reached, or from what is linked to that gene.
    """
    if length == 0:
        yield start, 1
        return
    signs, links = built.signs(), built.links.tolist()
    for (source, target), sign in signs.items():
        if source != start:
            continue
        onward = [target]
        if length > 1:
            onward += [second for first, second in links if first == target]
        for gene in onward:
            for end, rest in walks_from(built, gene, length - 1):
                yield end, sign * rest


def count_walks(
    built: SignedNetwork, row: Seeds, length: int, *, carry_on: bool = False
) -> np.ndarray:
    """Count the walks of one length from all that a row perturbs: int [n_genes, 2].

    With ``carry_on`` walks are counted where one more edge could continue them.
    """
    counts = np.zeros((built.n_genes, 2), dtype=int)
    for seed, direction in row:
        for end, sign in walks_from(built, seed, length):
            which = 0 if sign * direction > 0 else 1
            counts[end, which] += 1
            if carry_on and length:
                for first, second in built.links.tolist():
                    counts[second, which] += first == end
    return counts


def outcomes(built: SignedNetwork, row: Seeds, how: Reasoning) -> np.ndarray:
    """Return int [n_genes]: 0 unchanged, 2 l - 1 rises, 2 l falls, by the shortest walk l."""
    counted = range(1, how.max_length + 1) if how.lengths == "upto" else [how.max_length]
    walks = {length: count_walks(built, row, length) for length in counted}
    found = np.zeros(built.n_genes, int)
    for gene in range(built.n_genes):
        rises, falls = (
            min((length for length in counted if walks[length][gene, which]), default=99)
            for which in (0, 1)
        )
        decided = how.conflict.rule == "shortest" or 99 in (rises, falls)
        if decided and rises != falls:
            found[gene] = 2 * rises - 1 if rises < falls else 2 * falls
    return found
