from __future__ import annotations

import numpy as np
import pytest

from kgp.models.refinement.audit import audit
from kgp.models.refinement.audit_result import MissingResponse, Verdict
from kgp.models.refinement.enrichment import measure_enrichment
from kgp.models.refinement.observations import Observations
from tests.unit.models.refinement.worlds import network

# 0 -> 1 confirmed, 0 -| 2 contradicted, 0 -> 3 silent, 0 -> 4 not measured, 5 never perturbed;
# gene 6 responds without a walk; gene 7 through 1.
NETWORK = network(8, (0, 1, 1), (0, 2, -1), (0, 3, 1), (0, 4, 1), (5, 3, 1), (1, 7, 1))


def seen(*rows: list[int], perturbed: list[int], direction: list[int]) -> Observations:
    labels = np.array(rows, np.int8)
    measured = np.ones(labels.shape, bool)
    measured[:, 4] = False
    return Observations(
        np.array(perturbed, np.int32),
        np.array(direction, np.int8),
        labels,
        measured,
        tuple(map(str, perturbed)),
    )


ONE = seen([1, 1, 1, 0, 0, 0, -1, 1], perturbed=[0], direction=[1])


def test_every_edge_gets_its_verdict() -> None:
    verdicts = {(e.source, e.target): e.verdict for e in audit(NETWORK, ONE).edges}
    assert verdicts == {
        (0, 1): Verdict.CONFIRMED,
        (0, 2): Verdict.CONTRADICTED,
        (0, 3): Verdict.SILENT,
        (0, 4): Verdict.UNTESTABLE,
        (1, 7): Verdict.UNTESTABLE,
        (5, 3): Verdict.UNTESTABLE,
    }


def test_a_regulator_sums_up_its_edges_and_responses() -> None:
    found = {each.gene: each for each in audit(NETWORK, ONE).regulators}
    zero = found[0]
    assert (zero.confirmed, zero.contradicted, zero.silent, zero.untestable) == (1, 1, 1, 1)
    assert (zero.experiments, zero.responding) == (1, 4)
    assert (zero.explained, zero.opposed, zero.ambiguous, zero.missing) == (2, 1, 0, 1)
    assert (found[5].experiments, found[5].responding) == (0, 0)


def test_a_response_without_a_walk_is_listed() -> None:
    result = audit(NETWORK, ONE)
    assert result.missing == (MissingResponse(regulator=0, gene=6, sign=-1, experiments=1),)
    assert (result.n_missing, result.n_responding) == (1, 4)
    assert (result.share_missing, result.share_opposed) == (0.25, 0.25)


def test_walks_of_both_signs_are_ambiguous_and_not_missing() -> None:
    loop = network(3, (0, 1, 1), (1, 2, -1), (0, 2, 1))
    one = np.array([0], np.int32)
    labels = np.array([[0, 1, 1]], np.int8)
    rows = Observations(one, np.array([1], np.int8), labels, labels > -2, ("s",))
    (zero, _) = audit(loop, rows).regulators
    assert (zero.explained, zero.ambiguous, zero.missing) == (1, 1, 0)


def test_a_knock_out_confirms_by_the_opposite_response() -> None:
    result = audit(NETWORK, seen([0, -1, 0, 0, 0, 0, 0, 0], perturbed=[0], direction=[-1]))
    assert result.count(Verdict.CONFIRMED) == 1


def test_repeats_vote_and_a_tie_is_silent() -> None:
    up, down = [0, 1, 0, 0, 0, 0, 0, 0], [0, -1, 0, 0, 0, 0, 0, 0]
    tie = audit(NETWORK, seen(up, down, perturbed=[0, 0], direction=[1, 1]))
    majority = audit(NETWORK, seen(up, up, down, perturbed=[0] * 3, direction=[1] * 3))
    assert (tie.edges[0].verdict, majority.edges[0].verdict) == ("silent", "confirmed")
    assert (majority.edges[0].agreeing, majority.edges[0].opposing) == (2, 1)


def test_perturbed_genes_without_edges_are_no_regulators() -> None:
    rows = seen(
        [0, 1, 0, 0, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 0], perturbed=[0, 6], direction=[1, 1]
    )
    assert audit(NETWORK, rows).n_responding == 1


def test_the_list_of_missing_responses_is_cut_and_the_strongest_kept() -> None:
    rows = [[0, 0, 0, 0, 0, 1, 1, 0], [0, 0, 0, 0, 0, 0, 1, 0]]
    result = audit(NETWORK, seen(*rows, perturbed=[0, 0], direction=[1, 1]), listed=1)
    assert [(each.gene, each.experiments) for each in result.missing] == [(6, 2)]
    assert result.n_missing == 2


def test_enrichment_counts_edges_against_all_other_pairs() -> None:
    found = audit(NETWORK, ONE).enrichment
    assert (found.edges_tested, found.edges_responding) == (3, 2)
    assert (found.others_tested, found.others_responding) == (3, 2)
    assert (found.signs_agreeing, found.fold) == (1, 1.0)


def test_enrichment_is_the_hypergeometric_tail() -> None:
    # 2 of 2 edges respond, 1 of 2 other pairs: C(3,2)*C(1,0)/C(4,2) = 1/2.
    found = measure_enrichment(2, 2, 2, 1, signs_agreeing=2)
    assert found.p_value == pytest.approx(0.5)
    assert (found.rate, found.background_rate, found.fold) == (1.0, 0.5, 2.0)
    # Clopper-Pearson for 2 of 2: the lower end is (alpha / 2) ** (1 / 2).
    assert found.sign_interval == pytest.approx((0.025**0.5, 1.0))
    assert (found.sign_agreement, found.sign_p_value) == (1.0, 0.5)


def test_without_responses_nothing_is_enriched() -> None:
    found = measure_enrichment(0, 0, 5, 0, signs_agreeing=0)
    assert (found.rate, found.fold, found.sign_interval) == (0.0, 1.0, (0.0, 1.0))
    assert measure_enrichment(2, 1, 5, 0, signs_agreeing=1).fold == float("inf")
