"""From what is known about genes to the log-odds of the edges between them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from kgp.models.grn_context_weights import (
    MOST,
    SAME_UNIT,
    SIGN_SOURCES,
    WITHOUT_SIGN,
    association,
    curation,
    shared_terms,
)
from kgp.models.refinement.prior import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kgp.platform.grn import EdgeState

    Pair = tuple[str, str]
    Odds = Mapping[Pair, float]


def of_statements(states: Iterable[EdgeState]) -> dict[Pair, float]:
    """Return how well each pair is curated; a pair that nobody signed may get a sign cheaply."""
    found: dict[Pair, float] = {}
    signed = set[tuple[str, str]]()
    for state in states:
        pair = state.src, state.dst
        nats = curation(state.evidence)
        if state.sign:
            found[pair] = max(nats, found[pair]) if pair in signed else nats
            signed.add(pair)
        elif pair not in signed:
            found[pair] = WITHOUT_SIGN.get(state.effect, 0.0) + max(nats, 0.0)
    return found


def of_signs(states: Iterable[EdgeState]) -> dict[Pair, float]:
    """Return how sure the sign of each pair is, relative to the mean of the network's signs.

    Where all signs stand on the same, nothing is known of any of them, so that a network of one
    origin is refined as if nothing were.
    """
    found: dict[Pair, float] = {}
    for state in states:
        if state.sign:
            pair, nats = (state.src, state.dst), SIGN_SOURCES.get(state.sign_source, 0.0)
            found[pair] = max(nats, found.get(pair, nats))
    if len(set(found.values())) < 2:
        return {}
    mean = sum(found.values()) / len(found)
    return {pair: nats - mean for pair, nats in found.items()}


def of_units(states: Iterable[EdgeState], mates: Mapping[str, Iterable[str]]) -> dict[Pair, float]:
    """Return the pairs of a regulator with a gene whose mates it regulates."""
    pairs = {(state.src, state.dst) for state in states if state.sign}
    return {
        (src, mate): SAME_UNIT
        for src, dst in sorted(pairs)
        for mate in mates.get(dst, ())
        if mate != src
    }


def of_associations(scores: Odds, regulators: set[str]) -> dict[Pair, float]:
    """Return what STRING says of pairs of a regulator and any gene."""
    odds = {pair: association(score) for pair, score in scores.items() if pair[0] in regulators}
    return {pair: nats for pair, nats in odds.items() if nats}


def of_terms(
    terms: Mapping[str, set[str]], regulators: set[str], genes: set[str]
) -> dict[Pair, float]:
    """Return what shared biological processes say of pairs of a regulator and any gene."""
    sizes = defaultdict[tuple[str, str], list[int]](list)
    for annotated in terms.values():
        for src in annotated & regulators:
            for dst in annotated & genes:
                if src != dst:
                    sizes[src, dst].append(len(annotated))
    return {pair: shared_terms(found) for pair, found in sizes.items()}


def knowledge(
    genes: Sequence[str], curated: Odds, signs: Odds, independent: Iterable[Odds]
) -> Knowledge:
    """Add up what is known of each pair of genes, at most ``MOST``.

    Args:
        genes: of the network.
        curated: how well each pair is curated.
        signs: how sure the sign of each pair is.
        independent: what else speaks for pairs.
    """
    place = {gene: i for i, gene in enumerate(genes)}
    total = defaultdict[int, float](float)
    for odds in (curated, *independent):
        for (src, dst), nats in odds.items():
            if src in place and dst in place:
                total[place[src] * len(place) + place[dst]] += nats
    keys = np.array(sorted(key for key, nats in total.items() if nats), np.int64)
    log_odds = np.array([min(total[key], MOST) for key in keys.tolist()], np.float64)
    sure = sorted(
        (place[src] * len(place) + place[dst], nats)
        for (src, dst), nats in signs.items()
        if src in place and dst in place
    )
    return replace(
        Knowledge.nothing(len(place)),
        keys=keys,
        log_odds=log_odds,
        signed=np.array([key for key, _ in sure], np.int64),
        sign=np.array([nats for _, nats in sure], np.float64),
    )
