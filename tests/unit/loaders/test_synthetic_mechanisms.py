"""Laws of the two mechanisms behind synthetic responses, and of how samples are measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.loaders.moderation import contrast
from kgp.loaders.synthetic.responses import (
    DIRECTION,
    KNOCK_DOWN,
    KNOCK_OUT,
    OVER_EXPRESSION,
    Treatment,
    make_assay,
)
from kgp.loaders.synthetic.responses_kinetics import Kinetics, plant
from kgp.loaders.synthetic.responses_walks import SignedWalks, blur

KINDS = st.sampled_from(sorted(DIRECTION))
SIGNS = st.sampled_from([1.0, -1.0])
SEEDS = st.integers(0, 10_000)
SMALLEST = 1e-6


def arrays(edges: list[tuple[int, int, float]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    src, dst, sign = zip(*edges, strict=True) if edges else ((), (), ())
    return np.array(src, np.int64), np.array(dst, np.int64), np.array(sign, np.float64)


def kinetics(n: int, edges: list[tuple[int, int, float]], seed: int = 0, **more: float) -> Kinetics:
    return plant(n, arrays(edges), np.random.default_rng(seed), **more)


def walks(n: int, edges: list[tuple[int, int, float]], **more: int) -> SignedWalks:
    return SignedWalks(n, *arrays(edges), **more)


@st.composite
def networks(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, float]]]:
    n = draw(st.integers(2, 12))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    pairs = draw(st.lists(ends, max_size=30, unique=True))
    return n, [(*pair, draw(SIGNS)) for pair in pairs]


def reached(start: int, edges: list[tuple[int, int, float]]) -> set[int]:
    found, front = {start}, {start}
    while front:
        front = {dst for src, dst, _ in edges if src in front} - found
        found |= front
    return found


@given(SIGNS, KINDS, SEEDS)
def test_an_isolated_edge_responds_with_its_sign_times_the_direction(
    sign: float, kind: str, seed: int
) -> None:
    treatment = Treatment((0,), kind)
    for mechanism in (kinetics(2, [(0, 1, sign)], seed), walks(2, [(0, 1, sign)])):
        assert np.sign(mechanism.change(treatment)[1]) == sign * DIRECTION[kind]


@given(networks(), KINDS, SEEDS)
@settings(max_examples=50)
def test_only_what_a_path_reaches_responds(
    network: tuple[int, list[tuple[int, int, float]]], kind: str, seed: int
) -> None:
    n, edges = network
    outside = sorted(set(range(n)) - reached(0, edges))
    for mechanism in (kinetics(n, edges, seed), walks(n, edges)):
        assert np.abs(mechanism.change(Treatment((0,), kind))[outside]).max(initial=0) < SMALLEST


@given(networks(), KINDS, SEEDS)
@settings(max_examples=50)
def test_a_steady_state_is_one(
    network: tuple[int, list[tuple[int, int, float]]], kind: str, seed: int
) -> None:
    """Production equals decay for every gene that is not held; another start ends there too."""
    n, edges = network
    cells = kinetics(n, edges, seed, hidden=0.5, gated=0.5)
    treatment = Treatment((0,), kind, ligand=False)
    nodes = len(cells.gated)
    one = cells.steady(treatment, np.zeros(nodes))
    other = cells.steady(treatment, np.random.default_rng(seed).normal(0, 2, nodes))
    assert np.allclose(one, other, atol=1e-4)
    held = {KNOCK_OUT: np.inf, KNOCK_DOWN: np.log(0.25), OVER_EXPRESSION: np.log(8)}[kind]
    production = cells._production(one, ligand=False)
    assert np.allclose(production[1:], one[1:], atol=1e-4)
    if np.isfinite(held):
        assert one[0] == pytest.approx(production[0] + held, abs=1e-4)


def test_untreated_cells_do_not_change() -> None:
    edges = [(0, 1, 1.0), (1, 0, -1.0)]
    for mechanism in (kinetics(3, edges), walks(3, edges)):
        assert not mechanism.change(Treatment()).any()


def test_a_double_knock_out_of_independent_activators_is_the_sum_of_both() -> None:
    """Each of two regulators has half the exponent: factors multiply, logarithms add."""
    cells = kinetics(3, [(0, 2, 1.0), (1, 2, 1.0)])
    single = [cells.change(Treatment((gene,)))[2] for gene in (0, 1)]
    assert cells.change(Treatment((0, 1)))[2] == pytest.approx(sum(single))


def test_a_knock_out_moves_a_target_by_the_share_of_its_production_that_is_lost() -> None:
    """With K in the centre (1 + F s) / (1 + s) is √F = 4 untreated and 1 without the regulator."""
    cells = kinetics(2, [(0, 1, 1.0)])
    centred = Kinetics(2, cells.src, cells.dst, cells.sign, np.array([np.log(16) / 3]), cells.gated)
    assert centred.change(Treatment((0,)))[1] == pytest.approx(-2.0, abs=1e-3)


def test_a_gated_factor_does_nothing_without_its_ligand() -> None:
    cells = kinetics(2, [(0, 1, 1.0)], gated=1.0)
    assert cells.change(Treatment((0,), ligand=True))[1] < -1.5
    assert abs(cells.change(Treatment((0,), ligand=False))[1]) < 0.1


def test_hidden_regulators_give_responses_that_no_listed_path_explains() -> None:
    edges = [(0, 1, 1.0)]
    cells = kinetics(60, edges, hidden=1.0)
    change = cells.change(Treatment((0,)))
    unexplained = np.abs(change[2:]) > SMALLEST
    assert len(change) == 60
    assert 5 <= unexplained.sum() <= 10


def test_a_repressor_of_itself_is_not_silenced_by_its_own_knock_down() -> None:
    free, fed_back = kinetics(2, [(0, 1, 1.0)]), kinetics(2, [(0, 0, -1.0), (0, 1, 1.0)])
    treatment = Treatment((0,), KNOCK_DOWN)
    assert free.change(treatment)[0] == pytest.approx(-2.0)
    assert -2.0 < fed_back.change(treatment)[0] < -0.5


def test_equations_that_do_not_settle_are_refused() -> None:
    """A ring of three repressors, each four times as steep as those of ``plant``, oscillates."""
    ring = kinetics(3, [(0, 1, -4.0), (1, 2, -4.0), (2, 0, -4.0)])
    with pytest.raises(BadInputError, match="No steady state"):
        ring.change(Treatment((0,), OVER_EXPRESSION))


def test_constants_that_are_no_numbers_are_refused() -> None:
    cells = kinetics(2, [(0, 1, 1.0), (1, 0, 1.0)])
    broken = Kinetics(2, cells.src, cells.dst, cells.sign, np.array([np.nan, 0.0]), cells.gated)
    with np.errstate(invalid="ignore"), pytest.raises(BadInputError, match="finite constants"):
        broken.change(Treatment((0,), OVER_EXPRESSION))


def test_walks_multiply_signs_and_longer_ones_count_less() -> None:
    # 0 -| 1 -> 2 is negative; 0 -> 2 directly outweighs it.
    chain = walks(3, [(0, 1, -1.0), (1, 2, 1.0)])
    assert chain.change(Treatment((0,), OVER_EXPRESSION)).tolist() == [2.0, -2.0, -2.0]
    both = walks(3, [(0, 1, -1.0), (1, 2, 1.0), (0, 2, 1.0)])
    assert both.change(Treatment((0,), OVER_EXPRESSION)).tolist() == [2.0, -2.0, 2.0]


def test_walks_that_outweigh_each_other_or_are_too_long_give_no_response() -> None:
    diamond = walks(4, [(0, 1, 1.0), (0, 2, -1.0), (1, 3, 1.0), (2, 3, 1.0)])
    assert diamond.change(Treatment((0,)))[3] == 0
    chain = [(i, i + 1, 1.0) for i in range(4)]
    assert walks(5, chain, max_length=3).change(Treatment((0,))).tolist() == [-2, -2, -2, -2, 0]


@given(SEEDS, st.floats(0, 1), st.floats(0, 1))
def test_noise_on_labels_loses_and_invents_as_many_as_it_is_told(
    seed: int, missed: float, invented: float
) -> None:
    labels = np.repeat([2.0, -2.0, 0.0], [6, 4, 20])
    noisy = blur(labels, np.random.default_rng(seed), missed=missed, invented=invented)
    assert (noisy[:10] == 0).sum() == round(missed * 10)
    assert (noisy[10:] != 0).sum() == round(invented * 10)
    assert set(np.abs(noisy).tolist()) <= {0.0, 2.0}


def test_samples_without_noise_are_what_the_mechanism_says() -> None:
    assay = make_assay(50, np.random.default_rng(0), noise=0.0)
    change = np.linspace(-2, 2, 50)
    logs = assay.logs(change, 3, np.random.default_rng(1))
    assert np.allclose(logs - assay.base, change)


def test_p_values_of_null_samples_are_uniform() -> None:
    """What replicates of untreated cells say of 4,000 genes, through the moderated contrast."""
    from scipy import stats

    assay = make_assay(4_000, np.random.default_rng(2))
    random, nothing = np.random.default_rng(3), np.zeros(4_000)
    found = contrast(assay.logs(nothing, 3, random), assay.logs(nothing, 3, random))
    p = 2 * stats.t.sf(np.abs(found.effect) / found.error, found.df)
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_counts_have_the_mean_and_the_variance_of_their_distribution() -> None:
    assay = make_assay(20, np.random.default_rng(4))
    random = np.random.default_rng(5)
    counts = assay.counts(np.ones(20), 6_000, random, depth=0.5)
    assert np.issubdtype(counts.dtype, np.integer)
    # Library sizes are uniform in 0.7 … 1.4: mean 1.05, variance 0.49 / 12.
    mean = 0.5 * 1.05 * 2.0 ** (assay.base + 1)
    assert np.allclose(counts.mean(0) / mean, 1, atol=0.05)
    squares = (0.5 * 2.0 ** (assay.base + 1)) ** 2 * (1.05**2 + 0.49 / 12)
    variance = mean + squares * (1 + assay.dispersion) - mean**2
    assert np.allclose(counts.var(0) / variance, 1, atol=0.2)
