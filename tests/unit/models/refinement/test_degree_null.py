"""Whether the edges matter, or only who has many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.models.refinement.audit import audit
from kgp.models.refinement.damage import add_noise, observe
from kgp.models.refinement.degree_null import DRAWS, DegreeNull, draw_degree_null
from kgp.models.refinement.enrichment import measure_enrichment
from kgp.models.refinement.rewiring import rewire
from tests.unit.models.refinement.worlds import network, random_network

if TYPE_CHECKING:
    from kgp.models.refinement.network import SignedNetwork

TRUE = random_network(60, 160, seed=4)


def responded(net: SignedNetwork) -> np.ndarray:
    """Each regulator's own targets respond."""
    return net.to_matrix()[net.regulators] != 0


def test_edges_that_respond_are_more_than_chance_gives() -> None:
    found = draw_degree_null(TRUE, TRUE.regulators, responded(TRUE))
    assert found.p_value == 1 / (DRAWS + 1)
    assert found.mean < TRUE.n_edges / 2
    assert found.draws == DRAWS


def test_where_all_genes_respond_nothing_is_more_than_chance() -> None:
    every = np.ones((len(TRUE.regulators), TRUE.n_genes), bool)
    found = draw_degree_null(TRUE, TRUE.regulators, every)
    assert (found.mean, found.sd, found.p_value) == (TRUE.n_edges, 0.0, 1.0)


def test_a_star_cannot_be_exchanged_and_tells_nothing() -> None:
    star = network(5, (0, 1, 1), (0, 2, 1), (0, 3, -1))
    assert draw_degree_null(star, star.regulators, responded(star)).p_value == 1.0


def test_a_network_without_edges_tells_nothing() -> None:
    none = network(3)
    assert draw_degree_null(none, none.regulators, np.zeros((0, 3), bool)).p_value == 1.0


def test_the_same_question_gets_the_same_answer() -> None:
    half = responded(TRUE) & (np.arange(TRUE.n_genes) % 2 == 0)
    one, other = (draw_degree_null(TRUE, TRUE.regulators, half) for _ in range(2))
    assert one == other


def test_a_true_network_is_enriched_and_a_rewired_one_is_not() -> None:
    rows = add_noise(observe(TRUE, TRUE.regulators, max_length=1), seed=1)
    assert audit(TRUE, rows).enrichment.is_enriched
    rewired = [audit(rewire(TRUE, seed), rows).enrichment.is_enriched for seed in range(5)]
    assert rewired == [False] * 5


@pytest.mark.parametrize(
    ("responding", "p_value", "enriched"), [(9, 0.005, True), (9, 0.02, False), (3, 0.005, False)]
)
def test_the_verdict_is_by_the_same_degrees(
    responding: int, p_value: float, enriched: bool
) -> None:
    null = DegreeNull(4.0, 1.0, p_value, DRAWS)
    found = measure_enrichment(10, responding, 100, 5, 3, null)
    assert found.is_enriched is enriched
    assert found.degree_fold == responding / 4


def test_without_draws_nothing_is_said() -> None:
    found = measure_enrichment(10, 9, 100, 5, 3)
    assert (found.degree_fold, found.is_enriched) == (None, False)
