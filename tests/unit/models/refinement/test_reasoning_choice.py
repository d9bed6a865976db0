from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.refinement.damage import add_noise, observe
from kgp.models.refinement.folds import make_folds
from kgp.models.refinement.reasoning_choice import (
    Choice,
    choose_reasoning,
    default_candidates,
    predict_observed,
)
from kgp.models.refinement.reasoning_rules import CANCEL, SHORTEST, Reasoning
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from collections.abc import Sequence

TRUE = random_network(90, 240, seed=1)


def choose(max_length: int, candidates: Sequence[Reasoning] | None = None, seed: int = 0) -> Choice:
    seen = observe(TRUE, TRUE.regulators, max_length=max_length)
    return choose_reasoning(TRUE, seen, make_folds(seen), candidates, seed=seed)


@pytest.mark.parametrize("longest", [1, 2, 3])
def test_the_length_by_which_the_responses_were_made_is_chosen(longest: int) -> None:
    choice = choose(longest)
    assert choice.chosen.max_length == longest
    table = {each.how: each for each in choice.table}
    assert table[choice.chosen].f1.mean == 1.0
    assert table[choice.chosen].behind.mean == 0.0


def test_the_rule_by_which_conflicts_were_settled_is_chosen() -> None:
    how = Reasoning(3, "upto", SHORTEST)
    seen = observe(TRUE, TRUE.regulators)
    seen = replace(seen, labels=predict_observed(TRUE, seen, how))
    assert choose_reasoning(TRUE, seen, make_folds(seen)).chosen == how


def test_no_response_at_all_stands_beside_the_candidates() -> None:
    first = choose(2).table[0]
    assert first.how is None
    assert first.matthews.mean == 0
    assert first.f1.mean < 0.34


def test_what_is_within_one_error_of_the_best_but_shorter_is_preferred() -> None:
    seen = add_noise(observe(TRUE, TRUE.regulators, max_length=1), seed=3, missed=0.6)
    choice = choose_reasoning(TRUE, seen, make_folds(seen), default_candidates(2))
    best = max(choice.table, key=lambda each: each.f1.mean)
    shorter = next(each for each in choice.table if each.how == Reasoning(1))
    assert shorter.f1.mean >= best.f1.mean - best.error
    assert choice.chosen == Reasoning(1)


def test_each_fold_is_scored_by_itself() -> None:
    choice = choose(1, candidates=[Reasoning(1), Reasoning(3)])
    assert choice.table[1].by_fold == (1.0,) * 5
    assert all(score < 1 for score in choice.table[2].by_fold)


def test_the_same_seed_gives_the_same_intervals() -> None:
    assert choose(2, seed=4) == choose(2, seed=4)


def test_an_experiment_is_predicted_in_its_own_direction() -> None:
    chain = network(3, (0, 1, 1), (1, 2, -1))
    seen = observe(chain, np.array([0], np.int32), direction=-1)
    assert predict_observed(chain, seen, Reasoning(2)).tolist() == [[0, -1, 1]]


def test_candidates_are_direct_edges_and_every_rule_of_each_further_length() -> None:
    named = [str(each) for each in default_candidates(2)]
    assert named == [
        "direct edges",
        "walks up to 2, cancel",
        "walks up to 2, shortest",
        "walks up to 2, majority(0)",
    ]
    assert str(Reasoning(3, "exact", CANCEL)) == "walks of exactly 3, cancel"


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(BadInputError, match="no way of reasoning"):
        choose(1, candidates=[])
