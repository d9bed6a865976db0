"""Labels of responses: hand-worked tests, and the error rates that they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from kgp.errors import UsageError
from kgp.models.labels import (
    DOWN,
    UNCHANGED,
    UNKNOWN,
    UP,
    Rule,
    adjust,
    equivalence,
    label_effects,
)

EFFECTS = arrays(np.float64, 12, elements=st.floats(-8, 8))
ERRORS = arrays(np.float64, 12, elements=st.floats(0.01, 4))


def test_each_label_where_it_belongs():
    effect = np.array([3.0, -3.0, 0.01, 0.8, np.nan, 3.0])
    error = np.array([0.2, 0.2, 0.1, 0.8, 0.2, np.nan])
    found = label_effects(effect, error, 20, Rule())
    assert found.label.tolist() == [UP, DOWN, UNCHANGED, UNKNOWN, UNKNOWN, UNKNOWN]
    assert (found.confidence[:3] > 0.95).all()
    assert found.confidence[3:].tolist() == [0, 0, 0]


def test_a_significant_change_below_the_smallest_effect_is_no_change():
    found = label_effects(np.array([0.5]), np.array([0.01]), 20, Rule(min_effect=1.0))
    assert found.label.tolist() == [UNCHANGED]


def test_two_replicates_leave_most_silent_genes_unknown():
    rng = np.random.default_rng(0)
    effect = rng.normal(0, 0.7, 5000)
    found = label_effects(effect, np.full(5000, 0.7), 2, Rule())
    assert np.mean(found.label == UNKNOWN) > 0.95


def test_the_cutoff_of_the_papers_calls_everything_else_unchanged():
    effect, error = np.array([1.5, 1.5, 0.5]), np.array([0.5, 1.5, 0.1])
    found = label_effects(effect, error, np.inf, Rule("cutoff"))
    assert found.label.tolist() == [UP, UNCHANGED, UNCHANGED]
    assert found.confidence[0] == pytest.approx(1 - 0.0027, abs=1e-4)  # two-sided p of 3 s.e.


def test_the_interval_by_hand():
    found = label_effects(np.array([1.0]), np.array([0.5]), np.inf, Rule())
    assert [found.low[0], found.high[0]] == pytest.approx([0.02, 1.98], abs=1e-3)


def test_equivalence_by_hand():
    # One standard error inside the margin: the upper tail of t beyond 1.
    found = equivalence(np.array([0.5, -0.5]), np.array([0.5, 0.5]), np.inf, 1.0)
    assert found == pytest.approx([0.1587, 0.1587], abs=1e-4)


def test_adjusted_p_values_by_hand():
    assert adjust(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.04, 0.04])
    assert adjust(np.array([])).tolist() == []


@pytest.mark.parametrize("df", [2.0, 8.0, np.inf])
def test_silent_genes_are_called_changed_no_more_often_than_promised(df):
    rng = np.random.default_rng(4)
    contrasts, wrong = 400, 0
    for _ in range(contrasts):
        effect = stats.t.rvs(df, size=300, random_state=rng)
        found = label_effects(effect, np.ones(300), df, Rule(min_effect=1e-9))
        wrong += bool(np.any(np.abs(found.label.astype(int)) == 1))
    # All are silent, so the false discovery rate is the share of contrasts with any call.
    assert wrong / contrasts <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / contrasts)


def test_changed_genes_are_called_unchanged_no_more_often_than_promised():
    rng = np.random.default_rng(5)
    shares = []
    for _ in range(200):
        true = np.where(np.arange(400) < 200, 1.0, 0.0)
        found = label_effects(rng.normal(true, 0.25), np.full(400, 0.25), np.inf, Rule())
        same = found.label == UNCHANGED
        shares.append(np.mean(true[same] == 1.0) if same.any() else 0.0)
    assert np.mean(shares) <= 0.06


@given(EFFECTS, ERRORS, st.sampled_from(["moderated", "cutoff"]))
def test_turning_all_effects_turns_all_labels(effect, error, name):
    rule = Rule(name)
    up = label_effects(effect, error, 6, rule)
    down = label_effects(-effect, error, 6, rule)
    turned = np.where(np.abs(up.label.astype(int)) == 1, -up.label, up.label)
    assert down.label.tolist() == turned.tolist()
    assert down.confidence == pytest.approx(up.confidence)
    assert down.low == pytest.approx(-up.high)


@given(EFFECTS, ERRORS)
def test_a_larger_error_never_turns_unknown_into_known_for_one_gene(effect, error):
    rule = Rule()
    sharp = label_effects(effect[:1], error[:1], 6, rule).label
    blurred = label_effects(effect[:1], 2 * error[:1], 6, rule).label
    assert blurred[0] in (sharp[0], UNKNOWN) or sharp[0] in (UP, DOWN)


@pytest.mark.parametrize(
    "wrong", [{"name": "magic"}, {"alpha": 0.0}, {"alpha": 1.0}, {"min_effect": 0.0}]
)
def test_a_rule_that_makes_no_sense_is_refused(wrong):
    with pytest.raises(UsageError):
        Rule(**wrong)
