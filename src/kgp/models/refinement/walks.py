"""Compiled counts of the walks that end where an edited edge starts, and of those that go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.models.refinement.compiled import inner, whole

if TYPE_CHECKING:
    from kgp.models.refinement.state import Scratch, State, Walks


@inner
def _meet(walks: Walks, gene: int, n_met: int) -> int:
    """List a gene that walks meet; return how many are listed."""
    if not walks.seen[gene]:
        walks.seen[gene] = True
        walks.met[n_met] = gene
        return n_met + 1
    return n_met


@inner
def _add(walks: Walks, length: int, gene: int, positive: int, negative: int, sign: int) -> None:
    """Add walks that took a step of ``sign``."""
    turned = whole(sign <= 0)
    walks.number[gene, length, turned] += positive
    walks.number[gene, length, 1 - turned] += negative


@inner
def walk_back(state: State, walks: Walks, gene: int) -> int:
    """Count walks shorter than ``max_length`` that end in ``gene``; return the genes met."""
    walks.number[gene, 0, 0] = 1
    n_met = _meet(walks, gene, whole(0))
    for length in range(state.max_length - 1):
        for k in range(n_met):
            here = walks.met[k]
            positive, negative = walks.number[here, length, 0], walks.number[here, length, 1]
            if positive == 0 and negative == 0:
                continue
            first = state.carrier_start[here]
            for link in range(first - 1, state.carrier_start[here + 1]):
                end = here if link < first else state.carrier[link]
                for position in range(state.in_start[end], state.in_start[end + 1]):
                    sign = state.sign[state.in_edge[position]]
                    if sign != 0:
                        there = state.in_source[position]
                        n_met = _meet(walks, there, n_met)
                        _add(walks, length + 1, there, positive, negative, sign)
    return n_met


@inner
def walk_on(state: State, scratch: Scratch, source: int, target: int, sign: int) -> int:
    """Count walks from ``target`` with the edge source → target set to ``sign``.

    Genes are met in the order of their shortest walk; ``scratch.within`` says how many by then.
    """
    walks, within = scratch.on, scratch.within
    walks.number[target, 0, 0] = 1
    n_met = _meet(walks, target, whole(0))
    within[0] = n_met
    for length in range(state.max_length - 1):
        for k in range(n_met):
            here = walks.met[k]
            positive, negative = walks.number[here, length, 0], walks.number[here, length, 1]
            if positive == 0 and negative == 0:
                continue
            first = state.carried_start[here]
            for link in range(first - 1, state.carried_start[here + 1]):
                start = here if link < first else state.carried[link]
                if start == source and sign != 0:
                    _add(walks, length + 1, target, positive, negative, sign)
                for edge in range(state.out_start[start], state.out_start[start + 1]):
                    there = state.target[edge]
                    if state.sign[edge] == 0 or (start == source and there == target):
                        continue
                    n_met = _meet(walks, there, n_met)
                    _add(walks, length + 1, there, positive, negative, state.sign[edge])
        within[length + 1] = n_met
    return n_met


@inner
def find_rows(state: State, back: Walks, n_back: int, rows: Walks) -> int:
    """Add up the walks of all genes that one perturbation starts from; return the rows met."""
    n_met = 0
    for k in range(n_back):
        start = back.met[k]
        for seed in range(state.seed_start[start], state.seed_start[start + 1]):
            row = state.seed_row[seed]
            n_met = _meet(rows, row, n_met)
            for length in range(state.max_length):
                positive, negative = back.number[start, length, 0], back.number[start, length, 1]
                _add(rows, length, row, positive, negative, state.seed_sign[seed])
    return n_met


@inner
def clear(walks: Walks, n_met: int) -> None:
    """Set the scratch space back to zero."""
    for k in range(n_met):
        gene = walks.met[k]
        walks.seen[gene] = False
        for length in range(walks.number.shape[1]):
            walks.number[gene, length, 0] = walks.number[gene, length, 1] = 0
