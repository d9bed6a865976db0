from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.models.refinement.mechanism import MechanismSettings, draw_mechanism, gains
from kgp.models.refinement.mechanism_responses import (
    KNOCK_OUT,
    OVER_EXPRESSION,
    Experiment,
    measure,
)
from kgp.models.refinement.reasoning import responses
from kgp.models.refinement.steady_states import steady_states
from tests.unit.models.refinement.kinetics import kinetics
from tests.unit.models.refinement.worlds import network, networks, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.kinetics import Mechanism
    from kgp.models.refinement.network import SignedNetwork

PLAIN = MechanismSettings(weak=0, gated=0, hidden=0)
QUIET = Experiment(biological=0, measurement=0)


def log_changes(mechanism: Mechanism, genes: list[int], factor: float) -> np.ndarray:
    perturbed = np.array(genes, np.int32)
    states = steady_states(mechanism, perturbed, np.full(len(genes), factor))
    return np.log2(states.levels + 0.01) - np.log2(states.untreated + 0.01)


@st.composite
def trees(draw: st.DrawFn) -> SignedNetwork:
    """Any signed tree in which every gene but the first has one regulator."""
    n = draw(st.integers(2, 7))
    edges = [
        (draw(st.integers(0, gene - 1)), gene, draw(st.sampled_from([-1, 1])))
        for gene in range(1, n)
    ]
    return network(n, *edges)


@settings(max_examples=25)
@given(trees(), st.integers(0, 99), st.sampled_from([KNOCK_OUT, OVER_EXPRESSION]))
def test_in_a_tree_nothing_moves_against_the_walks(
    tree: SignedNetwork, seed: int, factor: float
) -> None:
    mechanism = draw_mechanism(tree, replace(PLAIN, seed=seed))
    everyone = list(range(tree.n_genes))
    change = log_changes(mechanism, everyone, factor)
    walks = responses(tree, everyone, 1 if factor > 1 else -1, max_length=tree.n_genes)
    np.fill_diagonal(change, 0)
    assert np.all(change * walks >= 0)
    assert np.all(np.abs(change[walks == 0]) < 1e-6)


@settings(max_examples=25)
@given(trees(), st.integers(0, 99))
def test_strong_direct_edges_show_when_their_regulator_is_knocked_out(
    tree: SignedNetwork, seed: int
) -> None:
    mechanism = draw_mechanism(tree, replace(PLAIN, seed=seed, any_of=0))
    change = log_changes(mechanism, list(range(tree.n_genes)), KNOCK_OUT)
    shown = change[tree.source, tree.target]
    assert np.all(np.sign(shown) == -tree.sign)


@settings(max_examples=15)
@given(networks(max_genes=6), st.integers(0, 99))
def test_hidden_regulators_change_only_what_is_downstream_of_them(
    shown: SignedNetwork, seed: int
) -> None:
    if shown.n_edges == 0:
        return
    # Gains below 1 keep every world at one steady state.
    calm = replace(PLAIN, seed=seed, max_gain=0.6, hidden_targets=1)
    without, with_hidden = (
        draw_mechanism(shown, replace(calm, hidden=share)) for share in (0.0, 1.0)
    )
    downstream = np.zeros(with_hidden.n_nodes, bool)
    downstream[shown.n_genes :] = True
    for _ in range(with_hidden.n_nodes):
        downstream[with_hidden.target[downstream[with_hidden.source]]] = True
    elsewhere = ~downstream[: shown.n_genes]
    changes = [
        log_changes(each, list(range(shown.n_genes)), KNOCK_OUT)[:, elsewhere]
        for each in (without, with_hidden)
    ]
    assert changes[0] == pytest.approx(changes[1], abs=1e-5)


def test_a_hidden_regulator_carries_what_no_edge_explains() -> None:
    shown = network(30, (0, 1, 1))
    hidden = draw_mechanism(shown, replace(PLAIN, hidden=1.0, seed=1))
    moved = np.abs(log_changes(hidden, [0], KNOCK_OUT)[0]) > 0.05
    assert moved[2:].sum() >= 5


def test_knocking_out_a_gated_factor_shows_nothing() -> None:
    true = random_network(30, 80, seed=3)
    mechanism = draw_mechanism(true, replace(PLAIN, gated=1.0))
    seen = measure(mechanism, true.regulators, true.genes, QUIET).observations
    assert not seen.labels[seen.scored()].any()


def test_the_stated_share_of_regulators_is_gated() -> None:
    true = random_network(60, 150, seed=0)
    mechanism = draw_mechanism(true, replace(PLAIN, gated=0.25))
    assert (~mechanism.active).sum() == round(0.25 * len(true.regulators))
    assert np.all(np.isin(np.flatnonzero(~mechanism.active), true.regulators))


def test_weak_edges_are_true_and_silent() -> None:
    star = network(40, *((0, gene, 1) for gene in range(1, 40)))
    faint = draw_mechanism(star, replace(PLAIN, weak=1.0))
    strong = draw_mechanism(star, PLAIN)
    assert np.abs(log_changes(faint, [0], KNOCK_OUT)[0, 1:]).max() < 0.6
    assert np.abs(log_changes(strong, [0], KNOCK_OUT)[0, 1:]).mean() > 0.6


def test_one_regulator_changes_a_gene_by_its_fold_change_whatever_the_logic() -> None:
    pairs = network(60, *((gene, gene + 30, 1) for gene in range(30)))
    for any_of in (0.0, 1.0):
        world = draw_mechanism(pairs, replace(PLAIN, weak=1.0, any_of=any_of, max_gain=99))
        highest, none = (
            steady_states(world, world.source.astype(np.int32), np.full(30, factor)).levels
            for factor in (1e9, 0.0)
        )
        ratio = highest[np.arange(30), world.target] / none[np.arange(30), world.target]
        assert np.all(ratio <= 1 / (1 - world.weight) + 1e-9)


def test_gains_are_the_slopes_of_the_logarithms() -> None:
    for either in (False, True):
        pair = kinetics(3, (0, 2, 1), (1, 2, -1), half=1.3, hill=2.5, basal=0.05, either=either)
        for gene, gain in zip((0, 1), gains(pair), strict=True):
            up, down = (
                steady_states(pair, np.array([gene], np.int32), np.array([factor])).levels[0, 2]
                for factor in (np.exp(1e-3), np.exp(-1e-3))
            )
            assert abs(np.log(up / down)) / 2e-3 == pytest.approx(gain, rel=1e-4)


def test_gains_into_a_gene_do_not_exceed_the_largest() -> None:
    true = random_network(40, 200, seed=5)
    mechanism = draw_mechanism(true, replace(PLAIN, max_gain=0.8))
    total = np.bincount(mechanism.target, gains(mechanism), minlength=mechanism.n_nodes)
    limited = total * mechanism.power
    assert limited.max() == pytest.approx(0.8)
    assert np.all(mechanism.power[total <= 0.8] == 1)


def test_the_same_seed_gives_the_same_world() -> None:
    true = random_network(40, 120, seed=5)

    def effects(seed: int) -> np.ndarray:
        mechanism = draw_mechanism(true, MechanismSettings(seed=seed))
        return measure(mechanism, true.regulators, true.genes, Experiment(seed=seed)).effect

    assert np.array_equal(effects(4), effects(4))
    assert not np.array_equal(effects(4), effects(5))


def test_without_noise_labels_are_the_sizes_of_the_true_effects() -> None:
    true = random_network(40, 120, seed=6)
    mechanism = draw_mechanism(true)
    found = measure(mechanism, true.regulators, true.genes, QUIET)
    seen = found.observations
    assert seen.measured.all()
    assert np.array_equal(seen.labels != 0, np.abs(found.effect) >= QUIET.rule.min_effect)


def test_noise_fades_with_the_number_of_replicates() -> None:
    true = random_network(30, 60, seed=7)
    mechanism = draw_mechanism(true)
    exact = measure(mechanism, true.regulators, true.genes, QUIET).effect
    few, many = (
        measure(mechanism, true.regulators, true.genes, Experiment(replicates=count))
        for count in (2, 200)
    )
    away = [np.abs(each.effect - exact).mean() for each in (few, many)]
    assert away[1] < away[0] / 5
    assert np.median(many.error) == pytest.approx(np.median(few.error) / 10, rel=0.2)


def test_standard_errors_are_those_of_repeated_experiments() -> None:
    still = draw_mechanism(network(400))
    found = measure(still, np.arange(200, dtype=np.int32), network(400).genes, Experiment())
    apart = ~np.eye(200, 400, dtype=bool)
    # All effects of a gene share its untreated samples: spread over genes, not perturbations.
    spread = np.array([row[keep].std() for row, keep in zip(found.effect, apart, strict=True)])
    assert spread.mean() == pytest.approx(found.error.mean(), rel=0.05)
    assert found.df == 2 * 201


def test_what_is_unknown_counts_as_not_measured() -> None:
    true = random_network(40, 120, seed=8)
    mechanism = draw_mechanism(true)
    blurred = measure(mechanism, true.regulators, true.genes, Experiment(measurement=0.6))
    seen = blurred.observations
    assert 0 < seen.measured.mean() < 1
    assert not seen.labels[~seen.measured].any()


def test_the_direction_follows_from_the_factor() -> None:
    true = network(2, (0, 1, 1))
    mechanism = draw_mechanism(true, PLAIN)
    up = measure(mechanism, true.regulators, true.genes, replace(QUIET, factor=OVER_EXPRESSION))
    down = measure(mechanism, true.regulators, true.genes, QUIET)
    assert up.observations.direction.tolist() == [1]
    assert down.observations.direction.tolist() == [-1]
    assert down.observations.signatures == ("mechanism:g:0",)


@pytest.mark.parametrize("name", ["weak", "any_of", "gated", "hidden"])
def test_a_share_outside_zero_to_one_is_refused(name: str) -> None:
    with pytest.raises(BadInputError, match=name):
        MechanismSettings(**{name: 1.5})


def test_settings_that_let_nothing_through_are_refused() -> None:
    with pytest.raises(BadInputError, match="max_gain"):
        MechanismSettings(max_gain=0)
    with pytest.raises(BadInputError, match="targets"):
        MechanismSettings(hidden_targets=0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"factor": 1.0}, "perturbs nothing"),
        ({"replicates": 1}, "no error"),
        ({"measurement": -1.0}, "Noise"),
        ({"background": 0.0}, "background"),
    ],
)
def test_experiments_that_cannot_be_made_are_refused(given: dict[str, float], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        Experiment(**given)


def test_names_of_other_genes_are_refused() -> None:
    with pytest.raises(BadInputError, match="3 names"):
        measure(kinetics(2), np.array([0], np.int32), ("a", "b", "c"))
