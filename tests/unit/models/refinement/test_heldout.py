from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.damage import damage, observe
from kgp.models.refinement.folds import make_folds
from kgp.models.refinement.heldout import heldout_curve
from kgp.models.refinement.heldout_edits import (
    Proposal,
    apply_edit,
    changes,
    log_likelihood,
    observed_tables,
    weigh_edits,
)
from kgp.models.refinement.heldout_result import PREDICTORS
from kgp.models.refinement.likelihood import Rates
from kgp.models.refinement.reasoning_rules import Reasoning
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork
    from kgp.models.refinement.observations import Observations

TRUE = random_network(45, 100, seed=1)
DAMAGED = damage(TRUE, 0.3, seed=2)
SEEN = observe(TRUE, TRUE.regulators)


def the_truth(_network: SignedNetwork, _seen: Observations) -> SignedNetwork:
    return TRUE


def nothing(given: SignedNetwork, _seen: Observations) -> SignedNetwork:
    return given


def test_a_refinement_that_finds_the_truth_helps() -> None:
    found = heldout_curve(DAMAGED, SEEN, the_truth, make_folds(SEEN))
    assert found.helps
    assert found.gain.low > 0
    assert found.f1["refined"].mean == 1.0
    assert found.f1["original"].mean == pytest.approx(1.0 - found.gain.mean)
    assert found.likelihood_gain.low > 0
    assert str(found).startswith("Refining helps on held-out regulators: macro-F1 +")


def test_changing_nothing_gains_nothing_and_does_not_help() -> None:
    found = heldout_curve(DAMAGED, SEEN, nothing, make_folds(SEEN))
    assert (found.gain.mean, found.gain.low, found.gain.high) == (0, 0, 0)
    assert not found.helps
    assert found.curve[0].n_edits == 0
    assert np.isnan(found.curve[0].share.mean)
    assert "does not demonstrably help" in str(found)


def test_damage_does_not_help() -> None:
    found = heldout_curve(TRUE, SEEN, lambda given, _: damage(given, 0.3, 5), make_folds(SEEN))
    assert not found.helps
    assert found.gain.high < 0


def test_a_refinement_never_sees_what_it_is_judged_by() -> None:
    folds = make_folds(SEEN)
    learned: list[set[str]] = []

    def watch(given: SignedNetwork, seen: Observations) -> SignedNetwork:
        learned.append(set(seen.signatures))
        return given

    heldout_curve(DAMAGED, SEEN, watch, folds)
    held_out = [{SEEN.signatures[row] for row in rows} for _, rows in folds]
    for seen, unseen in zip(learned, held_out, strict=True):
        assert not seen & unseen
        assert seen | unseen == set(SEEN.signatures)


def test_scores_stand_per_fold_and_for_every_predictor() -> None:
    folds = make_folds(SEEN, 3)
    found = heldout_curve(DAMAGED, SEEN, the_truth, folds, how=Reasoning(2))
    assert [each.n_held_out for each in found.folds] == np.bincount(folds.fold).tolist()
    for each in found.folds:
        assert set(each.f1) == set(each.log_likelihood) == set(PREDICTORS)
        assert each.f1["all zero"] < each.f1["original"] < each.f1["refined"]
        assert each.n_edits == len(changes(DAMAGED, TRUE))


def test_direct_edges_are_those_of_the_original_network() -> None:
    found = heldout_curve(DAMAGED, SEEN, the_truth, make_folds(SEEN), how=Reasoning(1))
    assert found.f1["direct edges"] == found.f1["original"]


def test_confident_right_edits_are_confirmed_and_doubtful_wrong_ones_are_not() -> None:
    wrong = damage(TRUE, 0.2, seed=8)
    mixed_keys = {tuple(m[:2]) for m in changes(TRUE, wrong).tolist()}

    def mixed(_given: SignedNetwork, _seen: Observations) -> Proposal:
        signs = TRUE.signs() | {(m[0], m[1]): m[3] for m in changes(TRUE, wrong).tolist()}
        edges = np.array([(*pair, sign) for pair, sign in signs.items()], np.int32)
        made = TRUE.with_edges(edges[:, 0], edges[:, 1], edges[:, 2].astype(np.int8))
        sure = {
            (m[0], m[1]): 0.6 if (m[0], m[1]) in mixed_keys else 0.95
            for m in changes(DAMAGED, made).tolist()
        }
        return Proposal(made, sure)

    found = heldout_curve(DAMAGED, SEEN, mixed, make_folds(SEEN), thresholds=(0.5, 0.9))
    low, high = found.curve
    assert high.n_edits < low.n_edits
    assert high.share.mean > low.share.mean


def test_the_same_input_gives_the_same_judgement() -> None:
    folds = make_folds(SEEN)
    pair = [heldout_curve(DAMAGED, SEEN, the_truth, folds, seed=3) for _ in range(2)]
    assert pair[0] == pair[1]


def test_changes_are_listed_with_the_sign_before_and_after() -> None:
    before, after = network(3, (0, 1, 1), (0, 2, 1)), network(3, (0, 1, -1), (1, 2, 1))
    assert changes(before, after).tolist() == [[0, 1, 1, -1], [0, 2, 1, 0], [1, 2, 0, 1]]


def test_all_changes_one_by_one_lead_from_one_network_to_the_other() -> None:
    made = DAMAGED
    for edit in changes(DAMAGED, TRUE):
        made = apply_edit(made, edit)
    assert made.signs() == TRUE.signs()


@pytest.mark.parametrize("lengths", ["upto", "exact"])
def test_an_edit_weighs_what_predicting_everything_anew_says(lengths: str) -> None:
    how = replace(Reasoning(3), lengths=lengths)
    seen, rates = observe(TRUE, TRUE.regulators[::2], direction=-1), Rates()
    edits = changes(DAMAGED, TRUE)
    before = observed_tables(DAMAGED, seen, how)
    gains = weigh_edits(DAMAGED, edits, seen, how, rates)
    for edit, gain in zip(edits, gains, strict=True):
        change = observed_tables(apply_edit(DAMAGED, edit), seen, how) - before
        if change.any():
            assert gain == pytest.approx(log_likelihood(change.sum(axis=0), rates))
        else:
            assert np.isnan(gain)
    assert np.isnan(gains).any()


def test_the_likelihood_is_that_of_each_cell() -> None:
    tables = np.zeros((3, 3))
    tables[2, 2], tables[1, 2] = 4, 1  # four responses predicted, one more predicted and not seen
    rates = Rates(miss=0.3, opposite=0.1, false=0.2)
    assert float(log_likelihood(tables, rates)) == pytest.approx(4 * np.log(0.6) + np.log(0.3))


def test_observations_of_other_genes_are_refused() -> None:
    with pytest.raises(BadInputError, match="genes"):
        heldout_curve(network(3, (0, 1, 1)), SEEN, nothing, make_folds(SEEN))
