"""What a user allows holds, whatever the network and the responses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.models.refinement.damage import add_noise, damage, observe
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.prior import Knowledge
from kgp.models.refinement.refine import refine
from kgp.models.refinement.result import RefineConfig
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations
    from kgp.models.refinement.result import Refinement

N = 24
QUICK = RefineConfig(rates=Rates(), rounds=0)


@dataclass
class Case:
    """A damaged network and noisy responses of the true one."""

    curated: SignedNetwork
    seen: Observations

    def refined(self, knowledge: Knowledge | None = None, **settings: object) -> Refinement:
        config = replace(QUICK, **settings)  # type: ignore[arg-type]  # any setting
        return refine(self.curated, self.seen, config, knowledge=knowledge)

    def changed(self, result: Refinement) -> set[tuple[int, int]]:
        before, after = self.curated.signs(), result.network.signs()
        pairs = before.keys() | after.keys()
        return {pair for pair in pairs if before.get(pair) != after.get(pair)}


def case(seed: int) -> Case:
    true = random_network(N, 40, seed)
    seen = observe(true, np.tile(true.regulators, 2))
    return Case(damage(true, 0.4, seed), add_noise(seen, seed, missed=0.1, invented=0.05))


CASES = st.integers(0, 30).map(case)


@settings(max_examples=8)
@given(CASES)
def test_the_edits_lead_from_the_network_to_the_refined_one(one: Case) -> None:
    result = one.refined()
    before, after = one.curated.signs(), result.network.signs()
    assert {(e.source, e.target) for e in result.edits} == one.changed(result)
    for edit in result.edits:
        pair = edit.source, edit.target
        assert (edit.before, edit.after) == (before.get(pair, 0), after.get(pair, 0))
        assert len(edit.evidence) == len(edit.supporting) + len(edit.contradicting)


@settings(max_examples=8)
@given(CASES, st.floats(0, 0.3), st.sampled_from(["search", "unit"]))
def test_no_more_edges_change_than_the_share_allows_and_the_surest_do(
    one: Case, share: float, method: str
) -> None:
    free = one.refined(method=method)
    limited = one.refined(method=method, max_share=share)
    most = int(share * one.curated.n_edges + 1e-9)
    assert len(one.changed(limited)) == len(limited.edits) == min(most, len(free.edits))
    assert {(e.source, e.target) for e in limited.edits} == {
        (e.source, e.target) for e in free.edits[:most]
    }


def test_a_share_that_comes_out_even_is_not_rounded_down() -> None:
    # 0.29 times 100 is a little less than 29 in floating point.
    true = random_network(60, 100, 0)
    one = Case(damage(true, 0.8, 1), observe(true, np.tile(true.regulators, 2)))
    assert one.curated.n_edges == 100
    assert len(one.refined().edits) > 29
    assert len(one.refined(max_share=0.29).edits) == 29


@settings(max_examples=8)
@given(CASES, st.integers(0, 99))
def test_frozen_pairs_never_change(one: Case, seed: int) -> None:
    frozen = np.flatnonzero(np.random.default_rng(seed).random(N * N) < 0.5)
    result = one.refined(replace(Knowledge.nothing(N), frozen=frozen))
    assert not {i * N + j for i, j in one.changed(result)} & set(frozen.tolist())


@settings(max_examples=8)
@given(CASES, st.integers(0, 99))
def test_edges_are_added_only_where_they_may_be(one: Case, seed: int) -> None:
    rng = np.random.default_rng(seed)
    allowed = np.flatnonzero(rng.random(N * N) < 0.5)
    sources, targets = rng.random(N) < 0.8, rng.random(N) < 0.8
    limits = replace(Knowledge.nothing(N), allowed=allowed, sources=sources, targets=targets)
    result = one.refined(limits)
    for edit in result.edits:
        if edit.kind == "added":
            assert edit.source * N + edit.target in set(allowed.tolist())
            assert sources[edit.source]
            assert targets[edit.target]


def test_of_two_edges_with_equal_data_only_the_guessed_sign_flips() -> None:
    """Both targets fall: 3.52 nats for a flip that costs 5, 2 less for a guess, 2 more if sure."""
    curated = network(3, (0, 1, 1), (0, 2, 1))
    seen = observe(curated, np.array([0], np.int32), max_length=1)
    against = replace(seen, labels=-seen.labels)
    config = RefineConfig(max_length=1, rates=Rates(), rounds=0)
    guess = replace(Knowledge.nothing(3), signed=np.array([1, 2]), sign=np.array([-2.0, 2.0]))
    changed = [
        {(e.source, e.target): e.after for e in refine(curated, against, config, knowledge=k).edits}
        for k in (Knowledge.nothing(3), guess)
    ]
    assert changed == [{}, {(0, 1): -1}]


def test_frozen_and_forbidden_pairs_are_not_sampled() -> None:
    one = case(1)
    free = one.refined(method="posterior", sweeps=20)
    assert {edit.kind for edit in free.edits} >= {"added", "removed"}
    limits = replace(Knowledge.nothing(N), frozen=one.curated.keys(), allowed=np.zeros(0, np.int64))
    assert one.refined(limits, method="posterior", sweeps=20).edits == ()


@pytest.mark.parametrize("method", ["search", "posterior"])
def test_a_sampled_or_weighed_edit_is_as_sure_as_asked(method: str) -> None:
    for edit in case(2).refined(method=method, confidence=0.8, sweeps=30).edits:
        assert edit.confidence > 0.8


def test_the_more_the_data_must_say_the_fewer_edges_change() -> None:
    one = case(0)
    first, second, third, last = (
        len(one.refined(least_gain=gain).edits) for gain in (0.0, 5.0, 20.0, 1e6)
    )
    assert first > second > third > last == 0


@settings(max_examples=8)
@given(CASES, st.floats(0, 10))
def test_what_speaks_for_an_edit_is_at_least_what_was_asked(one: Case, least: float) -> None:
    for edit in one.refined(least_gain=least).edits:
        assert sum(edit.evidence) >= least - 1e-4


@settings(max_examples=6)
@given(CASES)
def test_edits_say_how_they_stand_and_so_do_rejected_ones(one: Case) -> None:
    # The optimum itself: what the cells speak against, given all others, stays in.
    found = one.refined(weigh=False, least_gain=-np.inf)
    result = one.refined(confidence=0.9)
    signs = found.network.signs()
    assert set(result.weighed) == one.changed(found)
    kept = {(edit.source, edit.target): edit for edit in result.edits}
    for pair, (sign, confidence) in result.weighed.items():
        assert sign == signs.get(pair, 0)
        if pair in kept:
            assert confidence == kept[pair].confidence > 0.9


def test_silence_counts_in_full_where_no_edge_is_idle() -> None:
    one = case(0)
    assert one.refined(idle=0.0).objective_before == one.refined(idle=0.9).objective_before
    removed = [
        sum(edit.kind == "removed" for edit in one.refined(idle=idle, weigh=False).edits)
        for idle in (0.0, 0.9)
    ]
    assert removed[0] > removed[1]
