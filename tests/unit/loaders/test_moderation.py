"""Moderated variances: the algebra by hand, the estimates on simulated genes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.special import polygamma

from kgp.loaders.moderation import contrast, fit_prior, moderate, trigamma_inverse


@given(st.floats(1e-9, 1e9))
def test_inverse_of_trigamma_inverts_it(value):
    assert polygamma(1, trigamma_inverse(value)) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize("df", [1, 2, 4, 20])
def test_the_prior_of_simulated_variances_is_recovered(df):
    rng = np.random.default_rng(0)
    true = 6.0 * 0.3 / rng.chisquare(6.0, 40_000)
    variances = true * rng.chisquare(df, 40_000) / df
    prior = fit_prior(variances, df)
    assert prior.df == pytest.approx(6.0, rel=0.15)
    assert prior.scale == pytest.approx(0.3, rel=0.05)


def test_genes_that_share_one_variance_have_a_certain_prior():
    prior = fit_prior(np.full(100, 0.25), 4)
    assert np.isinf(prior.df)
    variances, df = moderate(np.full(100, 0.25), 4)
    assert np.isinf(df)
    assert np.ptp(variances) == 0


def test_a_posterior_variance_lies_between_the_gene_and_the_prior():
    rng = np.random.default_rng(1)
    variances = 0.4 / rng.chisquare(4, 500) * rng.chisquare(3, 500)
    prior = fit_prior(variances, 3)
    moderated, df = moderate(variances, 3)
    low, high = np.minimum(variances, prior.scale), np.maximum(variances, prior.scale)
    assert np.all((low <= moderated) & (moderated <= high))
    assert df == pytest.approx(prior.df + 3)


def test_a_constant_gene_does_not_fix_the_prior():
    rng = np.random.default_rng(2)
    variances = 0.5 * 8 / rng.chisquare(8, 5000) * rng.chisquare(4, 5000) / 4
    with_constant = fit_prior(np.append(variances, 0.0), 4)
    assert with_constant.scale == pytest.approx(fit_prior(variances, 4).scale, rel=0.02)


def test_effect_and_error_of_a_contrast_by_hand():
    treated = np.array([[3.0, 1.0], [5.0, 1.0]])
    control = np.array([[1.0, 1.0], [1.0, 3.0]])
    found = contrast(treated, control)
    assert found.effect.tolist() == [3.0, -1.0]
    # Both genes have a pooled variance of 1: the prior is certain, and 1/2 + 1/2 = 1.
    assert found.error[0] == found.error[1]
    assert np.isinf(found.df)


def test_one_sample_against_one_has_no_error():
    found = contrast(np.array([[1.0, 2.0]]), np.array([[0.0, 0.0]]))
    assert found.effect.tolist() == [1.0, 2.0]
    assert np.isnan(found.error).all()
    assert found.df == 0


@pytest.mark.parametrize(("n", "m"), [(2, 2), (3, 2), (3, 6)])
def test_p_values_of_genes_without_a_response_are_uniform(n, m):
    rng = np.random.default_rng(3)
    deviation = np.sqrt(4 * 0.2 / rng.chisquare(4, 20_000))
    found = contrast(*(rng.normal(0, deviation, (size, 20_000)) for size in (n, m)))
    p = 2 * stats.t.sf(np.abs(found.effect / found.error), found.df)
    assert stats.kstest(p, "uniform").statistic < 0.015
